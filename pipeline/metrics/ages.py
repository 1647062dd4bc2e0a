"""Indices that know when a paper appeared: younger citations weigh more.

A paper of this year, or of a year to come, has age 1. Papers of unknown year are left out, and
an author with none of known year has no such figure at all.
"""

from __future__ import annotations

import numpy as np

from pipeline.metrics.columns import UNKNOWN
from pipeline.metrics.groups import AnyArray, FloatArray, Groups, IntArray, divide, nullable

HC_GAMMA = 4


def ages(
    groups: Groups, citations: IntArray, year: IntArray, *, h: IntArray, now_year: int
) -> dict[str, AnyArray]:
    """Figures by age of each author.

    Args:
        citations: counts, the largest first and of equal ones the youngest; unknown as 0.
        h: h-index of each author over the same counts.
    """
    known = year != UNKNOWN
    age = np.where(known, np.maximum(now_year - year + 1, 1), 1)
    rates = np.where(known, citations / age, 0.0)
    dated = groups.count(known)[0]
    undated = (dated == 0) & (groups.lengths > 0)
    awcr = groups.total_float(rates)
    held = groups.total_float(np.where(groups.ranks <= groups.spread(h), rates, 0.0))
    span = now_year - _first_year(groups, year)
    figures: dict[str, AnyArray] = {
        "ar_index": np.sqrt(held),
        "awcr": awcr,
        "aw_index": np.sqrt(awcr),
        "hc_index": groups.h_of(np.where(known, HC_GAMMA * citations // age, 0)),
    }
    return {
        **{name: nullable(values, undated) for name, values in figures.items()},
        "m_quotient": h / np.maximum(span + 1, 1),
        "m_quotient_zero_based": divide(h, np.maximum(span, 0)),
    }


def career_years(groups: Groups, year: IntArray, *, now_year: int) -> FloatArray:
    """Years since the first paper, both ends counted; NaN where no year is known."""
    return np.maximum(now_year - _first_year(groups, year) + 1, 1)


def _first_year(groups: Groups, year: IntArray) -> FloatArray:
    never = np.iinfo(np.int64).max
    first = np.full(len(groups.starts), never, dtype=np.int64)
    filled = groups.lengths > 0
    if filled.any():
        dated = np.where(year == UNKNOWN, never, year)
        first[filled] = np.minimum.reduceat(dated, groups.starts[filled])
    return np.where(first == never, np.nan, first.astype(np.float64))
