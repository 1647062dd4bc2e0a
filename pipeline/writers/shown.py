"""Which number is shown, who says it, and how old it is: decided once, for every writer.

A figure is one provider's. A paper that this provider does not know is answered by the next one,
and then that one is named; providers are never mixed in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.model import AuthorSnapshot, CitationCount, Metrics, Series, SourceStatus, Work
from pipeline.writers.formatting import cleaned, integer
from spiders.items import AuthorRecord
from spiders.registry import counts_citations

COMBINED = "combined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures that an author's files show."""

    author: AuthorSnapshot
    metrics: Metrics
    as_of: datetime
    """When they were confirmed."""
    is_stale: bool
    rule: str
    """How several records of one paper became one count."""

    @property
    def provider(self) -> str:
        """Whose figures they are."""
        return self.metrics.provider

    @property
    def figures(self) -> Series:
        """Series that they belong to."""
        return self.metrics.series

    @property
    def since_year(self) -> int | None:
        """First year of the provider's "since" figures."""
        source = source_of(self.author, self.provider)
        return source.author.recent_since_year if source else None

    def integer(self, name: str) -> int | None:
        """A metric that is a whole number, `None` when it is not known."""
        value = integer(self.metrics.values.get(name))
        return None if value is None or value < 0 else value

    def is_bound(self, name: str) -> bool:
        """Whether the metric is only a lower bound."""
        return name in self.metrics.lower_bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One paper's number and who says it."""

    provider: str
    cited_by_count: int
    as_of: datetime
    """When this number was last confirmed."""


def shown(author: AuthorSnapshot) -> Shown | None:
    """What an author's files show; `None` while nobody ever said how often they are cited."""
    metrics = author.shown_metrics
    if metrics is None and author.figures == COMBINED:
        metrics = author.metrics_of(COMBINED, "combined")
    if metrics is None:
        return None
    # What several providers say is as old as the oldest of it; who counts nothing has no part.
    own = [s for s in author.sources if s.provider == metrics.provider]
    sources = own or [s for s in author.sources if counts_citations(s.provider)]
    found = Shown(
        author=author,
        metrics=metrics,
        as_of=min((s.as_of for s in sources), default=metrics.as_of),
        is_stale=any(s.is_stale for s in sources),
        rule=metrics.rule or "max",
    )
    return found if found.integer("citations") is not None else None


def source_of(author: AuthorSnapshot, provider: str) -> SourceStatus | None:
    """How current one provider's figures are, if it ever answered."""
    return next((s for s in author.sources if s.provider == provider), None)


def records(author: AuthorSnapshot) -> Iterator[AuthorRecord]:
    """What the providers say of the person: the shown one first, then in their order."""
    first = [s.author for s in author.sources if s.provider == author.shown]
    return iter(first + [s.author for s in author.sources if s.provider != author.shown])


def name_of(author: AuthorSnapshot) -> str | None:
    """Name as configured, else as the first provider that knows one gives it."""
    names = (author.author.name, *(r.name for r in records(author)))
    return next((n for n in map(cleaned, names) if n), None)


def counted(
    work: Work, *, by: Shown | None, order: Sequence[str], record_id: str | None = None
) -> Counted | None:
    """The number of one paper, or of one record of it.

    Args:
        work: The paper.
        by: What is shown; its provider is asked first.
        order: Providers, best first: who answers when it does not know the paper.
        record_id: Record of the shown provider whose own count is wanted; it is used in `stated`
            figures only, where each record counts for itself.
    """
    rule = by.rule if by else "max"
    if by and by.provider == COMBINED:
        return combined_count(work, order, rule)
    if by and record_id and by.figures == "stated":
        for count in work.counts:
            if (count.provider, count.record_id) == (by.provider, record_id):
                if count.cited_by_count is not None:
                    return _as_counted(count, count.cited_by_count)
                break
    for provider in dict.fromkeys([*([by.provider] if by else []), *_known(work, order)]):
        found = count_of(work, provider, rule)
        if found:
            return found
    return None


def count_of(work: Work, provider: str, rule: str = "max") -> Counted | None:
    """One provider's number of a paper, with the moment it was confirmed."""
    value = work.cited_by_count(provider, rule)
    if value is None:
        return None
    own = [c for c in work.counts if c.provider == provider and c.cited_by_count is not None]
    live = [c for c in own if not c.is_gone and not c.is_excluded] or own
    same = [c.as_of for c in live if c.cited_by_count == value]
    as_of = max(same) if same else min(c.as_of for c in live)
    return Counted(provider=provider, cited_by_count=int(value), as_of=as_of)


def _as_counted(count: CitationCount, value: int) -> Counted:
    return Counted(provider=count.provider, cited_by_count=int(value), as_of=count.as_of)


def _known(work: Work, order: Iterable[str]) -> list[str]:
    return [*order, *sorted({c.provider for c in work.counts})]


def combined_count(work: Work, order: Sequence[str], rule: str) -> Counted | None:
    """The one number of a paper over all providers, and the provider that it is taken from."""
    said = [count_of(work, provider, rule) for provider in dict.fromkeys(_known(work, order))]
    known = [c for c in said if c]
    if rule == "prefer":
        return next(iter(known), None)
    return max(known, key=lambda c: c.cited_by_count, default=None)
