"""What comes in, made whole numbers: one array a column, -1 where a value is not known.

Refuses what cannot be a count in one line that names the column, the row and the value.
A value that contradicts the row (no authors, more self-citations than citations, year 0) is
as good as not known, because a provider says such things and a night's run must go on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.metrics.groups import AnyArray, FloatArray, IntArray

UNKNOWN = -1
MOST = 1 << 53
"""Counts above it are refused: a float no longer tells them apart."""
MOST_SUM = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a list of papers; `None` for a column that was not given."""

    citations: IntArray
    year: IntArray | None
    authors_count: IntArray | None
    self_citations: IntArray | None
    recent_citations: IntArray | None

    @classmethod
    def of(
        cls,
        citations: ArrayLike,
        *,
        year: ArrayLike | None,
        authors_count: ArrayLike | None,
        self_citations: ArrayLike | None,
        recent_citations: ArrayLike | None,
    ) -> Columns:
        """Columns of arrays that may hold whole floats and NaN.

        Raises:
            ValueError: a value that is no count, or columns of different lengths.
        """
        counts = whole_numbers("citations", citations)
        if np.maximum(counts, 0).sum(dtype=np.float64) >= MOST_SUM:
            raise ValueError("citations: they add up to more than 2^62; mend the counts")

        def read(name: str, values: ArrayLike | None, *, least: int = 0) -> IntArray | None:
            if values is None:
                return None
            column = whole_numbers(name, values)
            if len(column) != len(counts):
                raise ValueError(
                    f"{name}: {len(column)} values for {len(counts)} papers; give one a paper"
                )
            return np.where(column < least, UNKNOWN, column)

        def part(name: str, values: ArrayLike | None) -> IntArray | None:
            column = read(name, values)
            return None if column is None else np.where(column > counts, UNKNOWN, column)

        return cls(
            citations=counts,
            year=read("year", year, least=1),
            authors_count=read("authors_count", authors_count, least=1),
            self_citations=part("self_citations", self_citations),
            recent_citations=part("recent_citations", recent_citations),
        )

    def rows(self, index: IntArray) -> Columns:
        """The same columns at some rows."""
        return Columns(
            citations=self.citations[index],
            year=None if self.year is None else self.year[index],
            authors_count=None if self.authors_count is None else self.authors_count[index],
            self_citations=None if self.self_citations is None else self.self_citations[index],
            recent_citations=(
                None if self.recent_citations is None else self.recent_citations[index]
            ),
        )


def from_list(values: Sequence[float | None]) -> FloatArray:
    """An array of a list in which `None` stands for a value that is not known."""
    return np.array([math.nan if v is None else v for v in values], dtype=np.float64)


def whole_numbers(name: str, values: ArrayLike) -> IntArray:
    """Whole numbers from 0 to 2^53, -1 for NaN; refuses everything else."""
    column = np.asarray(values)
    if column.dtype.kind == "f":
        unknown = np.isnan(column)
        filled = np.where(unknown, 0, column)
        _refuse(name, column, ~(np.isfinite(filled) & (filled == np.floor(filled))))
    elif column.dtype.kind in "iu":
        unknown = np.zeros(len(column), dtype=np.bool_)
        filled = column
    else:
        raise ValueError(f"{name}: {column.dtype} values; give whole numbers, NaN for unknown")
    _refuse(name, column, (filled < 0) | (filled > MOST))
    return np.where(unknown, UNKNOWN, filled.astype(np.int64))


def _refuse(name: str, column: AnyArray, is_wrong: AnyArray) -> None:
    if is_wrong.any():
        row = int(np.argmax(is_wrong))
        raise ValueError(
            f"{name}: {column[row]} in row {row}; give a whole number from 0 to 2^53, "
            "or nothing when it is not known"
        )
