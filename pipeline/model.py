"""The types of the pipeline: who is followed, which papers there are, what was counted, by whom.

Times are aware and in UTC. `None` means "not known"; it is never 0 and never "".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

from spiders.items import AuthorRecord, OutcomeKind, WorkRecord

Series: TypeAlias = Literal["stated", "resolved", "combined"]
Number: TypeAlias = int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person whose citations are followed."""

    key: str
    """Short name in the configuration, paths and commands."""
    name: str | None
    """Name as the configuration gives it."""
    ids: tuple[str, ...]
    """Normalised `scheme:value` identifiers of the person."""

    def id_of(self, scheme: str) -> str | None:
        """Value of the first identifier of a scheme, without the scheme."""
        prefix = scheme + ":"
        return next((i.removeprefix(prefix) for i in self.ids if i.startswith(prefix)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The complete answer of one provider for one author."""

    author_key: str
    provider: str
    author: AuthorRecord
    works: tuple[WorkRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check of one answer: a value that knows whether it blocks."""

    name: str
    author_key: str
    provider: str
    passed: bool
    blocking: bool
    """Whether failing it keeps the old figures."""
    detail: str
    """One line: what was compared, and what to do when it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it went for one author at one provider in one run."""

    author_key: str
    provider: str
    kind: OutcomeKind
    reason: str | None = None
    """Why it is not fresh, in one line."""
    requests: int = 0
    """Requests sent for this author, retries included; robots.txt, asked once for all, is not."""
    seconds: float = 0.0
    """Wall time from the first request to the last answer."""
    retry_after: float | None = None
    """Seconds that the provider asked to be left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The last known good value of one provider's record."""

    record: WorkRecord
    as_of: datetime
    """When this value was last confirmed, as shown (see `pipeline.history`)."""
    first_seen: datetime
    is_gone: bool = False
    """Whether the provider's last complete list no longer had it; the value is kept."""
    work_id: str | None = None
    """Paper that it was last resolved to; keeps ids stable from run to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """Everything last known good of one author at one provider."""

    author_key: str
    provider: str
    author: AuthorRecord
    works: tuple[Observed, ...]
    """Every record ever seen, the gone ones included, in the provider's order."""
    as_of: datetime
    """When these figures were confirmed: renewed when they change, or at most weekly."""
    checked_at: datetime
    """When the provider last answered and was believed; always at or after `as_of`."""
    changed_at: datetime
    """When a figure last changed."""

    @property
    def present(self) -> tuple[Observed, ...]:
        """Records of the provider's last list, without the gone ones."""
        return tuple(o for o in self.works if not o.is_gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Why two records are one paper."""

    left: str
    """Record id."""
    right: str
    """Record id."""
    rule: str
    """`same_work`, `doi`, `arxiv`, `provider_id`, or `title`."""
    evidence: str
    """What they share, e.g. `doi:10.1000/x` or the title key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationCount:
    """One observation: a provider's count of one of its records of a paper."""

    provider: str
    record_id: str
    cited_by_count: int | None
    as_of: datetime
    is_gone: bool = False
    is_excluded: bool = False
    """Whether the provider itself leaves it out of its totals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One paper after identity resolution."""

    work_id: str
    """Stable `scheme:value`: the id it was first resolved under."""
    title: str
    year: int | None
    publication_date: str | None
    venue: str | None
    work_type: str | None
    authors: tuple[str, ...]
    authors_count: int | None
    ids: tuple[str, ...]
    """Identifiers of all its records, sorted by `scheme` preference then value."""
    counts: tuple[CitationCount, ...]
    """Every provider's records of it."""
    merges: tuple[Merge, ...] = ()
    """Why they are one paper; empty for a single record."""

    def cited_by_count(self, provider: str, rule: str = "max") -> int | None:
        """Its citations by one provider, its versions joined by `rule` (`max` or `sum`).

        Gone and excluded records count only when the provider has no other.
        """
        own = [c for c in self.counts if c.provider == provider and c.cited_by_count is not None]
        live = [c for c in own if not c.is_gone and not c.is_excluded] or own
        values = [c.cited_by_count for c in live if c.cited_by_count is not None]
        if not values:
            return None
        return sum(values) if rule == "sum" else max(values)


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
    """How several counts of one paper became one (`max`, `sum`)."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file to be written: effects are values first."""

    path: str
    """Relative POSIX path below the output folder; letters, digits and `._-/` only."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What happened in one run: `run.json`."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    exit_code: int
    outcomes: tuple[Outcome, ...]
    checks: tuple[CheckResult, ...]
    written: tuple[str, ...]
    """Paths of the artifacts whose content changed."""
    unchanged: int
    """How many artifacts were left alone."""
    versions: Mapping[str, str]
    """Versions of the program and what it stands on."""
    stats: Mapping[str, int | float | str] = field(default_factory=lambda: MappingProxyType({}))
    """Counters of the crawl, by provider."""
    problems: tuple[str, ...] = ()
    """Damage found in the history, and what was done about it, a line each."""
