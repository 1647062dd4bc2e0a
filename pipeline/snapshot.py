"""Last known good states and resolved papers to the one moment that writers show.

Nothing here depends on when the run took place, but for whether a source is stale: equal figures
give equal snapshots, so that a run with nothing new rewrites nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from pipeline.metrics import bounds, measure_list, unknown_when_cut
from pipeline.model import (
    Author,
    AuthorSnapshot,
    Metrics,
    Number,
    Observed,
    ProviderState,
    Series,
    Snapshot,
    SourceStatus,
    Work,
)
from spiders.items import WorkRecord, YearCount
from spiders.registry import PROVIDERS

VERSIONS_RULE = "max"
"""How several records of one paper at one provider become one count: the largest."""


class _Paper(NamedTuple):
    """One paper as one provider counts it."""

    cited_by_count: int | None
    year: int | None
    authors_count: int | None
    self_citations: int | None
    counts_by_year: tuple[YearCount, ...]


def snapshot(
    authors: Sequence[Author],
    *,
    states: Iterable[ProviderState],
    works: Mapping[str, Sequence[Work]],
    order: Sequence[str],
    figures: Series,
    now: datetime,
    stale_after: timedelta,
) -> Snapshot:
    """Everything that is known of the authors, as writers show it.

    Args:
        authors: Who is followed, in the configured order.
        states: What every provider last said and was believed.
        works: Resolved papers by author key.
        order: Providers, best first; the first that ever answered is shown.
        figures: Series that badges show.
        now: Aware moment that staleness is judged by.
        stale_after: Age from which figures are stale.
    """
    by_author: dict[str, dict[str, ProviderState]] = {}
    for state in states:
        by_author.setdefault(state.author_key, {})[state.provider] = state
    return Snapshot(
        authors=tuple(
            _author(
                author,
                states=[
                    known[name]
                    for known in (by_author.get(author.key, {}),)
                    for name in (*order, *sorted(set(known) - set(order)))
                    if name in known
                ],
                works=works.get(author.key, ()),
                shown=next((n for n in order if n in by_author.get(author.key, {})), None),
                figures=figures,
                stale_before=now - stale_after,
            )
            for author in authors
        ),
        provider_order=tuple(order),
    )


def _author(
    author: Author,
    *,
    states: Sequence[ProviderState],
    works: Sequence[Work],
    shown: str | None,
    figures: Series,
    stale_before: datetime,
) -> AuthorSnapshot:
    metrics: list[Metrics] = []
    for state in states:
        metrics.append(stated_metrics(state))
        metrics.append(resolved_metrics(state, works))

    def rank(work: Work) -> tuple[int, str]:
        count = work.cited_by_count(shown) if shown else None
        return (-1 if count is None else count) * -1, work.work_id

    return AuthorSnapshot(
        author=author,
        shown=shown,
        figures=figures,
        sources=tuple(_status(state, stale_before) for state in states),
        works=tuple(sorted(works, key=rank)),
        metrics=tuple(metrics),
    )


def _status(state: ProviderState, stale_before: datetime) -> SourceStatus:
    is_stale = state.checked_at < stale_before
    provider = PROVIDERS.get(state.provider)
    url = provider.profile_url if provider else None
    own_id = state.author.author_id
    return SourceStatus(
        provider=state.provider,
        title=provider.title if provider else state.provider,
        as_of=state.checked_at if is_stale else state.as_of,
        is_stale=is_stale,
        url=url.format(id=own_id) if url and own_id else None,
        author=state.author,
    )


def stated_metrics(state: ProviderState) -> Metrics:
    """The figures as the provider counts them: its own totals, else its records added up."""
    record = state.author
    papers = [_paper(o.record) for o in state.present if not o.record.is_excluded]
    values, lower = _measured(papers, state)
    own: dict[str, int | None] = {
        "papers": record.works_count,
        "citations": record.cited_by_count,
        "h_index": record.h_index,
        "i10_index": record.i10_index,
        "citations_recent": record.cited_by_count_recent,
        "h_index_recent": record.h_index_recent,
        "i10_index_recent": record.i10_index_recent,
    }
    stated = {name: value for name, value in own.items() if value is not None}
    years, unknown = _years(papers, state, total=record.cited_by_count)
    return Metrics(
        author_key=state.author_key,
        provider=state.provider,
        series="stated",
        as_of=state.as_of,
        values=MappingProxyType({**values, **stated}),
        lower_bounds=lower - frozenset(stated),
        stated=frozenset(stated),
        counts_by_year=years,
        counts_by_year_unknown=unknown,
    )


def resolved_metrics(state: ProviderState, works: Sequence[Work]) -> Metrics:
    """The figures over papers: a preprint and its published version count once."""
    records = {o.record.record_id: o for o in state.present if not o.record.is_excluded}
    papers = [
        paper for work in works if (paper := _joined(work, state.provider, records)) is not None
    ]
    values, lower = _measured(papers, state)
    counts = [p.cited_by_count for p in papers if p.cited_by_count is not None]
    years, unknown = _works_years(papers, total=sum(counts))
    return Metrics(
        author_key=state.author_key,
        provider=state.provider,
        series="resolved",
        as_of=state.as_of,
        values=MappingProxyType(values),
        lower_bounds=lower,
        counts_by_year=years,
        counts_by_year_unknown=unknown,
        rule=VERSIONS_RULE,
    )


def _paper(record: WorkRecord) -> _Paper:
    return _Paper(
        cited_by_count=record.cited_by_count,
        year=record.year,
        authors_count=record.authors_count,
        self_citations=record.self_citations,
        counts_by_year=record.counts_by_year,
    )


def _joined(work: Work, provider: str, records: Mapping[str, Observed]) -> _Paper | None:
    own = [
        records[c.record_id].record
        for c in work.counts
        if c.provider == provider and c.record_id in records
    ]
    if not own:
        return None
    best = max(own, key=lambda r: -1 if r.cited_by_count is None else r.cited_by_count)
    return _paper(best)._replace(
        year=work.year if work.year is not None else best.year,
        authors_count=best.authors_count if best.authors_count is not None else work.authors_count,
    )


def _measured(
    papers: Sequence[_Paper], state: ProviderState
) -> tuple[dict[str, Number], frozenset[str]]:
    """Metric values of a list, and the names of those that are lower bounds.

    Ages count from the year of the figures, not from today: the same figures stay the same.
    """
    if state.author.is_sorted:
        # Merged papers come in the order of their ids; a bound needs the falling one.
        papers = sorted(papers, key=lambda p: -1 if p.cited_by_count is None else p.cited_by_count)
        papers.reverse()
    counts = [p.cited_by_count for p in papers]
    selfs = [p.self_citations for p in papers]
    measured = measure_list(
        counts,
        years=[p.year for p in papers],
        authors_counts=[p.authors_count for p in papers],
        self_citations=selfs if papers and None not in selfs else None,
        now_year=state.as_of.year,
    )
    author = state.author
    lower = bounds(counts, is_truncated=author.is_truncated, is_sorted=author.is_sorted)
    cut = unknown_when_cut(counts, is_sorted=author.is_sorted) if author.is_truncated else ()
    values: dict[str, Number] = {
        name: value for name, value in measured.items() if value is not None and name not in cut
    }
    return values, lower & frozenset(values)


def _years(
    papers: Sequence[_Paper], state: ProviderState, *, total: int | None
) -> tuple[Mapping[int, int], int | None]:
    """Citations received a year: the provider's own series, else its works' added up.

    OpenAlex's author series counts by publication year since late 2025; it is not used.
    """
    record = state.author
    if record.counts_by_year and record.counts_by_year_meaning == "received":
        years = {y.year: y.cited_by_count for y in record.counts_by_year}
        known = sum(years.values())
        return MappingProxyType(years), None if total is None else max(0, total - known)
    counts = [p.cited_by_count for p in papers if p.cited_by_count is not None]
    return _works_years(papers, total=sum(counts))


def _works_years(papers: Sequence[_Paper], *, total: int) -> tuple[Mapping[int, int], int | None]:
    years: Counter[int] = Counter()
    for paper in papers:
        for year in paper.counts_by_year:
            years[year.year] += year.cited_by_count
    if not years:
        return MappingProxyType({}), None
    return MappingProxyType(dict(sorted(years.items()))), max(0, total - sum(years.values()))
