"""Which way a list of papers is measured: as one table in memory, or streamed by author."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.scale.engine import Which
from pipeline.scale.memory import free

TABLE_ROW_BYTES = 160
"""Memory of a row where a whole table is measured (1.4 GB for 10 million)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """With what to measure."""

    engine: Literal["pandas", "dask"] = "pandas"
    scheduler: str | None = None
    workers: int | None = None
    threads: int | None = None
    memory: int | None = None
    """Bytes that rows may take; half of what is free when `None`."""


def is_streamed(path: Path, means: Means, *, metrics: Which, output: Path | None) -> bool:
    """Whether rows go through `pipeline.scale`.

    They do where Dask is asked for, where `path` is a folder, where the table would not fit, and
    where the core figures go from Parquet to Parquet, which no table in between makes better.

    Raises:
        ConfigError: Dask for a file that is not Parquet, or options that contradict.
    """
    if means.engine != "dask" and (means.scheduler or means.workers):
        raise ConfigError("--scheduler and --workers go with --engine dask; add it")
    if means.scheduler and means.workers:
        raise ConfigError("--workers starts local ones; leave it out with --scheduler")
    if path.is_dir():
        return True
    if not path.name.lower().endswith(".parquet"):
        if means.engine == "dask":
            raise ConfigError(
                f"{path}: --engine dask reads Parquet; write it so, or leave the option out"
            )
        return False
    if means.engine == "dask":
        return True
    rows = _rows_by_number(path)
    if rows is None:
        return False
    room = free() // 2 if means.memory is None else means.memory
    is_parquet = output is not None and output.suffix.lower() == ".parquet"
    return rows * TABLE_ROW_BYTES > room or (metrics == "core" and is_parquet)


def _rows_by_number(path: Path) -> int | None:
    """Rows of a file whose author ids are whole numbers; `None` for all others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            if "author_id" not in schema.names:
                return None
            is_whole = pa.types.is_integer(schema.field("author_id").type)
            return int(file.metadata.num_rows) if is_whole else None
    except (OSError, pa.ArrowInvalid):
        return None  # the reader says what is wrong with it
