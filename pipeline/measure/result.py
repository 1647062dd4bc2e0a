"""What comes out: one JSON document, or a table in a file that is wholly old or wholly new."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError, StorageError

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "scholar-metrics/measure/1"
"""Name and version of the JSON document's form (`docs/measure.md`)."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheets."""


def to_document(frame: pd.DataFrame) -> dict[str, Any]:
    """The document of `--json`: whole numbers as such, null for a figure that is not known."""
    authors = [
        {name: _plain(value) for name, value in row.items()} for row in frame.to_dict("records")
    ]
    return {"schema": SCHEMA, "papers": int(frame["papers"].sum()), "authors": authors}


def write_result(frame: pd.DataFrame, path: Path) -> None:
    """Write the table as `.parquet` or `.csv`: temporary file, sync, rename.

    Text cells of a CSV that a spreadsheet would run as a formula get a leading `'`.

    Raises:
        ConfigError: another ending.
        StorageError: the disk refuses.
    """
    writers: dict[str, Callable[[pd.DataFrame, Path], None]] = {
        ".parquet": _parquet,
        ".csv": _csv,
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise ConfigError(f"{path}: not a known kind; name the result *.parquet or *.csv")
    try:
        _replace(frame, path, writer)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(f"{path}: cannot be written ({reason}); choose another place") from error


def _replace(frame: pd.DataFrame, path: Path, writer: Callable[[pd.DataFrame, Path], None]) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        os.fchmod(handle, 0o666 & ~_umask())
        writer(frame, temporary)
        os.fsync(handle)
        temporary.replace(path)
    finally:
        os.close(handle)
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)


def _csv(frame: pd.DataFrame, path: Path) -> None:
    safe = frame.assign(author_id=[_inert(value) for value in frame["author_id"]])
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\r\n")


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _plain(value: Any) -> Any:
    import pandas as pd

    if value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value
