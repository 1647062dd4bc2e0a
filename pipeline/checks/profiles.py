"""Several profiles as one person: which were added or taken out by hand, and whose they are. Pure.

A set of ids that the configuration changed explains figures that change with it; another set that
has none of the known ids explains nothing. A profile that joins is looked at by its name, as the
first one is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.checks import names
from pipeline.checks.person import Witness
from pipeline.checks.results import result
from pipeline.model import CheckResult, Collected, ProviderState
from spiders.items import AuthorRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """How the profiles that make up a person differ from those of the answer before."""

    added: tuple[str, ...] = ()
    """Ids that are asked for, and were not part of the person before."""
    taken_out: tuple[str, ...] = ()
    """Ids that were, and are not asked for any more."""

    def __bool__(self) -> bool:
        return bool(self.added or self.taken_out)

    def __str__(self) -> str:
        told = ((self.added, "added to"), (self.taken_out, "taken out of"))
        parts = (f"{', '.join(ids)} {how} the configuration" for ids, how in told if ids)
        return " and ".join(parts)


def by_hand(answer: Collected, before: ProviderState | None, asked: Sequence[str]) -> ByHand:
    """What the configuration changed about the profiles of a person.

    Only ids that the answers themselves name count: a page that was saved of one of two profiles
    is not both, and an id that the provider changed was nobody's wish.

    Args:
        answer: What came.
        before: What was known.
        asked: Every id that was asked for, all of one scheme.
    """
    if before is None or not asked:
        return ByHand()
    scheme = asked[0].partition(":")[0]
    now, then = _of_scheme(answer.author, scheme), _of_scheme(before.author, scheme)
    wanted = set(asked)
    added = (wanted & now) - then
    taken_out = then - wanted - now
    if not wanted & now & then:
        return ByHand()
    return ByHand(added=tuple(sorted(added)), taken_out=tuple(sorted(taken_out)))


def strangers(
    answer: Collected,
    *,
    name: str | None,
    before: ProviderState | None,
    others: Sequence[Witness],
) -> Iterator[CheckResult]:
    """Profiles that were added and bear another person's name.

    Args:
        answer: What came.
        name: The person's name in the configuration.
        before: What this provider is known to say.
        others: What other providers are known to say.
    """
    known = set(_profiles(before.author)) if before else set()
    first = answer.author.name
    told = [name, first, before.author.name if before else None, *(o.name for o in others)]
    for identifier, own in _profiles(answer.author).items():
        said = [names.same(own, one) for one in told]
        if identifier in known or own == first or True in said or False not in said:
            continue
        followed = name or first
        detail = (
            f"{identifier} is “{own}”'s, and “{followed}” is followed: another person's id; take "
            "it out of the configuration; if it is the same person, `--accept` takes it"
        )
        yield result(answer, "person", detail, passed=False, blocks=True)


def _profiles(author: AuthorRecord) -> dict[str, str]:
    """Id and name of each profile that an author was united from."""
    lines = author.raw.get("profiles", "").splitlines()
    return {i: own for i, _, own in (line.partition(" ") for line in lines) if own}


def _of_scheme(author: AuthorRecord, scheme: str) -> set[str]:
    return {i for i in author.ids if i.partition(":")[0] == scheme}
