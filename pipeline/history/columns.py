"""Parquet without pandas: tuples to columns and back, checksummed pages, compact encodings.

`pyarrow.array`, `pyarrow.table` and `parquet.read_table` import pandas behind one's back (0.3 s);
arrays made from buffers, `ParquetFile.read` and `ParquetWriter` do not.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, Literal

from pipeline.errors import StorageError

Kind = Literal["string", "int", "bool", "date", "time", "float"]

MARK = "scholar_metrics"
"""Key of the footer that says what a file is and which runs it holds."""

_WORTH_STATISTICS = 10_000
"""Rows from which minima and maxima help a reader more than they weigh."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_ZERO = _EPOCH.date()
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stored table; every column may hold nulls."""

    name: str
    kind: Kind
    is_dictionary: bool = False
    """Whether values repeat so much that each is stored once."""

    @property
    def encoding(self) -> str | None:
        """Parquet encoding, where another than the plain one pays."""
        if self.is_dictionary:
            return None
        if self.kind in ("int", "date", "time"):
            return "DELTA_BINARY_PACKED"
        return "DELTA_BYTE_ARRAY" if self.kind == "string" else None


Spec = tuple[Column, ...]


def table(spec: Spec, rows: Sequence[tuple[Any, ...]]) -> Any:
    """An Arrow table of tuples, one value a column, `None` for a null."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(spec)
    arrays = [_array(c.kind, values) for c, values in zip(spec, columns, strict=True)]
    schema = pa.schema([(c.name, _type(c.kind)) for c in spec])
    return pa.Table.from_arrays(arrays, schema=schema)


def pack(spec: Spec, content: Any, *, mark: Mapping[str, Any]) -> bytes:
    """A table as the bytes of a Parquet file, each page with a checksum."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        content.schema,
        compression="zstd",
        compression_level=9,
        use_dictionary=[c.name for c in spec if c.is_dictionary],
        column_encoding={c.name: c.encoding for c in spec if c.encoding},
        write_page_checksum=True,
        write_statistics=content.num_rows >= _WORTH_STATISTICS,
        store_schema=False,
    ) as writer:
        writer.write_table(content)
        writer.add_key_value_metadata({MARK: json.dumps(dict(mark), sort_keys=True)})
    return bytes(sink.getvalue())


def unpack(data: bytes, *, columns: Sequence[str] | None = None) -> Any:
    """The table of a Parquet file, its page checksums verified.

    Raises:
        ValueError: it is no readable Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True) as file:
            # Arrow's threads can abort a process that ends soon after (seen with pyarrow 26).
            return file.read(columns=list(columns) if columns else None, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"no readable Parquet file: {error}") from error


def marked(data: bytes) -> dict[str, Any] | None:
    """What the footer says the file is; `None` for a file that is not ours."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(pa.BufferReader(data)) as file:
            found = (file.metadata.metadata or {}).get(MARK.encode())
            mark = json.loads(found) if found else None
    except (pa.ArrowException, OSError, ValueError):
        return None
    return mark if isinstance(mark, dict) else None


def rows(content: Any, spec: Spec) -> Iterator[tuple[Any, ...]]:
    """The tuples that `table` was given; columns of later versions are ignored.

    Raises:
        StorageError: a column of ours is missing.
    """
    missing = [c.name for c in spec if c.name not in content.column_names]
    if missing:
        raise StorageError(
            f"a file of the history has no column {missing[0]}: it was written by another "
            "version, update scholar-metrics"
        )
    return zip(*(_values(content.column(c.name), c.kind) for c in spec), strict=True)


def only(content: Any, name: str, value: str) -> Any:
    """The rows whose text column holds exactly this value."""
    import pyarrow.compute as pc

    scalar = _array("string", (value,))[0]
    return content.filter(pc.equal(content.column(name), scalar))


def _type(kind: Kind) -> Any:
    import pyarrow as pa

    types = {
        "string": pa.large_string(),
        "int": pa.int64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "time": pa.timestamp("us", tz="UTC"),
        "float": pa.float64(),
    }
    return types[kind]


def _array(kind: Kind, values: Sequence[Any]) -> Any:
    import pyarrow as pa

    nulls = sum(v is None for v in values)
    valid = pa.py_buffer(_bits([v is not None for v in values])) if nulls else None
    buffers = [valid, *(pa.py_buffer(b) for b in _buffers(kind, values))]
    return pa.Array.from_buffers(_type(kind), len(values), buffers, null_count=nulls)


def _buffers(kind: Kind, values: Sequence[Any]) -> list[Any]:
    if kind == "string":
        texts = [(v or "").encode("utf-8", "replace") for v in values]
        return [array("q", accumulate(map(len, texts), initial=0)), b"".join(texts)]
    if kind == "bool":
        return [_bits(values)]
    if kind == "date":
        return [array("i", [(v - _DAY_ZERO).days if v else 0 for v in values])]
    if kind == "time":
        return [array("q", [(v - _EPOCH) // _TICK if v else 0 for v in values])]
    return [array("d" if kind == "float" else "q", [v or 0 for v in values])]


def _bits(flags: Sequence[Any]) -> bytes:
    """Least significant bit first, as Arrow packs them."""
    text = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(text or "0", 2).to_bytes(len(flags) // 8 + 1, "little")


def _values(column: Any, kind: Kind) -> list[Any]:
    if kind != "time":
        values: list[Any] = column.to_pylist()
        return values
    import pyarrow as pa

    ticks = (v for chunk in column.chunks for v in chunk.view(pa.int64()).to_pylist())
    return [None if v is None else _EPOCH + v * _TICK for v in ticks]
