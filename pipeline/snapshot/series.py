"""The figures of one author by one provider, in its two series: as stated, and as resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from pipeline.metrics import bounds, measure_list, unknown_when_cut
from pipeline.model import Metrics, Number, Observed, ProviderState, Work
from spiders.items import AuthorRecord, WorkRecord, YearCount
from spiders.registry import counts_citations

VERSIONS_RULE = "max"
"""How several records of one paper at one provider become one count: the largest."""


class Paper(NamedTuple):
    """One paper as one provider counts it."""

    cited_by_count: int | None
    year: int | None
    authors_count: int | None
    self_citations: int | None
    counts_by_year: tuple[YearCount, ...]


def stated_metrics(state: ProviderState) -> Metrics:
    """The figures as the provider counts them: its own totals, else its records added up."""
    record = state.author
    if not counts_citations(state.provider):
        return _carried(state)
    papers = [paper_of(o.record) for o in state.present if not o.record.is_excluded]
    values, lower = measured(papers, state)
    stated = _own_figures(record)
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


def _own_figures(record: AuthorRecord) -> dict[str, int]:
    own = {
        "papers": record.works_count,
        "citations": record.cited_by_count,
        "h_index": record.h_index,
        "i10_index": record.i10_index,
        "citations_recent": record.cited_by_count_recent,
        "h_index_recent": record.h_index_recent,
        "i10_index_recent": record.i10_index_recent,
    }
    return {name: value for name, value in own.items() if value is not None}


def _carried(state: ProviderState) -> Metrics:
    """What a provider that counts no papers' citations states: carried, never recomputed."""
    stated = _own_figures(state.author)
    listed = {} if state.author.is_truncated else {"papers": len(state.present)}
    return Metrics(
        author_key=state.author_key,
        provider=state.provider,
        series="stated",
        as_of=state.as_of,
        values=MappingProxyType({**listed, **stated}),
        stated=frozenset(stated),
    )


def resolved_metrics(state: ProviderState, works: Sequence[Work]) -> Metrics:
    """The figures over papers: a preprint and its published version count once."""
    records = {o.record.record_id: o for o in state.present if not o.record.is_excluded}
    papers = [
        paper for work in works if (paper := _joined(work, state.provider, records)) is not None
    ]
    values, lower = measured(papers, state)
    counts = [p.cited_by_count for p in papers if p.cited_by_count is not None]
    years, unknown = works_years(papers, total=sum(counts))
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


def paper_of(record: WorkRecord) -> Paper:
    """One record as a paper of its own."""
    return Paper(
        cited_by_count=record.cited_by_count,
        year=record.year,
        authors_count=record.authors_count,
        self_citations=record.self_citations,
        counts_by_year=record.counts_by_year,
    )


def _joined(work: Work, provider: str, records: Mapping[str, Observed]) -> Paper | None:
    own = [
        records[c.record_id].record
        for c in work.counts
        if c.provider == provider and c.record_id in records
    ]
    if not own:
        return None
    best = max(own, key=lambda r: -1 if r.cited_by_count is None else r.cited_by_count)
    return paper_of(best)._replace(
        year=work.year if work.year is not None else best.year,
        authors_count=best.authors_count if best.authors_count is not None else work.authors_count,
    )


def measured(
    papers: Sequence[Paper], state: ProviderState
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
    papers: Sequence[Paper], state: ProviderState, *, total: int | None
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
    return works_years(papers, total=sum(counts))


def works_years(papers: Sequence[Paper], *, total: int) -> tuple[Mapping[int, int], int | None]:
    """Citations received a year, and how many of `total` no year is known for."""
    years: Counter[int] = Counter()
    for paper in papers:
        for year in paper.counts_by_year:
            years[year.year] += year.cited_by_count
    if not years:
        return MappingProxyType({}), None
    return MappingProxyType(dict(sorted(years.items()))), max(0, total - sum(years.values()))
