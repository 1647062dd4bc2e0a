"""One count a paper over all providers, by a rule that is named.

A combined figure is its own series and must be asked for. It takes resolved papers only: records
of different providers are one paper, or nothing could be combined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypeAlias

from pipeline.metrics import bounds, measure_list, unknown_when_cut
from pipeline.model import Metrics, Observed, ProviderState, Work
from pipeline.snapshot.series import Paper, paper_of, works_years
from spiders.items import WorkRecord, YearCount
from spiders.registry import counts_citations

Rule: TypeAlias = Literal["max", "sum_versions", "prefer"]
"""How the counts of one paper become one: the most that any provider counts; each provider's
versions added up, then the most; or what the first provider in order says."""

_Records: TypeAlias = Mapping[tuple[str, str], Observed]


def combined_metrics(
    states: Sequence[ProviderState], works: Sequence[Work], *, order: Sequence[str], rule: Rule
) -> Metrics | None:
    """The figures over all providers' counts; `None` where none counts anything.

    Args:
        states: What each provider last said of one author.
        works: The author's resolved papers.
        order: Providers, best first, for `prefer`.
        rule: How several counts of one paper become one.
    """
    counting = [s for s in states if counts_citations(s.provider)]
    if not counting:
        return None
    names = [s.provider for s in counting]
    ranked = [n for n in order if n in names] + [n for n in names if n not in order]
    records = {(s.provider, o.record.record_id): o for s in counting for o in s.present}
    papers = [p for w in works if (p := _paper(w, records, ranked=ranked, rule=rule)) is not None]
    counts = [p.cited_by_count for p in papers if p.cited_by_count is not None]
    as_of = min(s.as_of for s in counting)
    values = measure_list(
        [p.cited_by_count for p in papers],
        years=[p.year for p in papers],
        authors_counts=[p.authors_count for p in papers],
        now_year=max(s.as_of for s in counting).year,
    )
    lower, unknown = _limits(counts, counting)
    years, undated = works_years(papers, total=sum(counts))
    return Metrics(
        author_key=counting[0].author_key,
        provider="combined",
        series="combined",
        as_of=as_of,
        values=MappingProxyType(
            {n: v for n, v in values.items() if v is not None and n not in unknown}
        ),
        lower_bounds=lower,
        counts_by_year=years,
        counts_by_year_unknown=undated,
        rule=rule,
    )


def _paper(work: Work, records: _Records, *, ranked: Sequence[str], rule: Rule) -> Paper | None:
    """A paper with its one count, if anybody gives one; `None` where no provider lists it."""
    listing = [name for name in ranked if _own(work, records, name)]
    if not listing:
        return None
    said = {name: _said(work, records, provider=name, rule=rule) for name in listing}
    known = [name for name in listing if said[name] is not None] or listing
    chosen = known[0] if rule == "prefer" else max(known, key=lambda name: _rank(said[name]))
    best = max(_own(work, records, chosen), key=lambda r: _rank(r.cited_by_count))
    every = [record for name in listing for record in _own(work, records, name)]
    return paper_of(best)._replace(
        cited_by_count=said[chosen],
        year=work.year if work.year is not None else best.year,
        authors_count=best.authors_count if best.authors_count is not None else work.authors_count,
        self_citations=None,
        counts_by_year=best.counts_by_year or _series(every, at_most=_rank(said[chosen])),
    )


def _own(work: Work, records: _Records, provider: str) -> list[WorkRecord]:
    """One provider's records of a paper that it lists and counts."""
    found = (records.get((c.provider, c.record_id)) for c in work.counts if c.provider == provider)
    return [o.record for o in found if o is not None and not o.record.is_excluded]


def _series(records: Sequence[WorkRecord], *, at_most: int) -> tuple[YearCount, ...]:
    """The fullest series of years that the count has room for: not everybody says years."""
    sums = [(sum(y.cited_by_count for y in r.counts_by_year), r.counts_by_year) for r in records]
    fitting = [one for one in sums if 0 < one[0] <= at_most]
    return max(fitting, key=lambda one: one[0])[1] if fitting else ()


def _rank(count: int | None) -> int:
    return -1 if count is None else count


def _said(work: Work, records: _Records, *, provider: str, rule: Rule) -> int | None:
    counts = [r.cited_by_count for r in _own(work, records, provider)]
    known = [count for count in counts if count is not None]
    if not known:
        return None
    return sum(known) if rule == "sum_versions" else max(known)


def _limits(
    counts: Sequence[int], states: Sequence[ProviderState]
) -> tuple[frozenset[str], frozenset[str]]:
    """Names of lower bounds, and of what is not known, where some provider's list is cut.

    A paper hidden by a cut list has at most that list's last count: the combined list is known
    down to there, and is a cut one itself.
    """
    cut = [s for s in states if s.author.is_truncated]
    if not cut:
        return frozenset(), frozenset()
    hidden = [_last(s) for s in cut]
    most = max((h for h in hidden if h is not None), default=None)
    is_known = None not in hidden and most is not None
    kept = sorted((c for c in counts if most is not None and c >= most), reverse=True)
    if not is_known or not kept:
        everything: Sequence[int | None] = sorted(counts)
        return (
            bounds(everything, is_truncated=True, is_sorted=False),
            unknown_when_cut(everything, is_sorted=False),
        )
    return bounds(kept, is_truncated=True, is_sorted=True), unknown_when_cut(kept)


def _last(state: ProviderState) -> int | None:
    """The most that a paper hidden by a cut list may have; `None` where that is not known."""
    if not state.author.is_sorted:
        return None
    known = [o.record.cited_by_count for o in state.present if not o.record.is_excluded]
    return min((c for c in known if c is not None), default=None)
