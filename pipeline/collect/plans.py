"""What providers are to be asked, and what came back, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from pipeline.model import Collected, Outcome
from spiders.errors import LayoutChanged
from spiders.items import AuthorRecord, CandidateItem, PageItem, ParsedPage, Provider, Target

Stats: TypeAlias = Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPlan:
    """What one provider is to be asked in a run."""

    provider: Provider
    targets: tuple[Target, ...]
    """Authors, in the order in which they are asked for."""
    base_url: str
    api_key: str | None = field(default=None, repr=False)
    """Key, never shown."""
    delay: float
    """Seconds between two requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """What came back."""

    collected: tuple[Collected, ...]
    """The complete answers, in the order of the plans."""
    outcomes: tuple[Outcome, ...]
    """Exactly one for each author and provider asked, in the order of the plans."""
    stats: Stats = field(default_factory=lambda: MappingProxyType({}))
    """Scrapy's counters, as `provider/counter`."""
    candidates: tuple[CandidateItem, ...] = ()
    """Profiles that searches for people found."""


def joined(parts: Sequence[Collection]) -> Collection:
    """The collections of all providers as one."""
    stats: dict[str, int | float | str] = {}
    for part in parts:
        stats.update(part.stats)
    return Collection(
        collected=tuple(c for part in parts for c in part.collected),
        outcomes=tuple(o for part in parts for o in part.outcomes),
        stats=MappingProxyType(stats),
        candidates=tuple(c for part in parts for c in part.candidates),
    )


def answer_of(
    pages: Sequence[ParsedPage | PageItem], *, author_key: str, provider: str
) -> Collected:
    """The complete answer that an author's pages make.

    Raises:
        LayoutChanged: they are of nobody, or of several people.
    """
    authors: list[AuthorRecord] = [page.author for page in pages if page.author is not None]
    if len(authors) != 1:
        raise LayoutChanged(
            f"{len(authors)} authors are on the page, and one was wanted: "
            "give the page of one author"
        )
    return Collected(
        author_key=author_key,
        provider=provider,
        author=authors[0],
        works=tuple(work for page in pages for work in page.works),
    )
