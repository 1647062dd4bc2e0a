"""Parquet files: streamed row group by row group where the core figures are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from pipeline.errors import ConfigError
from pipeline.measure import pool
from pipeline.measure.arrow import Refuse, Whole, codes, integers, whole
from pipeline.measure.papers import (
    COLUMNS,
    REQUIRED,
    Papers,
    check_header,
    fault,
    of_everybody,
    place,
)
from pipeline.metrics import CORE, OutsideBudget, Packer, this_year, to_frame
from pipeline.metrics.groups import BLOCK_ROWS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

T = TypeVar("T")

ROWS_AT_ONCE = BLOCK_ROWS
_BUFFER = 1 << 17
"""Bytes of a column that are read at once."""
_SCANS = min(os.cpu_count() or 1, 4)
"""Blocks that the compiled scan measures at once; more than memory feeds is no use."""
_NO_AUTHOR = "give every paper the id of its author (whole numbers or text)"


def measure_parquet(
    path: Path, *, now_year: int | None = None, metrics: Literal["core", "all"] = "core"
) -> pd.DataFrame:
    """Figures of each author of a Parquet file, one row a paper of an author.

    With `core` a file whose ids and counts fit the packed keys is never held in memory: 8 bytes
    a row stay. Everything else is read whole.

    Raises:
        ConfigError: the file is damaged, or holds what it should not.
    """
    pool.plain()
    import pyarrow as pa

    now = this_year() if now_year is None else now_year
    try:
        with streamed(path) as file:
            check_header(place(path), file.schema_arrow.names)
            if metrics == "core" and _packs(file.schema_arrow):
                try:
                    return _stream(path, file, now_year=now)
                except OutsideBudget:
                    pass
            return _read(path, file).measure(now_year=now, metrics=metrics)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"{path}: cannot be read as Parquet ({reason}); write it again"
        ) from error


def _packs(schema: pa.Schema) -> bool:
    import pyarrow as pa

    return "author_id" in schema.names and pa.types.is_integer(schema.field("author_id").type)


def _stream(path: Path, file: pq.ParquetFile, *, now_year: int) -> pd.DataFrame:
    import pyarrow as pa

    names = [n for n in ("author_id", REQUIRED, "year") if n in file.schema_arrow.names]
    packer = Packer(file.metadata.num_rows, now_year=now_year, has_year="year" in names)
    before = 0
    for rows in read_ahead(file.iter_batches(2 * ROWS_AT_ONCE, columns=names, use_threads=True)):
        pack(packer, batch(path, pa.Table.from_batches([rows]), before=before))
        before += rows.num_rows
    figures = packer.measure(threads=_SCANS)
    authors = figures.pop("author_id")
    return to_frame(authors, {n: figures[n] for n in CORE if n in figures})


def streamed(path: Path) -> pq.ParquetFile:
    """A file to be read some rows at a time: checked, and little of it in memory."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(
        path, page_checksum_verification=True, pre_buffer=False, buffer_size=_BUFFER
    )


def read_ahead(items: Iterator[T]) -> Iterator[T]:
    """The same, the next one in the making while the last one is used."""
    nothing = object()
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, items, nothing)
        while (item := following.result()) is not nothing:
            following = thread.submit(next, items, nothing)
            yield cast("T", item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of a file with whole numbers as author ids."""

    authors: NDArray[Any]
    columns: Mapping[str, Whole]
    """Numbers by column name; `cited_by_count` is always there."""


def batch(path: Path, table: pa.Table, *, before: int) -> Batch:
    """Columns of a piece of a file as numbers.

    Args:
        before: rows of the file that come before the piece.

    Raises:
        ConfigError: the first value that is wrong, with its row.
    """
    refuse = _refusals(path, before)
    owners = table["author_id"]
    if owners.null_count:
        row = owners.is_null().to_pylist().index(True)
        raise refuse("author_id")(row, "")
    names = [n for n in COLUMNS if n in table.column_names]
    return Batch(
        authors=integers(owners),
        columns={name: whole(name, table[name], refuse(name)) for name in names},
    )


def pack(packer: Packer, rows: Batch) -> None:
    """Hand rows to a packer.

    Raises:
        OutsideBudget: an id or a count does not fit its keys.
    """
    counts, years = rows.columns[REQUIRED], rows.columns.get("year")
    packer.add(
        rows.authors,
        counts.numbers,
        None if years is None else years.numbers,
        unknown=counts.unknown,
        unknown_year=None if years is None else years.unknown,
    )


def _read(path: Path, file: pq.ParquetFile) -> Papers:
    present = file.schema_arrow.names
    table = file.read(columns=[n for n in ("author_id", *COLUMNS) if n in present])
    refuse = _refusals(path, 0)
    columns = {
        name: whole(name, table[name], refuse(name)).with_gaps()
        for name in COLUMNS
        if name in present
    }
    if "author_id" not in present:
        return of_everybody(columns)
    authors, index = codes(table["author_id"], refuse("author_id"))
    return Papers(authors=authors, codes=index, columns=columns)


def _refusals(path: Path, before: int) -> Any:
    """What makes the error of a value, by column; rows are counted from 1 as people do."""

    def of(column: str) -> Refuse:
        remedy = _NO_AUTHOR if column == "author_id" else None

        def refuse(row: int, value: object) -> ConfigError:
            return fault(place(path, before + row + 1, unit="row"), column, value, remedy)

        return refuse

    return of
