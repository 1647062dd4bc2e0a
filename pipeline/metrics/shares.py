"""Indices that share a paper among its authors.

A number of authors that nobody knows is never taken for 1. A figure is null when the unknown
could change it, and stands when it could not (a paper without citations changes no h-index).
"""

from __future__ import annotations

import numpy as np

from pipeline.metrics.columns import UNKNOWN
from pipeline.metrics.groups import AnyArray, Groups, IntArray, divide, nullable

ROUNDING = 1e-9
"""Slack for sums of fractions: 1/49 added 49 times is not quite 1."""


def shares(
    groups: Groups, citations: IntArray, authors_count: IntArray, *, h: IntArray
) -> dict[str, AnyArray]:
    """Figures by share of each author.

    Args:
        citations: counts from the largest within each author; an unknown one as 0.
        h: h-index of each author over the same counts.
    """
    known = authors_count != UNKNOWN
    share = np.where(known, 1.0 / np.maximum(authors_count, 1), 0.0)
    in_core = groups.ranks <= groups.spread(h)
    people = groups.total(np.where(in_core & known, authors_count, 0))
    blank, blank_cited, blank_core = groups.count(
        ~known, ~known & (citations > 0), ~known & in_core
    )
    hi = np.nan_to_num(divide(h * h, people))
    return {
        "hi_index": nullable(hi, blank_core > 0),
        "hi_norm": _hi_norm(groups, citations, authors_count),
        "hm_index": _hm(groups, citations, share),
        "fractional_papers": nullable(groups.total_float(share), blank > 0),
        "fractional_citations": nullable(groups.total_float(citations * share), blank_cited > 0),
    }


def _hi_norm(groups: Groups, citations: IntArray, authors_count: IntArray) -> AnyArray:
    """h-index over citations an author: null unless one author and ever so many agree."""
    known = authors_count != UNKNOWN
    most = citations // np.maximum(authors_count, 1)
    low = groups.h_of(np.where(known, most, 0))
    if known.all():
        return low
    return nullable(low, low != groups.h_of(most))


def _hm(groups: Groups, citations: IntArray, share: AnyArray) -> AnyArray:
    """Largest effective rank (sum of shares) that its paper's citations reach."""
    ranks, _ = groups.running(share)
    # With an unknown share as 0 the rank is the least it can be: a paper that misses it
    # misses it for certain, one that reaches it may not.
    reached = (citations > 0) & (citations >= ranks - ROUNDING)
    doubtful = groups.count(reached & (share == 0))[0]
    return nullable(groups.total_float(np.where(reached, share, 0.0)), doubtful > 0)
