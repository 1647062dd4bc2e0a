"""What providers are to be asked, and what came back, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import time
from types import MappingProxyType
from typing import TypeAlias

from pipeline.model import Collected, Outcome
from spiders.errors import LayoutChanged
from spiders.items import (
    AuthorRecord,
    CandidateItem,
    OutcomeKind,
    PageItem,
    ParsedPage,
    Provider,
    Target,
)

Stats: TypeAlias = Mapping[str, int | float | str]

_ENDED = frozenset({OutcomeKind.FRESH, OutcomeKind.UNCHANGED, OutcomeKind.REFUSED})
"""Outcomes after which nothing is left to resume. What is blocked, offline or out of budget goes on
the next time; after an answer that could not be read, the crawl itself has dropped its pages."""


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
class Keeping:
    """Where pages are kept from one run to the next, see `spiders.cache`."""

    root: Path
    """A folder of its own; it may be removed at any time."""
    began: datetime
    """When this run began, by the clock that ages are told by."""
    writes: bool = True
    """Whether pages of this run are kept; a dry run keeps none."""
    is_fresh: bool = False
    """Whether everything is asked for anew, whatever is kept."""

    def ready(self, targets: Mapping[str, Sequence[Target]]) -> dict[tuple[str, str], int]:
        """Pages that a stopped run has left, by author key and provider."""
        from spiders.cache import Store, named

        if not self.root.is_dir():
            return {}
        there = Store(self.root, writes=False).count(now=time())
        found = {
            (target.author_key, name): there[name, named(target.author_key)]
            for name, wanted in targets.items()
            for target in wanted
        }
        return {pair: count for pair, count in found.items() if count}

    def finish(self, outcomes: Iterable[Outcome]) -> None:
        """What came is stored: pages of authors whose run has ended go, but for validated ones."""
        from spiders.cache import Store

        store = Store(self.root, writes=self.writes)
        store.finish((o.provider, o.author_key) for o in outcomes if o.kind in _ENDED)
        store.prune(now=time())


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
