"""What is known of a person's ids: what was given, what was answered, what searches found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pipeline.model import Collected
from spiders import ids as identifiers
from spiders.items import CandidateItem, OutcomeKind, Provider
from spiders.registry import PROVIDERS

PAGE = "page:"
"""Begins the name of a saved page, which is no id and stands for what was given."""

MOST_NAMED = 20
"""Ids of people that a record is heard on; a list of links is none of one person's ids."""
_SHA = 40
"""Digits of a paper's id at Semantic Scholar, where a person's is a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider says of one id, and all ids that it names on that record."""

    provider: str
    asked: str
    """The id that it was asked for, or the name of a saved page."""
    collected: Collected

    @property
    def own(self) -> str | None:
        """The provider's own id of the record, as `scheme:value`."""
        value = self.collected.author.author_id
        schemes = PROVIDERS[self.provider].id_schemes
        if value is None or not schemes:
            return None
        found = identifiers.normalise(f"{schemes[0]}:{value}")
        return found if found and is_persons(found) else None

    @property
    def ids(self) -> tuple[str, ...]:
        """The asked id, the record's own one, and those that it names, people's ids only."""
        author = self.collected.author
        page = f"homepage:{author.homepage}" if author.homepage else ""
        named = (*author.ids, identifiers.normalise(page) if page else None)
        people = [i for i in named if i and is_persons(i) and not self._is_alias(i)]
        own = [self.own] if self.own else []
        return tuple(dict.fromkeys((self.asked, *own, *people[:MOST_NAMED])))

    @property
    def moved_from(self) -> str | None:
        """The id that was asked for, where the provider answers with another one of its own."""
        own = self.own
        is_own = own is not None and scheme_of(own) == scheme_of(self.asked)
        return self.asked if is_own and own != self.asked else None

    def _is_alias(self, identifier: str) -> bool:
        """Whether it is another of the provider's own ids for the very same record."""
        scheme = scheme_of(identifier)
        return scheme != "orcid" and PROVIDERS[self.provider].id_schemes[:1] == (scheme,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A question that brought no answer."""

    provider: str
    asked: str
    """The id, or what was searched for."""
    kind: OutcomeKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that was given and learned."""

    given: tuple[str, ...]
    """Ids that the person gave, and names of saved pages (`page:...`)."""
    name: str | None = None
    """The name that the person gave."""
    answers: tuple[Answer, ...] = ()
    """In the order of the questions."""
    candidates: tuple[CandidateItem, ...] = ()
    """What searches by name and by papers found."""
    failures: tuple[Failure, ...] = ()

    @property
    def known_name(self) -> str | None:
        """The name that was given, or the first that an answer about a given id says."""
        own = (a.collected.author.name for a in self.answers if a.asked in self.given)
        return self.name or next((name for name in own if name), None)

    def answers_about(self, identifier: str) -> list[Answer]:
        """Answers of the provider whose own id this is."""
        return [a for a in self.answers if a.own == identifier or is_asked_for(a, identifier)]

    def failure_of(self, identifier: str) -> Failure | None:
        """Why the provider whose own id this is said nothing of it."""
        found = (f for f in self.failures if f.asked == identifier and is_own(f))
        return next(found, None)


class Kind(StrEnum):
    """What becomes of an id."""

    GIVEN = "given"
    STATED = "stated"
    """A provider names it on one record with an id that was given, or in a chain of such."""
    CONFIRMED = "confirmed"
    """A person looked at the evidence and said yes."""
    OPEN = "open"
    """Only a person can tell."""
    LEFT = "left"
    """Something stands against it, or a person said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A provider names an id on one record with another one."""

    provider: str
    beside: str
    """The other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One id, what is known of it, and what becomes of it."""

    id: str
    kind: Kind
    statement: Statement | None = None
    """Who states it, if anybody does."""
    title: str
    """Whose id it is, for people: `OpenAlex`."""
    name: str | None = None
    """The name there."""
    affiliation: str | None = None
    papers: int | None = None
    """Papers there."""
    cited_by_count: int | None = None
    common: int | None = None
    """Papers there that are among those of the ids that were given; `None`: not compared."""
    compared: int | None = None
    """How many papers those have, each once."""
    doubts: tuple[str, ...] = ()
    """What stands against it, or is missing, a clause each."""

    @property
    def is_taken(self) -> bool:
        """Whether it goes into the configuration."""
        return self.kind in (Kind.GIVEN, Kind.STATED, Kind.CONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person answered to questions."""

    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()


def scheme_of(identifier: str) -> str:
    """What stands before the colon."""
    return identifier.partition(":")[0]


def provider_of(scheme: str) -> Provider | None:
    """The provider whose own ids a scheme holds."""
    rows = (p for p in PROVIDERS.values() if p.id_schemes and p.id_schemes[0] == scheme)
    return next(rows, None)


def askable() -> Iterator[Provider]:
    """Providers that can be asked for people by anybody."""
    return (p for p in PROVIDERS.values() if p.id_schemes and not p.api_key_required)


def is_persons(identifier: str) -> bool:
    """Whether an id is one that some provider can be asked for about a person."""
    scheme, _, value = identifier.partition(":")
    if scheme == "openalex":
        return value.startswith("A")
    if scheme == "semantic_scholar":
        return value.isdecimal() and len(value) < _SHA
    if scheme == "google_scholar":
        return ":" not in value
    if scheme == "homepage":
        return value.lower().startswith(("http://", "https://"))
    return any(scheme in p.id_schemes for p in askable())


def is_own(failure: Failure) -> bool:
    """Whether the provider was asked for an id of its own kind."""
    row = PROVIDERS.get(failure.provider)
    return bool(row and row.id_schemes and row.id_schemes[0] == scheme_of(failure.asked))


def is_asked_for(answer: Answer, identifier: str) -> bool:
    """Whether it answers a question for this id by the provider whose kind of id it is."""
    row = PROVIDERS[answer.provider]
    return answer.asked == identifier and row.id_schemes[0] == scheme_of(identifier)


def linked(roots: Iterable[str], answers: Sequence[Answer]) -> tuple[str, ...]:
    """All ids that statements lead to from some, whatever stands against them."""
    found = dict.fromkeys(roots)
    before = -1
    while before != len(found):
        before = len(found)
        for answer in answers:
            if any(i in found for i in answer.ids):
                found.update(dict.fromkeys(answer.ids))
    return tuple(found)


def same_page(left: str, right: str) -> bool:
    """Whether two homepages are one but for `http`, `www` and a slash."""
    return _bare(left) == _bare(right)


def _bare(identifier: str) -> str:
    parts = urlsplit(identifier.partition(":")[2])
    host = (parts.netloc or "").lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"
