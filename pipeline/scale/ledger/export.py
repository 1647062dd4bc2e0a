"""What a ledger tells as files: a table as it was, and what changed since a day."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import ConfigError
from pipeline.scale.disk import storage, sync
from pipeline.scale.ledger.columns import GONE, KNOWN
from pipeline.scale.shelf import array

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from pipeline.scale.ledger.counts import Counts
    from pipeline.scale.ledger.reading import Changes

_KINDS = (".parquet", ".csv")


def write_table(parts: Iterable[Counts], output: Path) -> int:
    """Rows as they were taken, part by part, within one by rising author and work; how many.

    Raises:
        ConfigError: no name of a kind that is known, or a folder that is not there.
        StorageError: the disk refuses; a file of that name is as it was.
    """
    return _written(output, _table_schema(), map(_rows, parts))


def write_changes(parts: Iterable[Changes], output: Path) -> int:
    """Changes, part by part in the order of runs; how many.

    Raises:
        ConfigError, StorageError: as `write_table` does.
    """
    return _written(output, _changes_schema(), map(_changed, parts))


def _table_schema() -> pa.Schema:
    import pyarrow as pa

    ids = [pa.field(name, pa.int64(), nullable=False) for name in ("author_id", "work_id")]
    return pa.schema([*ids, ("cited_by_count", pa.int64())])


def _changes_schema() -> pa.Schema:
    import pyarrow as pa

    ids = [pa.field(name, pa.int64(), nullable=False) for name in ("author_id", "work_id")]
    flags = [pa.field(name, pa.bool_(), nullable=False) for name in ("is_new", "is_gone")]
    counts = [(name, pa.int64()) for name in ("before", "cited_by_count")]
    return pa.schema([*ids, pa.field("as_of", pa.date32(), nullable=False), *counts, *flags])


def _rows(part: Counts) -> list[pa.Array]:
    import pyarrow as pa

    kind = pa.int64()
    return [
        array(kind, part.author, None),
        array(kind, part.work, None),
        array(kind, part.count, ~part.unknown),
    ]


def _changed(part: Changes) -> list[pa.Array]:
    import pyarrow as pa

    kind = pa.int64()
    return [
        array(kind, part.author, None),
        array(kind, part.work, None),
        array(pa.date32(), part.as_of.astype(np.int32), None),
        array(kind, part.before, part.before_flag == KNOWN),
        array(kind, part.after, part.after_flag == KNOWN),
        _bits(part.before_flag == GONE),
        _bits(part.after_flag == GONE),
    ]


def _bits(values: Any) -> pa.Array:
    import pyarrow as pa

    bits = pa.py_buffer(np.packbits(values, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, bits])


def _written(output: Path, schema: pa.Schema, parts: Iterator[list[pa.Array]]) -> int:
    import pyarrow as pa

    if output.suffix.lower() not in _KINDS:
        raise ConfigError(f"{output}: not a known kind; name the result *.parquet or *.csv")
    if not output.absolute().parent.is_dir():
        raise ConfigError(f"{output}: no such folder; make {output.parent} first")
    rows = 0
    with _beside(output) as made, storage(output):
        with _writer(made, schema, kind=output.suffix.lower()) as writer:
            for arrays in parts:
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
                rows += len(arrays[0])
        sync(made)
        made.replace(output)
        sync(output.absolute().parent)
    return rows


def _writer(path: Path, schema: pa.Schema, *, kind: str) -> Any:
    import pyarrow.csv
    import pyarrow.parquet as pq

    if kind == ".csv":
        return pyarrow.csv.CSVWriter(path, schema)
    return pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True)


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    with storage(output):
        handle, name = tempfile.mkstemp(prefix=f".{output.stem}-", dir=output.absolute().parent)
        os.close(handle)
    made = Path(name)
    try:
        made.chmod(0o644)
        yield made
    finally:
        with suppress(OSError):
            made.unlink(missing_ok=True)
