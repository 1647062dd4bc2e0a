"""Papers and citations of each author by year of publication, and the first and last year.

Citations are those that the papers of a year have today, whenever they were received: the
snapshot's rows do not say more in the columns that are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import StorageError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_YEAR_BITS = 14
_YEAR = (1 << _YEAR_BITS) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """One bucket's authors, rising, and their papers by year, by rising author and year."""

    authors: NDArray[np.int64]
    first: NDArray[np.int16]
    """Year of the first paper; 0 where no paper has a year."""
    last: NDArray[np.int16]
    owner: NDArray[np.int64]
    """Author of each row below."""
    year: NDArray[np.int16]
    papers: NDArray[np.int32]
    citations: NDArray[np.int64]
    """0 where `unknown`."""
    unknown: NDArray[np.bool_]
    """Rows none of whose papers has a known count."""


def by_year(
    authors: NDArray[np.int64],
    year: NDArray[Any],
    citations: NDArray[np.int64],
    unknown: NDArray[np.bool_],
) -> Years:
    """Rows of one bucket in any order; year 0 is unknown, citations are 0 where `unknown`."""
    keys = (authors << _YEAR_BITS) | year
    order = np.argsort(keys)
    keys = keys[order]
    starts = _starts(keys)
    if not len(starts):
        none: Any = np.zeros(0, dtype=np.int64)
        return Years(
            authors=none, first=none.astype(np.int16), last=none.astype(np.int16), owner=none,
            year=none.astype(np.int16), papers=none.astype(np.int32), citations=none,
            unknown=none.astype(np.bool_),
        )  # fmt: skip
    papers = np.diff(starts, append=len(keys)).astype(np.int32)
    sums = np.add.reduceat(citations[order], starts)
    gaps = np.add.reduceat(unknown[order].astype(np.int64), starts)
    owner, of = keys[starts] >> _YEAR_BITS, (keys[starts] & _YEAR).astype(np.int16)
    heads = _starts(owner)
    tails = np.append(heads[1:], len(owner)) - 1
    first = of[heads]
    later = (first == 0) & (heads < tails)
    first[later] = of[heads[later] + 1]
    known = of > 0
    return Years(
        authors=owner[heads],
        first=first,
        last=of[tails],
        owner=owner[known],
        year=of[known],
        papers=papers[known],
        citations=sums[known],
        unknown=(gaps == papers)[known],
    )


def read_bucket(files: tuple[Path, ...]) -> Years:
    """`by_year` of a bucket's files.

    Raises:
        StorageError: a file was damaged after it was written.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    columns = ["author_id", "cited_by_count", "year"]
    tables = []
    for path in files:
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                tables.append(file.read(columns=columns, use_threads=False))
        except (pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0]
            raise StorageError(
                f"{path}: damaged ({reason}); remove its folder and run again, it is made anew"
            ) from error
    table = pa.concat_tables(tables)
    counts = table["cited_by_count"]
    return by_year(
        table["author_id"].to_numpy(),
        pc.fill_null(table["year"], 0).to_numpy(),
        pc.fill_null(counts, 0).to_numpy(),
        counts.is_null().to_numpy(),
    )


def schema() -> pa.Schema:
    """Columns of the table by year."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("author_id", pa.int64(), nullable=False),
            pa.field("publication_year", pa.int16(), nullable=False),
            pa.field("papers", pa.int32(), nullable=False),
            ("citations", pa.int64()),
        ]
    )


def table(years: Years) -> pa.Table:
    """The table by year of a bucket."""
    import pyarrow as pa

    columns = [
        pa.array(years.owner),
        pa.array(years.year),
        pa.array(years.papers),
        pa.array(years.citations, mask=years.unknown),
    ]
    return pa.Table.from_arrays(columns, schema=schema())


def _starts(rising: NDArray[np.int64]) -> NDArray[np.int64]:
    if not len(rising):
        return np.zeros(0, dtype=np.int64)
    return np.append(0, np.flatnonzero(rising[1:] != rising[:-1]) + 1)
