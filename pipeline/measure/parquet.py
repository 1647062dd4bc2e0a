"""Parquet files: streamed row group by row group where the core figures are asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import ConfigError
from pipeline.measure.arrow import Refuse, codes, whole
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

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

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
    import pyarrow as pa
    import pyarrow.parquet as pq

    now = this_year() if now_year is None else now_year
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
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
    names = [n for n in ("author_id", REQUIRED, "year") if n in file.schema_arrow.names]
    packer = Packer(file.metadata.num_rows, now_year=now_year, has_year="year" in names)
    before = 0

    def read(group: int) -> pa.Table:
        return file.read_row_group(group, columns=names)

    with ThreadPoolExecutor(1) as ahead:
        following = ahead.submit(read, 0) if file.num_row_groups else None
        for group in range(file.num_row_groups):
            table = following.result() if following else read(group)
            last = group + 1 == file.num_row_groups
            following = None if last else ahead.submit(read, group + 1)
            _pack(packer, path, table, before)
            before += table.num_rows
    figures = packer.measure()
    authors = figures.pop("author_id")
    return to_frame(authors, {n: figures[n] for n in CORE if n in figures})


def _pack(packer: Packer, path: Path, table: pa.Table, before: int) -> None:
    refuse = _refusals(path, before)
    owners = table["author_id"]
    if owners.null_count:
        row = owners.is_null().to_pylist().index(True)
        raise refuse("author_id")(row, "")
    counts = whole(REQUIRED, table[REQUIRED], refuse(REQUIRED))
    years = whole("year", table["year"], refuse("year")) if "year" in table.column_names else None
    packer.add(
        owners.to_numpy(),
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
