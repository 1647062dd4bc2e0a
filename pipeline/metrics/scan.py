"""The scan of sorted keys row by row: what numba compiles, and plain Python can run.

    key = author (33 bits) | 2^30-1 - citations (30 bits) | recent (1 bit)

Written for the compiler: flat, no objects. `compiled` gives it a face.
"""

from __future__ import annotations

import numpy as np

from pipeline.metrics.groups import AnyArray, IntArray

_OWNER = 31
_MOST = (1 << 30) - 1
_I10 = 10


def count(keys: AnyArray) -> int:
    """How many authors the keys have."""
    found = 0
    before = np.int64(-1)
    for key in keys:
        owner = np.int64(key >> np.uint64(_OWNER))
        found += owner != before
        before = owner
    return found


def tally(keys: AnyArray, unknown: IntArray, unknown_year: IntArray, found: IntArray) -> None:
    """Count the rows of each author into the columns of `found`.

    Args:
        keys: sorted.
        unknown: authors of rows whose count is unknown, sorted; may name others too.
        unknown_year: the same of years.
        found: rows: author, papers, citations, h, g, i10, h5, middle, highest, unknown counts,
            unknown years; columns: authors.
    """
    rows = len(keys)
    first_gap = np.searchsorted(unknown, np.int64(keys[0] >> np.uint64(_OWNER))) if rows else 0
    first_year = (
        np.searchsorted(unknown_year, np.int64(keys[0] >> np.uint64(_OWNER))) if rows else 0
    )
    start = 0
    at = 0
    while start < rows:
        owner = np.int64(keys[start] >> np.uint64(_OWNER))
        total = np.int64(0)
        h = g = i10 = h5 = recent = np.int64(0)
        row = start
        while row < rows and np.int64(keys[row] >> np.uint64(_OWNER)) == owner:
            low = np.int64(keys[row] & np.uint64((1 << _OWNER) - 1))
            citations = _MOST - (low >> 1)
            total += citations
            rank = row - start + 1
            h += citations >= rank
            g += total >= rank * rank
            i10 += citations >= _I10
            recent += low & 1
            h5 += (low & 1) & (citations >= recent)
            row += 1
        gaps = first_gap
        while gaps < len(unknown) and unknown[gaps] == owner:
            gaps += 1
        years = first_year
        while years < len(unknown_year) and unknown_year[years] == owner:
            years += 1
        papers = row - start
        known = papers - (gaps - first_gap)
        lower = start + max((known - 1) // 2, 0)
        upper = min(start + known // 2, rows - 1)
        half = np.int64((keys[lower] >> np.uint64(1)) & np.uint64(_MOST))
        other = np.int64((keys[upper] >> np.uint64(1)) & np.uint64(_MOST))
        highest = np.int64((keys[start] >> np.uint64(1)) & np.uint64(_MOST))
        found[0, at] = owner
        found[1, at] = papers
        found[2, at] = total
        found[3, at] = h
        found[4, at] = g
        found[5, at] = i10
        found[6, at] = h5
        found[7, at] = 2 * _MOST - half - other
        found[8, at] = _MOST - highest
        found[9, at] = gaps - first_gap
        found[10, at] = years - first_year
        first_gap = gaps
        first_year = years
        start = row
        at += 1
