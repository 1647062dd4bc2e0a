"""The core figures of a block whose rows are sorted: every author at once, exactly.

Rows of an author stand from the most cited to the least. Then `citations >= rank` and
`running sum >= rank^2` hold for a first stretch of ranks and for none after it, so counting
the ranks where they hold gives h and g.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.metrics.groups import (
    AnyArray,
    BoolArray,
    Groups,
    IntArray,
    divide,
    nullable,
    whole_roots,
)

I10 = 10
RECENT_YEARS = 5
"""`recent` means: published in the last five complete years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is counted over the rows of each author; everything else follows from it."""

    papers: IntArray
    citations: IntArray
    h: IntArray
    g: IntArray
    """Ranks whose running sum reaches their square, papers of unknown count among them."""
    i10: IntArray
    h5: IntArray
    """h-index of the recent papers alone."""
    middle: AnyArray
    """Sum of the two middle counts of the known ones (twice the one in the middle)."""
    highest: IntArray
    """Most citations of a paper."""


def core(
    groups: Groups,
    citations: AnyArray,
    *,
    unknown: IntArray | None = None,
    recent: BoolArray | None = None,
    unknown_year: IntArray | None = None,
) -> dict[str, AnyArray]:
    """Core figures of each author of a block.

    Args:
        citations: counts from the largest within each author; an unknown one as 0.
        unknown: how many of each author's counts are unknown; `None` for none.
        recent: which rows belong to the last five complete years; `None` for no years.
        unknown_year: how many of each author's years are unknown; goes with `recent`.
    """
    ranks = groups.ranks
    wide = ranks.astype(np.int64)
    if recent is None:
        sums, total = groups.running(citations.astype(np.int64, copy=False))
        of_recent = np.zeros(groups.rows, dtype=np.bool_)
    else:
        sums, total, recent_ranks = groups.running_with(citations, recent)
        of_recent = recent & (citations >= recent_ranks)
    h, g, i10, h5 = groups.count(
        citations >= ranks, sums >= wide * wide, citations >= I10, of_recent
    )
    papers = groups.lengths
    known = papers if unknown is None else papers - unknown
    tally = Tally(
        papers=papers,
        citations=total,
        h=h,
        g=g,
        i10=i10,
        h5=h5,
        middle=groups.pick(citations, (known - 1) // 2) + groups.pick(citations, known // 2),
        highest=groups.pick(citations, np.zeros_like(papers)).astype(np.int64),
    )
    return figures(tally, unknown=unknown, unknown_year=None if recent is None else unknown_year)


def figures(
    tally: Tally, *, unknown: IntArray | None, unknown_year: IntArray | None
) -> dict[str, AnyArray]:
    """Core figures out of what was counted.

    Args:
        unknown: how many of each author's counts are unknown; `None` for none.
        unknown_year: how many of each author's years are unknown; `None` for no years.
    """
    papers = tally.papers
    known = papers if unknown is None else papers - unknown
    g, total = tally.g, tally.citations
    found: dict[str, AnyArray] = {
        "papers": papers,
        "papers_unknown_citations": np.zeros_like(papers) if unknown is None else unknown,
        "citations": total,
        "citations_mean": divide(total, known),
        "citations_median": nullable(tally.middle * 0.5, known == 0),
        "citations_max": nullable(tally.highest, known == 0),
        "h_index": tally.h,
        "g_index": np.minimum(g, known),
        "g_index_padded": np.where(g == papers, np.maximum(g, whole_roots(total)), g),
        "i10_index": tally.i10,
    }
    if unknown_year is not None:
        found["h5_recent_papers"] = nullable(tally.h5, (unknown_year == papers) & (papers > 0))
    if unknown is not None:
        no_count = (known == 0) & (papers > 0)
        kept = ("papers", "papers_unknown_citations")
        found |= {n: nullable(v, no_count) for n, v in found.items() if n not in kept}
    if unknown_year is not None:
        found["papers_unknown_year"] = unknown_year
    return found


def recent_span(now_year: int) -> tuple[int, int]:
    """First and last of the last five complete years."""
    return now_year - RECENT_YEARS, now_year - 1
