"""Indices from the counts alone: thresholds, the h-core, and what is derived from both."""

from __future__ import annotations

import numpy as np

from pipeline.metrics.groups import AnyArray, Groups, IntArray, divide

THRESHOLDS = (50, 100, 1000)
WU_STEP = 10


def h_core(
    groups: Groups, citations: IntArray, found: dict[str, AnyArray], *, h: IntArray
) -> dict[str, AnyArray]:
    """Figures of each author's h-core and its neighbours.

    Args:
        citations: counts from the largest within each author; an unknown one as 0.
        found: the core figures of the same block.
        h: h-index of each author.
    """
    ranks = groups.ranks
    flags = [citations >= 1, citations >= WU_STEP * ranks.astype(np.int64)]
    flags += [citations >= least for least in THRESHOLDS]
    cited, wu, *over = groups.count(*flags)
    held = groups.total(np.where(ranks <= groups.spread(h), citations, 0))
    middle = groups.pick(citations, (h - 1) // 2) + groups.pick(citations, h // 2)
    median = np.where(h > 0, middle * 0.5, 0.0)
    return {
        "cited_papers": cited,
        **{f"i{least}_index": count for least, count in zip(THRESHOLDS, over, strict=True)},
        "h_core_citations": held,
        "h_core_median": median,
        "e_index": np.sqrt((held - h * h).astype(np.float64)),
        "r_index": np.sqrt(held.astype(np.float64)),
        "a_index": divide(held, h),
        "hg_index": np.sqrt(h * found["g_index"]),
        "q2_index": np.sqrt(h * median),
        "wu_w_index": wu,
        "o_index": np.sqrt(h * np.nan_to_num(found["citations_max"])),
    }
