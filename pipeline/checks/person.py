"""Whose answer this is: the asked id, and beyond it the name and the papers. Pure.

An id alone does not tell: a wrong one is typed, and a profile is taken over or merged by its
provider. What is held against the answer: the name in the configuration, the name and the papers
that this provider gave before, and those that other providers give. Papers outweigh names.
`docs/checks.md` has the rules in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.checks import names
from pipeline.checks.papers import Overlap, overlap
from pipeline.checks.results import result
from pipeline.model import CheckResult, Collected, ProviderState
from spiders.items import Provider, WorkRecord

LEAST_KNOWN = 3
"""Papers that both lists need before having none in common tells of another person."""
LEAST_SHARE = 0.5
"""Share of the shorter list that must be in common before a strange name is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What one provider is known to say of the author."""

    provider: str
    name: str | None
    works: tuple[WorkRecord, ...]
    """Every record it ever listed."""


def witness(known: ProviderState | Collected) -> Witness:
    """A state or an answer as evidence."""
    works = known.works if isinstance(known, Collected) else tuple(o.record for o in known.works)
    return Witness(provider=known.provider, name=known.author.name, works=works)


def identity(answer: Collected, provider: Provider, asked: str) -> Iterator[CheckResult]:
    """Whether the answer is about the id that was asked for."""
    scheme, _, value = asked.partition(":")
    own = answer.author.author_id
    if scheme == provider.id_schemes[0]:
        passed = own == value
        came = f"{scheme}:{own}" if own else "a page without an id"
    else:
        passed = asked in answer.author.ids
        came = ", ".join(answer.author.ids) or "a page without ids"
    detail = (
        f"asked for {asked}, as answered"
        if passed
        else f"asked for {asked}, but the answer is about {came}: another person's page, or the "
        "id was merged; if the new id is right, write it into the configuration"
    )
    yield result(answer, "identity", detail, passed=passed, blocks=True)


def person(
    answer: Collected,
    *,
    name: str | None,
    before: ProviderState | None,
    others: Sequence[Witness],
) -> Iterator[CheckResult]:
    """Whether name and papers are those of the person who is followed.

    Args:
        answer: What came.
        name: The person's name in the configuration.
        before: What this provider is known to say.
        others: What other providers are known to say.
    """
    case = _Case.of(answer, name=name, before=before, others=others)
    detail = _stranger(case) if case.is_other_name else _without_papers(case)
    if detail is not None:
        detail += "; if it is the same person, `--accept` takes it"
        yield result(answer, "person", detail, passed=False, blocks=True)
        return
    told = _new_name(case)
    yield result(
        answer,
        "person",
        told or _believed(case),
        passed=told is None,
        blocks=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The answer beside what it is held against."""

    answer: Collected
    name: str | None
    """As configured."""
    own: Witness | None
    """This provider's earlier answer about the same profile."""
    others: Sequence[Witness]
    kept: Overlap
    """Papers in common with this provider's earlier list."""
    is_other_name: bool
    """Whether no name that is known of the person can be the new one."""

    @classmethod
    def of(
        cls,
        answer: Collected,
        *,
        name: str | None,
        before: ProviderState | None,
        others: Sequence[Witness],
    ) -> _Case:
        own = witness(before) if before and _is_one_profile(before, answer) else None
        known = [name, own.name if own else None, *(o.name for o in others)]
        told = [names.same(answer.author.name, one) for one in known]
        return cls(
            answer=answer,
            name=name,
            own=own,
            others=others,
            kept=overlap(answer.works, witness(before).works if before else ()),
            is_other_name=False in told and True not in told,
        )

    @property
    def new_name(self) -> str | None:
        return self.answer.author.name

    @property
    def old_name(self) -> str | None:
        """The name that the person is known by."""
        own = self.own.name if self.own else None
        return own or self.name or next((o.name for o in self.others if o.name), None)

    @property
    def elsewhere(self) -> Overlap:
        """Papers in common with the lists of other providers."""
        return overlap(self.answer.works, [w for o in self.others for w in o.works])

    @property
    def witnesses(self) -> str:
        return ", ".join(o.provider for o in self.others if o.works)


def _is_one_profile(before: ProviderState, answer: Collected) -> bool:
    old, new = before.author.author_id, answer.author.author_id
    return old is None or new is None or old == new


def _stranger(case: _Case) -> str | None:
    """Why a strange name is another person's; `None` when the papers are the person's own."""
    elsewhere = case.elsewhere
    best = max(case.kept, elsewhere, key=lambda found: found.share)
    enough = best.share >= LEAST_SHARE
    both = enough and _stand_together(case, best.common)
    if enough and not both:
        return None
    if case.own is not None:
        return (
            f"the profile was {_quoted(case.own.name)}'s and is now {_quoted(case.new_name)}'s, "
            f"with {case.kept.common} of the {len(case.own.works)} papers known before: taken "
            "over by another person, or merged with one; look at the page, and correct the id in "
            "the configuration"
        )
    line = f"the profile is {_quoted(case.new_name)}'s, and {_quoted(case.old_name)} is followed"
    if both:
        line += "; papers name both, so these are two people"
    elif case.witnesses:
        line += f"; {elsewhere.common} of its papers are among those of {case.witnesses}"
    return f"{line}: another person's id; correct it, or `name`, in the configuration"


def _without_papers(case: _Case) -> str | None:
    """Why a name that fits is a namesake's all the same: none of the known papers is there."""
    own, works = case.own, case.answer.works
    if not works or case.kept.common:
        return None
    elsewhere = case.elsewhere
    if elsewhere.common:
        return None
    if own is not None and len(own.works) >= LEAST_KNOWN:
        return (
            f"{_quoted(case.new_name)}, but none of the {len(own.works)} papers known before is "
            "among the listed ones: the profile was taken over, or its provider mixed up "
            "namesakes; look at the page, and correct the id in the configuration"
        )
    if not (own and own.works) and elsewhere.comparable >= LEAST_KNOWN:
        return (
            f"{_quoted(case.new_name)}, but none of its {len(works)} papers is among those of "
            f"{case.witnesses}: a namesake, here or there; compare the pages, and correct the "
            "wrong id in the configuration"
        )
    return None


def _new_name(case: _Case) -> str | None:
    """What to tell of a name that is believed and not the known one."""
    own, new = case.own, case.new_name
    if own is not None and own.name and new and own.name != new:
        if names.same(own.name, new) is True:
            return None
        return (
            f"the name was {_quoted(own.name)} and is now {_quoted(new)}; {case.kept.common} of "
            f"the {len(own.works)} papers known before are there: believed; write the new name "
            "into the configuration if it is to be shown"
        )
    if case.is_other_name:
        return (
            f"the profile is {_quoted(new)}'s, and {_quoted(case.old_name)} is followed; "
            f"{case.elsewhere.common} of its papers are among those of {case.witnesses}: "
            "believed; correct the id in the configuration if that is somebody else"
        )
    return None


def _believed(case: _Case) -> str:
    name = _quoted(case.new_name)
    if case.own is not None and case.own.works:
        return f"{name}, with {case.kept.common} of the {len(case.own.works)} papers known before"
    if case.witnesses:
        return f"{name}, with {case.elsewhere.common} papers in common with {case.witnesses}"
    return f"{name}; there is no known paper to compare with"


def _stand_together(case: _Case, common: int) -> bool:
    """Whether papers list both names, half as many as are in common: a person and a co-author."""
    both = 0
    for work in case.answer.works:
        new = {i for i, a in enumerate(work.authors) if names.same(a, case.new_name)}
        old = {i for i, a in enumerate(work.authors) if names.same(a, case.old_name)}
        both += bool(new - old and old - new)
    return both >= LEAST_SHARE * common


def _quoted(name: str | None) -> str:
    return f"“{name}”" if name else "somebody without a name"
