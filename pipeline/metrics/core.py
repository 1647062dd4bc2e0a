"""The core figures of a block whose rows are sorted: every author at once, exactly.

Rows of an author stand from the most cited to the least. Then `citations >= rank` and
`running sum >= rank^2` hold for a first stretch of ranks and for none after it, so counting
the ranks where they hold gives h and g.
"""

from __future__ import annotations

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
    median = groups.pick(citations, (known - 1) // 2) + groups.pick(citations, known // 2)
    found: dict[str, AnyArray] = {
        "papers": papers,
        "papers_unknown_citations": np.zeros_like(papers) if unknown is None else unknown,
        "citations": total,
        "citations_mean": divide(total, known),
        "citations_median": nullable(median * 0.5, known == 0),
        "citations_max": nullable(
            groups.pick(citations, np.zeros_like(papers)).astype(np.int64), known == 0
        ),
        "h_index": h,
        "g_index": np.minimum(g, known),
        "g_index_padded": np.where(g == papers, np.maximum(g, whole_roots(total)), g),
        "i10_index": i10,
    }
    if recent is not None and unknown_year is not None:
        found["h5_recent_papers"] = nullable(h5, (unknown_year == papers) & (papers > 0))
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
