"""What is shown: figures, how current they are, and everything at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

from pipeline.model.observed import Author
from pipeline.model.works import Work
from spiders.items import AuthorRecord

Series: TypeAlias = Literal["stated", "resolved", "combined"]
Number: TypeAlias = int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The figures of one author by one provider in one series."""

    author_key: str
    provider: str
    """Provider name, or `combined`."""
    series: Series
    """`stated`: as the provider counts; `resolved`: its records, one count a paper;
    `combined`: one count a paper over all providers."""
    as_of: datetime
    values: Mapping[str, Number]
    """Metric name (`pipeline.metrics.CATALOGUE`) to value; absent when it cannot be known."""
    lower_bounds: frozenset[str] = frozenset()
    """Names whose value is a lower bound, because the list is cut."""
    stated: frozenset[str] = frozenset()
    """Names whose value is the provider's own statement, not recomputed."""
    counts_by_year: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    """Citations received a year."""
    counts_by_year_unknown: int | None = None
    """Citations that no year is known for."""
    rule: str | None = None
    """How several counts of one paper became one (`max`, `sum_versions`, `prefer`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How current one provider's figures of one author are."""

    provider: str
    title: str
    as_of: datetime
    """When the figures shown were confirmed."""
    is_stale: bool
    """Older than `stale_after`."""
    url: str | None
    """The author's page for people at the provider."""
    author: AuthorRecord
    """The provider's own statement, as last believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A code repository that papers link to."""

    id: str
    """`github:owner/name`."""
    stars: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One provider's totals of an author from a day on."""

    provider: str
    date: date
    citations: int
    h_index: int | None
    """`None` where the provider's list was not known then."""


BADGE_METRICS: Mapping[str, str] = MappingProxyType(
    {
        "citations": "citations",
        "h_index": "h-index",
        "g_index": "g-index",
        "i10_index": "i10-index",
        "i100_index": "i100-index",
        "papers": "papers",
        "citations_recent": "citations",
        "h_index_recent": "h-index",
        "i10_index_recent": "i10-index",
    }
)
"""Metric to the label of its badge; the recent ones add since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How results look: the part of the configuration that writers read."""

    metrics: tuple[str, ...] = tuple(BADGE_METRICS)
    """Figures that get a badge."""
    papers: bool = True
    """Whether each paper gets one."""

    svg: bool = True
    """Whether each badge is drawn, beside its JSON."""
    badge_style: Literal["flat", "flat-square"] = "flat"
    pages: bool = True
    """Whether there is a report for people."""
    charts: bool = True
    """Whether the report has charts, where they can be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorSnapshot:
    """One author at one moment, by every provider that ever answered."""

    author: Author
    shown: str | None
    """Provider whose figures badges show; `None` while nobody ever answered."""
    figures: Series
    """Series that badges show."""
    sources: tuple[SourceStatus, ...]
    """In the configured order."""
    works: tuple[Work, ...]
    """Most cited first (by `shown`), then by work id."""
    metrics: tuple[Metrics, ...]
    others: tuple[Work, ...] = ()
    """Papers that a provider lists and the person's own lists do not."""
    repositories: tuple[Repository, ...] = ()
    members: tuple[str, ...] = ()
    """Keys of the authors that a group is made of; empty for a person."""
    past: tuple[Past, ...] = ()
    """What the totals were, by provider in `sources`' order, then by date; for charts."""

    def metrics_of(self, provider: str, series: Series) -> Metrics | None:
        """The figures of one provider and series, if there are any."""
        found = (m for m in self.metrics if m.provider == provider and m.series == series)
        return next(found, None)

    @property
    def shown_metrics(self) -> Metrics | None:
        """The figures that badges show."""
        return self.metrics_of(self.shown, self.figures) if self.shown else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All authors at one moment: the only input of writers.

    Equal figures give equal snapshots: nothing in it depends on when the run took place.
    """

    authors: tuple[AuthorSnapshot, ...]
    provider_order: tuple[str, ...]
    groups: tuple[AuthorSnapshot, ...] = ()
    """Several of the authors as one, a joint paper once."""
    looks: Looks = field(default_factory=Looks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file to be written: effects are values first."""

    path: str
    """Relative POSIX path below the output folder; letters, digits and `._-/` only."""
    data: bytes
