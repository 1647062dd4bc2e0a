"""Charts of papers: the h-core, and which providers list which papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.model import AuthorSnapshot, Work
from pipeline.writers.comparison import successive_h
from pipeline.writers.report import words
from pipeline.writers.report.chart import (
    CORE,
    COVERAGE,
    NO,
    YES,
    Cell,
    Chart,
    listed,
    sentences,
    several,
    title_of,
)
from pipeline.writers.shown import COMBINED, Shown, combined_count, source_of
from spiders.registry import lists_papers

MOST_SETS = 9
"""Sets of providers that are told one by one."""


def h_core(by: Shown, *, order: Sequence[str]) -> Chart | None:
    """Papers ranked by count against the h-index; `None` where no paper is cited."""
    counts = sorted(_counts(by, order), reverse=True)
    h_index = successive_h(counts)
    if not h_index:
        return None
    return Chart(
        name=CORE,
        title="The papers behind the h-index",
        summary=(
            f"h = {h_index}: {several(h_index, 'paper')} of {len(counts):,} "
            f"{'has' if h_index == 1 else 'have'} {several(h_index, 'citation')} or more each. "
            f"The most cited one has {counts[0]:,}."
        ),
        columns=("From rank", "To rank", "Citations each"),
        rows=tuple(_runs(counts)),
        note=sentences(
            f"{title_of(by.provider)}, as of {words.day(by.as_of)}.",
            _other_h(by, h_index),
        ),
    )


def _counts(by: Shown, order: Sequence[str]) -> Iterator[int]:
    """What each paper counts in the shown figures; a provider's own list counts its records."""
    for work in (*by.author.works, *(by.author.others if by.figures == "stated" else ())):
        if by.figures == "stated":
            yield from _own_counts(work, by.provider)
        elif by.provider == COMBINED:
            found = combined_count(work, order, by.rule)
            yield from [found.cited_by_count] if found else []
        elif own := list(_own_counts(work, by.provider)):
            yield sum(own) if by.rule == "sum_versions" else max(own)


def _own_counts(work: Work, provider: str) -> Iterator[int]:
    for count in work.counts:
        if count.provider == provider and not count.is_gone and not count.is_excluded:
            yield from [] if count.cited_by_count is None else [int(count.cited_by_count)]


def _runs(counts: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    """Papers that are cited alike in one row: a thousand papers stay a short table."""
    rank = 0
    for count, run in groupby(counts):
        first, rank = rank + 1, rank + sum(1 for _ in run)
        yield first, rank, count


def _other_h(by: Shown, h_index: int) -> str | None:
    told = by.integer("h_index")
    if told is None or told == h_index:
        source = source_of(by.author, by.provider)
        if source and source.author.is_truncated:
            return "Its list of papers is cut, so the tail is missing."
        return None
    return f"The h-index shown is {told}: not all that it counts is in the list of papers."


def coverage(author: AuthorSnapshot, *, order: Sequence[str]) -> Chart | None:
    """How many papers each set of providers lists; `None` with fewer than two that list any."""
    asked = [s.provider for s in author.sources if lists_papers(s.provider)]
    ranked = [*(n for n in order if n in asked), *(n for n in asked if n not in order)]
    sets = Counter(
        frozenset(c.provider for c in work.counts if not c.is_gone) & frozenset(ranked)
        for work in author.works
    )
    unlisted = sets.pop(frozenset(), 0)
    names = [name for name in ranked if any(name in one for one in sets)]
    if len(names) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    totals = {n: sum(count for one, count in sets.items() if n in one) for n in names}
    return Chart(
        name=COVERAGE,
        title="Who knows which papers",
        summary=_coverage_in_words(sets, totals),
        columns=("Listed by", *map(title_of, names), "Papers"),
        rows=(*_set_rows(sets, names), ("In all", *totals.values(), sets.total())),
        note=f"{several(unlisted, 'paper')} no longer listed by any of them." if unlisted else None,
    )


def _set_rows(sets: Counter[frozenset[str]], names: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    ranked = sorted(
        sets.items(), key=lambda row: (-row[1], -len(row[0]), [n not in row[0] for n in names])
    )
    for one, count in ranked[:MOST_SETS]:
        marks = (YES if name in one else NO for name in names)
        yield _set_in_words(one, names), *marks, count
    rest = ranked[MOST_SETS:]
    if rest:
        label = several(len(rest), "other set")
        yield label, *(None for _ in names), sum(count for _, count in rest)


def _set_in_words(one: frozenset[str], names: Sequence[str]) -> str:
    if len(one) == len(names):
        return "Both" if len(names) == 2 else f"All {len(names)}"  # noqa: PLR2004 - two are both
    text = listed([title_of(name) for name in names if name in one])
    return f"{text} only"


def _coverage_in_words(sets: Counter[frozenset[str]], totals: dict[str, int]) -> str:
    by_all = sets.get(frozenset(totals), 0)
    every = "both" if len(totals) == 2 else f"all {len(totals)} providers"  # noqa: PLR2004 - as above
    told = listed([f"{title_of(name)} lists {count:,}" for name, count in totals.items()])
    are = "is" if by_all == 1 else "are"
    return f"Of {several(sets.total(), 'paper')}, {by_all:,} {are} listed by {every}. {told}."
