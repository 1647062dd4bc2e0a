"""Which ids are the person's: stated in a chain, and nothing against it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.checks import Witness, blocking, names, witness
from pipeline.checks.person import person
from pipeline.discover.common import Common
from pipeline.discover.evidence import (
    PAGE,
    Answer,
    Evidence,
    Finding,
    Kind,
    Said,
    Statement,
    linked,
    provider_of,
    same_page,
    scheme_of,
)
from pipeline.discover.searched import candidates, id_of
from pipeline.model import Collected
from spiders.items import CandidateItem, OutcomeKind

_LOST = frozenset({OutcomeKind.NOT_FOUND, OutcomeKind.LAYOUT_CHANGED})
"""Outcomes that say that there is nothing to take."""


def decide(evidence: Evidence, said: Said | None = None) -> tuple[Finding, ...]:
    """Every id that was given or found, and what becomes of it.

    Args:
        evidence: What was given and learned.
        said: What a person answered about the open ones.
    """
    case = _Case(evidence=evidence, said=said or Said())
    case.follow()
    common = Common.of(evidence, case.trusted)
    return tuple(case.finding(i, common) for i in case.all_ids())


@dataclass(slots=True, kw_only=True)
class _Case:
    evidence: Evidence
    said: Said
    taken: dict[str, Statement | None] = field(default_factory=dict)
    doubts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stated: dict[str, Statement] = field(default_factory=dict)

    @property
    def roots(self) -> tuple[str, ...]:
        yes = [i for i in self.all_ids() if i in self.said.yes]
        return (*self.evidence.given, *yes)

    def follow(self) -> None:
        """Take what is stated beside what is taken, until nothing is added."""
        self.taken = dict.fromkeys((*self.evidence.given, *sorted(self.said.yes)))
        before = -1
        while before != len(self.taken):
            before = len(self.taken)
            for answer in self.evidence.answers:
                self._hear(answer)
            for candidate in self._may_be_meant():
                self._hear_of(candidate)

    @property
    def trusted(self) -> list[Answer]:
        """Answers about what was given or confirmed; where there are none, about what is taken."""
        roots = {*self.evidence.given, *self.said.yes}
        own = [a for a in self.evidence.answers if a.asked in roots and self._is_taken(a)]
        return own or [a for a in self.evidence.answers if self._is_taken(a)]

    def all_ids(self) -> tuple[str, ...]:
        """Given ids first, then what was found, in order."""
        found = [i for i in self.evidence.given if not i.startswith(PAGE)]
        found += [i for a in self.evidence.answers for i in a.ids if not i.startswith(PAGE)]
        found += [id_of(c) for c in self._may_be_meant()]
        return tuple(dict.fromkeys(i for i in found if not self._is_spelled_otherwise(i)))

    def finding(self, identifier: str, common: Common) -> Finding:
        """What is known of an id."""
        answer = next(iter(self.evidence.answers_about(identifier)), None)
        candidate = next((c for c in self._may_be_meant() if id_of(c) == identifier), None)
        known = answer.collected if answer else candidate
        author = known.author if known else None
        row = provider_of(scheme_of(identifier))
        shared = common.with_others(answer) if answer else None
        stated = author.works_count if author else None
        return Finding(
            id=identifier,
            kind=self._kind(identifier),
            statement=self.taken.get(identifier) or self.stated.get(identifier),
            title=row.title if row else scheme_of(identifier),
            name=author.name if author else None,
            affiliation=author.affiliation if author else None,
            papers=len(answer.collected.works) if answer else stated,
            cited_by_count=author.cited_by_count if author else None,
            common=shared[0] if shared else None,
            compared=shared[1] if shared else None,
            doubts=tuple(self._reasons(identifier, answer, candidate)),
        )

    def _hear(self, answer: Answer) -> None:
        beside = next((i for i in answer.ids if i in self.taken), None)
        if beside is None:
            return
        order = sorted(answer.ids, key=lambda i: i != answer.own)
        for identifier in order:
            statement = Statement(provider=answer.provider, beside=beside)
            if identifier in self.taken or identifier in self.said.no:
                continue
            self.stated.setdefault(identifier, statement)
            self.doubts[identifier] = tuple(self._against(identifier))
            if not self.doubts[identifier] and self._is_taken(answer, or_is=identifier):
                self.taken[identifier] = statement

    def _hear_of(self, candidate: CandidateItem) -> None:
        """A search may bring a profile that states an id which is taken."""
        identifier = id_of(candidate)
        beside = next((i for i in candidate.author.ids if i in self.taken), None)
        if beside is None or identifier in self.taken or identifier in self.said.no:
            return
        statement = Statement(provider=candidate.provider, beside=beside)
        self.stated.setdefault(identifier, statement)
        self.doubts[identifier] = tuple(self._against(identifier))
        if not self.doubts[identifier]:
            self.taken[identifier] = statement

    def _is_taken(self, answer: Answer, or_is: str | None = None) -> bool:
        """Whether a record is the person's: then what it names is too."""
        if answer.own is None or answer.asked.startswith(PAGE):
            return answer.asked in self.taken
        return answer.own in self.taken or answer.own == or_is

    def _against(self, identifier: str) -> Iterator[str]:
        """What stands against an id that is stated."""
        scheme = scheme_of(identifier)
        answers = self.evidence.answers_about(identifier)
        failed = self.evidence.failure_of(identifier)
        if scheme == "orcid":
            yield from self._other_orcid((identifier,), beside=None)
        if failed is not None and failed.kind in _LOST:
            yield f"{failed.provider} has nothing to read there"
        others = [i for i in self.taken if scheme_of(i) == scheme and i != identifier]
        if scheme == "homepage" and (others or not answers):
            yield f"{others[0]} is taken" if others else "it was not read"
        elif not answers and (others := self._others_stated(identifier)):
            yield f"{others[0]} is stated too, and this one could not be looked at"
        for answer in answers:
            if answer.moved_from and answer.own == identifier:
                yield f"it is what {answer.moved_from} leads to now: merged, or another person's"
            yield from self._stranger(answer.collected)
            orcids = [i for i in answer.ids if scheme_of(i) == "orcid"]
            yield from self._other_orcid(orcids, beside=identifier)

    def _others_stated(self, identifier: str) -> list[str]:
        """Other ids of the scheme that statements lead to; what is lost is none."""
        reached = linked(self.roots, self.evidence.answers)
        same = [i for i in reached if scheme_of(i) == scheme_of(identifier) and i != identifier]
        failed = {i: self.evidence.failure_of(i) for i in same}
        return [i for i in same if not (f := failed[i]) or f.kind not in _LOST]

    def _other_orcid(self, stated: Sequence[str], *, beside: str | None) -> Iterator[str]:
        """Two ORCID iDs are two people, or one of them is wrong."""
        known = self._orcids()
        if stated and known and (beside is None or not known & set(stated)):
            others = sorted(known - set(stated))
            said = f"it states {stated[0]}" if beside else "two ORCID iDs are stated"
            yield from [f"{said}, and {others[0]} is another one"] if others else ()

    def _orcids(self) -> set[str]:
        """The ORCID iDs that count: given ones, else those nearest to what was given."""
        answers = self.evidence.answers
        nearest = [i for a in answers if {a.asked, a.own} & set(self.roots) for i in a.ids]
        for ids in (self.roots, nearest, linked(self.roots, answers)):
            found = {i for i in ids if scheme_of(i) == "orcid"} - self.said.no
            if found:
                return found
        return set()

    def _stranger(self, answer: Collected) -> Iterator[str]:
        """What the person check has against an answer."""
        others = self._witnesses(answer)
        found = person(answer, name=self.evidence.name, before=None, others=others)
        if not blocking(tuple(found)):
            return
        told = [names.same(answer.author.name, n) for n in self._names(others)]
        if False in told and True not in told:
            yield f"the name there is “{answer.author.name}”"
        else:
            yield f"none of its papers is among those of {', '.join(o.provider for o in others)}"

    def _witnesses(self, answer: Collected) -> list[Witness]:
        return [witness(a.collected) for a in self.trusted if a.collected != answer]

    def _names(self, others: Sequence[Witness]) -> list[str | None]:
        return [self.evidence.name, *(o.name for o in others)]

    def _may_be_meant(self) -> list[CandidateItem]:
        """Profiles of searches whose name may be the person's, or that state a known ORCID iD."""
        return candidates(self.evidence)

    def _kind(self, identifier: str) -> Kind:
        if identifier in self.evidence.given:
            return Kind.LEFT if self._is_replaced(identifier) else Kind.GIVEN
        if identifier in self.said.yes:
            return Kind.CONFIRMED
        if identifier in self.taken:
            return Kind.STATED
        if identifier in self.said.no or self._is_hopeless(identifier):
            return Kind.LEFT
        return Kind.OPEN

    def _is_replaced(self, identifier: str) -> bool:
        """Whether a person said that another id stands for it now."""
        answers = self.evidence.answers
        return any(a.moved_from == identifier and a.own in self.said.yes for a in answers)

    def _is_hopeless(self, identifier: str) -> bool:
        """Whether a person need not be asked: nothing is there, or another answer settles it."""
        failed = self.evidence.failure_of(identifier)
        if failed is not None and failed.kind in _LOST:
            return True
        answers = self.evidence.answers_about(identifier)
        named_by = [a for a in self.evidence.answers if identifier in a.ids and a not in answers]
        searched = any(id_of(c) == identifier for c in self._may_be_meant())
        if named_by and not searched and not any(map(self._is_taken, named_by)):
            return True
        if identifier in self.stated:
            return scheme_of(identifier) == "homepage"
        return any(True for a in answers for _ in self._stranger(a.collected))

    def _reasons(
        self, identifier: str, answer: Answer | None, candidate: CandidateItem | None
    ) -> Iterator[str]:
        if identifier in self.evidence.given:
            yield from (self._stranger(answer.collected) if answer else ())
            return
        if identifier in self.taken:
            failed = self.evidence.failure_of(identifier)
            if failed is not None:
                yield f"not looked at ({failed.kind})"
            return
        if identifier in self.said.no:
            yield "you said no"
        if identifier in self.stated:
            yield from self.doubts.get(identifier, ()) or ("the record that names it is in doubt",)
        elif candidate is not None or answer is not None:
            yield from self._unstated(answer, candidate)

    def _unstated(self, answer: Answer | None, candidate: CandidateItem | None) -> Iterator[str]:
        if candidate is not None and candidate.works:
            yield f"named on {len(candidate.works)} of the person's papers, without an ORCID iD"
        elif candidate is not None:
            yield "found by its name only"
        else:
            yield "no provider names it beside an id that is taken"
        if answer is not None:
            yield from self._stranger(answer.collected)
        elif candidate is not None:
            yield "not compared"

    def _is_spelled_otherwise(self, identifier: str) -> bool:
        """Whether it is a homepage that is taken under another spelling."""
        if scheme_of(identifier) != "homepage" or identifier in self.taken:
            return False
        return any(scheme_of(i) == "homepage" and same_page(i, identifier) for i in self.taken)
