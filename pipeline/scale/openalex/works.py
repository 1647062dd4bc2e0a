"""Works as flat arrays: what is kept of a snapshot's rows, checked and without repeats.

Of each work its number, citations, year and authors stay. An author who stands twice on one
work counts once, authors that stand for nobody are left out, a missing count is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.scale.openalex.ids import NOBODY, NotAnId, numbers

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MOST_COUNT = 10**9
MOST_YEAR = 9999
_AUTHOR_BITS = 34
"""Ids are below 2^34, so an index of a work and an author share a word up to 2^29 works."""


class Wrong(ValueError):
    """A value that no work can have; `row` is its index in the batch."""

    def __init__(self, row: int, column: str, value: object) -> None:
        super().__init__(f"column {column}: {value!r}")
        self.row = row
        self.column = column
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """A batch of works in the order of their file; all arrays are of one length but `authors`."""

    work: NDArray[np.int64]
    citations: NDArray[np.int64]
    """0 where unknown."""
    unknown: NDArray[np.bool_]
    """Whose citations the file does not say."""
    year: NDArray[np.int16]
    """Of publication; 0 where unknown."""
    starts: NDArray[np.int32]
    """Where each work's authors begin in `authors`, and at last where they end."""
    authors: NDArray[np.int64]
    """Rising within a work, each once."""

    @property
    def rows(self) -> int:
        """How many works."""
        return len(self.work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """The columns of a batch as they were read, of equal length."""

    id: pa.Array
    cited_by_count: pa.Array
    publication_year: pa.Array
    authors: pa.ListArray
    """Ids of the authors of each work, null where an authorship names none."""


def works(raw: Raw) -> Works:
    """The batch, checked.

    Raises:
        Wrong: the first value that cannot be.
    """
    if raw.id.null_count:
        row = int(np.argmax(raw.id.is_null().to_numpy(zero_copy_only=False)))
        raise Wrong(row, "id", None)
    try:
        ids = numbers(raw.id, "W")
    except NotAnId as error:
        raise Wrong(error.row, "id", error.value) from error
    citations, unknown = _filled(raw.cited_by_count)
    bad = (citations < 0) | (citations > MOST_COUNT)
    if bad.any():
        row = int(np.argmax(bad))
        raise Wrong(row, "cited_by_count", int(citations[row]))
    year, _ = _filled(raw.publication_year)
    starts, authors = _authors(raw.authors)
    return Works(
        work=ids,
        citations=citations,
        unknown=unknown,
        year=np.where((year < 1) | (year > MOST_YEAR), 0, year).astype(np.int16),
        starts=starts,
        authors=authors,
    )


def _filled(column: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    unknown = np.zeros(len(column), dtype=np.bool_)
    if column.null_count:
        unknown = column.is_null().to_numpy(zero_copy_only=False)
        column = pc.fill_null(column.cast(pa.int64()), 0)
    return column.cast(pa.int64()).to_numpy(), unknown


def _authors(lists: pa.ListArray) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Starts and ids of each work's authors, each once."""
    import pyarrow.compute as pc

    owner = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
    ids = lists.flatten()
    if ids.null_count:
        known = ids.is_valid().to_numpy(zero_copy_only=False)
        owner, ids = owner[known], ids.drop_null()
    try:
        authors = numbers(ids, "A")
    except NotAnId as error:
        row = int(owner[error.row])
        raise Wrong(row, "authorships.author.id", error.value) from error
    pairs: Any = (owner << _AUTHOR_BITS) | authors
    for nobody in NOBODY:
        if (authors == nobody).any():
            pairs = pairs[authors != nobody]
            authors = authors[authors != nobody]
    pairs.sort()
    if len(pairs):
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
    edges = np.arange(len(lists) + 1, dtype=np.int64) << _AUTHOR_BITS
    starts = np.searchsorted(pairs, edges).astype(np.int32)
    return starts, pairs & ((1 << _AUTHOR_BITS) - 1)
