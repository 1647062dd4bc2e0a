"""Parquet without pandas: tuples to columns and back, checksummed pages, compact encodings.

Page checksums leave the footer unguarded, where one bit changes what a column means. So the footer
carries a seal: the SHA-256 of the whole file with 64 zeros in the seal's place.

`pyarrow.array`, `pyarrow.table` and `parquet.read_table` import pandas behind one's back (0.3 s);
arrays made from buffers, `ParquetFile.read` and `ParquetWriter` do not.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any, Literal

from pipeline.errors import StorageError

Kind = Literal["string", "int", "bool", "date", "time", "float"]

MARK = "scholar_metrics"
"""Key of the footer that says what a file is and which runs it holds."""

_SEAL = b'"seal": "'
_BLANK = b"0" * 64
_END = 8
"""Bytes after the footer: its length, and `PAR1`."""

_TINY = 3
"""Rows below which a compressed page is larger than a plain one."""
_SMALL = 2**20
"""Bytes of a table below which the strongest level takes no noticeable time (20 ms)."""
_STRONG, _FAST = 19, 9
"""Levels of zstd."""

_LARGE = 10_000
"""Rows from which minima and maxima, and dictionaries, help a reader more than they weigh."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_ZERO = _EPOCH.date()
_DAY_ZERO_ORDINAL = _DAY_ZERO.toordinal()
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stored table; every column may hold nulls."""

    name: str
    kind: Kind
    is_dictionary: bool = False
    """Whether values repeat so much that a large file stores each once."""
    is_needed: bool = True
    """Whether a file without it cannot be read; else its values are unknown there."""

    @property
    def encoding(self) -> str | None:
        """Parquet encoding, where another than the plain one pays."""
        if self.is_dictionary:
            return None
        if self.kind in ("int", "date", "time"):
            return "DELTA_BINARY_PACKED"
        return "PLAIN" if self.kind == "string" else None


Spec = tuple[Column, ...]


def table(spec: Spec, rows: Sequence[tuple[Any, ...]]) -> Any:
    """An Arrow table of tuples, one value a column, `None` for a null."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(spec)
    arrays = [_array(c.kind, values) for c, values in zip(spec, columns, strict=True)]
    schema = pa.schema([(c.name, type_of(c.kind)) for c in spec])
    return pa.Table.from_arrays(arrays, schema=schema)


def pack(spec: Spec, content: Any, *, mark: Mapping[str, Any]) -> bytes:
    """A table as the bytes of a Parquet file: sealed, each page with a checksum."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    is_tiny, is_large = content.num_rows < _TINY, content.num_rows >= _LARGE
    found = {c.name: c.encoding or ("PLAIN" if c.is_dictionary else None) for c in spec}
    dictionaries = [c.name for c in spec if c.is_dictionary and is_large]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        content.schema,
        compression="none" if is_tiny else "zstd",
        compression_level=None if is_tiny else _STRONG if content.nbytes < _SMALL else _FAST,
        use_dictionary=dictionaries,
        column_encoding={n: e for n, e in found.items() if e and n not in dictionaries},
        write_page_checksum=True,
        write_statistics=is_large,
        store_schema=False,
    ) as writer:
        writer.write_table(content)
        said = {**mark, "seal": _BLANK.decode()}
        writer.add_key_value_metadata({MARK: json.dumps(said, sort_keys=True)})
    return _sealed(bytes(sink.getvalue()))


def unpack(
    data: bytes, *, columns: Sequence[str] | None = None, repeated: Sequence[str] = ()
) -> Any:
    """The table of a Parquet file, its seal (earlier files have none) and checksums verified.

    Args:
        data: the whole file.
        columns: those that are wanted; `None` is all.
        repeated: columns of texts that are to be dictionaries, which hold each text once.

    Raises:
        ValueError: it is no readable Parquet file, or another one than was written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if _is_broken(data):
        raise ValueError("its seal is broken: it is not as it was written")
    try:
        options = {"page_checksum_verification": True, "read_dictionary": list(repeated)}
        with pq.ParquetFile(pa.BufferReader(data), **options) as file:
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
    return {k: v for k, v in mark.items() if k != "seal"} if isinstance(mark, dict) else None


def rows(content: Any, spec: Spec) -> Iterator[tuple[Any, ...]]:
    """The tuples that `table` was given.

    Columns of later versions are ignored; one that an earlier version did not write is unknown.

    Raises:
        StorageError: a column that is needed is missing.
    """
    return zip(*values(content, spec).values(), strict=True)


def values(content: Any, spec: Spec, *, names: Sequence[str] = ()) -> dict[str, list[Any]]:
    """The columns that `table` was given, by name: all of them, or those that are named.

    Raises:
        StorageError: a column that is needed is missing.
    """
    there = needed(content, spec)
    unknown = [None] * content.num_rows
    return {
        c.name: _values(content.column(c.name), c) if c.name in there else unknown
        for c in spec
        if not names or c.name in names
    }


def needed(content: Any, spec: Spec) -> frozenset[str]:
    """The columns of a table, which has those that are needed.

    Raises:
        StorageError: one of them is missing.
    """
    there = frozenset(content.column_names)
    missing = [c.name for c in spec if c.is_needed and c.name not in there]
    if missing:
        raise StorageError(
            f"a file of the history has no column {missing[0]}: it was written by another "
            "version, update scholar-metrics"
        )
    return there


def _sealed(data: bytes) -> bytes:
    """The file with its own digest in the place that was left for it."""
    at = data.rfind(_SEAL + _BLANK) + len(_SEAL)
    seal = hashlib.sha256(data).hexdigest().encode()
    return data[:at] + seal + data[at + len(_BLANK) :]


def _is_broken(data: bytes) -> bool:
    """Whether the file has a seal that does not fit it."""
    footer = int.from_bytes(data[-_END:-4], "little") + _END
    at = data.rfind(_SEAL, max(len(data) - footer, 0))
    if at < 0:
        return False
    at += len(_SEAL)
    whole = hashlib.sha256(memoryview(data)[:at])
    whole.update(_BLANK)
    whole.update(memoryview(data)[at + len(_BLANK) :])
    return whole.hexdigest().encode() != data[at : at + len(_BLANK)]


@cache
def type_of(kind: Kind) -> Any:
    """The Arrow type of a kind of column."""
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
    return pa.Array.from_buffers(type_of(kind), len(values), buffers, null_count=nulls)


def _buffers(kind: Kind, values: Sequence[Any]) -> list[Any]:
    if kind == "string":
        texts = [(v or "").encode("utf-8", "replace") for v in values]
        return [array("q", accumulate(map(len, texts), initial=0)), b"".join(texts)]
    if kind == "bool":
        return [_bits(values)]
    if kind == "date":
        return [array("i", [(v - _DAY_ZERO).days if v else 0 for v in values])]
    if kind == "time":
        return [array("q", [to_ticks(v) if v else 0 for v in values])]
    return [array("d" if kind == "float" else "q", [v or 0 for v in values])]


def _bits(flags: Sequence[Any]) -> bytes:
    """Least significant bit first, as Arrow packs them."""
    text = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(text or "0", 2).to_bytes(len(flags) // 8 + 1, "little")


def _values(column: Any, spec: Column) -> list[Any]:
    """What a column holds; what repeats is made once."""
    if spec.kind not in ("int", "date", "time") or column.type != type_of(spec.kind):
        found: list[Any] = column.to_pylist()
        return found
    numbers = [value for chunk in column.chunks for value in _numbers(chunk, spec.kind)]
    if spec.kind == "int":
        return numbers
    moment = _date if spec.kind == "date" else to_moment
    known = {number: None if number is None else moment(number) for number in set(numbers)}
    return [known[number] for number in numbers]


def _numbers(chunk: Any, kind: Kind) -> list[Any]:
    if not chunk.null_count:
        return _plain(chunk, "i" if kind == "date" else "q")
    import pyarrow as pa

    found: list[Any] = chunk.view(pa.int32() if kind == "date" else pa.int64()).to_pylist()
    return found


def _plain(chunk: Any, code: Literal["i", "q"]) -> list[int]:
    """Numbers without nulls, straight from memory."""
    buffer = chunk.buffers()[1]
    if buffer is None:
        return []
    numbers = memoryview(buffer).cast("B").cast(code)
    return numbers[chunk.offset : chunk.offset + len(chunk)].tolist()


def _date(days: int) -> date:
    return date.fromordinal(_DAY_ZERO_ORDINAL + days)


def to_moment(ticks: int) -> datetime:
    """The moment that many microseconds after 1970 began, in UTC."""
    return _EPOCH + timedelta(0, 0, ticks)


def to_ticks(moment: datetime) -> int:
    """Microseconds since 1970 began."""
    return (moment - _EPOCH) // _TICK
