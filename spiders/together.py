"""Many authors of OpenAlex in few calls: who is asked for together, and whose a work is.

One call takes 100 ids joined by OR, so that pages are full however few works each author has. What
is asked for together stays small: an answer that fails costs little to ask for again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spiders.errors import Truncated
from spiders.items import PageVerdict, ParsedPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from spiders.items import AuthorRecord, Target, WorkRecord

MOST_IDS = 100
"""Ids that one filter may join by OR, as documented."""
FEWEST = 10
"""Authors from which asking together is worth it: alone, each author's profile is free."""
MOST_WORKS = 5_000
"""Works that one list is to have, going by what the profiles state."""
_FILTERS = {"openalex": "openalex", "orcid": "orcid"}
"""Scheme of an id to the filter of `/authors` that takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One author who is asked for, and what OpenAlex says of them."""

    target: Target
    author: AuthorRecord


def batches(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    """Authors that one call asks for together; whoever has several profiles comes alone."""
    fit = [t for t in targets if not t.also and t.id.partition(":")[0] in _FILTERS]
    if len(fit) < FEWEST:
        fit = []
    for first in range(0, len(fit), MOST_IDS):
        yield fit[first : first + MOST_IDS]
    joined = {t.author_key for t in fit}
    yield from ([t] for t in targets if t.author_key not in joined)


def author_params(targets: Sequence[Target]) -> Iterator[dict[str, str]]:
    """What to ask `/authors` for: one call a kind of id."""
    for scheme, name in _FILTERS.items():
        own = [t.id.partition(":")[2] for t in targets if t.id.startswith(f"{scheme}:")]
        if own:
            yield {"filter": f"{name}:{'|'.join(own)}", "per_page": str(MOST_IDS)}


def profiles(targets: Sequence[Target], authors: Sequence[AuthorRecord]) -> list[Profile]:
    """Whose profile each is; an id that several profiles carry, or none, is left out."""
    named: dict[str, list[AuthorRecord]] = {}
    for author in {a.author_id: a for a in authors}.values():
        for identifier in author.ids:
            named.setdefault(identifier, []).append(author)
    return [
        Profile(target=target, author=named[target.id][0])
        for target in targets
        if len(named.get(target.id, ())) == 1
    ]


def portions(found: Sequence[Profile]) -> Iterator[Sequence[Profile]]:
    """Profiles whose works are listed together."""
    group: list[Profile] = []
    works = 0
    for profile in found:
        own = profile.author.works_count or 0
        if group and works + own > MOST_WORKS:
            yield group
            group, works = [], 0
        group.append(profile)
        works += own
    if group:
        yield group


def shared_out(
    group: Sequence[Profile], pages: Sequence[ParsedPage], owners: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[ParsedPage]]:
    """The works of a common list by author key, a page each.

    Raises:
        Truncated: a work is nobody's of the group: then whose the others are is not sure either.
    """
    asked = {f"openalex:{one.author.author_id}": one for one in group}
    works = [work for page in pages for work in page.works]
    own: dict[str, list[WorkRecord]] = {identifier: [] for identifier in asked}
    for work in works:
        mine = [i for i in dict.fromkeys(owners.get(work.record_id, ())) if i in asked]
        if not mine:
            raise Truncated(f"{work.record_id} names none of the authors that were asked for")
        for identifier in mine:
            own[identifier].append(work)
    return {
        one.target.author_key: [_page(one.author, tuple(own[identifier]))]
        for identifier, one in asked.items()
    }


def _page(author: AuthorRecord, works: tuple[WorkRecord, ...]) -> ParsedPage:
    return ParsedPage(
        verdict=PageVerdict.PROFILE if works else PageVerdict.EMPTY,
        author=replace(author, works_expected=len(works), is_truncated=False),
        works=works,
        total=len(works),
    )
