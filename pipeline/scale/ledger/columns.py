"""Arrays to the bytes of a Parquet file and back, small and quick for what a ledger stores.

Numbers that rise are stored as differences, counts as a dictionary where few of them differ. Built
from buffers: `pa.array` and `pa.table` import pandas behind one's back.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import HistoryDamaged
from pipeline.measure.arrow import integers, known
from pipeline.scale.shelf import array

if TYPE_CHECKING:
    import pyarrow as pa

KNOWN, UNKNOWN, GONE = range(3)
"""What stands for a count: a number, nothing that is known, or no row."""

ROWS_A_GROUP = 1 << 17
Kind = Literal["pairs", "changes", "latest"]
_DELTA = "DELTA_BINARY_PACKED"
_COUNT = "cited_by_count"
_LEVELS: dict[Kind, int] = {"pairs": 3, "changes": 9, "latest": 3}
"""Of zstd: what is read every night is to be quick."""
_ENCODINGS: dict[Kind, dict[str, str]] = {
    "pairs": {"code": _DELTA, "author_id": _DELTA, "work_id": _DELTA},
    "changes": {"code": _DELTA},
    "latest": {_COUNT: "BYTE_STREAM_SPLIT"},
}
_DICTIONARIES: dict[Kind, list[str]] = {
    "pairs": [],
    "changes": ["run", _COUNT],
    "latest": [],
}


def packed(kind: Kind, columns: Mapping[str, NDArray[Any]]) -> bytes:
    """A Parquet file of columns of one length.

    Args:
        columns: whole numbers by name; `flag` (`KNOWN`, `UNKNOWN`, `GONE`) says what the counts
            are worth, and becomes their nulls and the column `is_gone`.
    """
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(
        _table(columns),
        out,
        compression="zstd",
        compression_level=_LEVELS[kind],
        use_dictionary=_DICTIONARIES[kind],
        column_encoding=_ENCODINGS[kind],
        write_statistics=["code", "author_id"],
        write_page_checksum=True,
        row_group_size=ROWS_A_GROUP,
        store_schema=False,
    )
    return out.getvalue()


def unpacked(
    name: str,
    data: bytes,
    *,
    columns: Sequence[str] | None = None,
    within: tuple[str, NDArray[np.int64]] | None = None,
) -> dict[str, NDArray[Any]]:
    """The columns that `packed` was given.

    Args:
        name: of the file, for an error.
        columns: the ones that are wanted; all when `None`.
        within: a column and its wanted values, rising; row groups that hold none are left out.

    Raises:
        HistoryDamaged: it is no such file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(pa.BufferReader(data)) as file:
            names = file.schema_arrow.names
            if columns is not None:
                names = [n for n in names if n in columns or (n == "is_gone" and _COUNT in columns)]
            groups = list(range(file.num_row_groups))
            if within is not None:
                groups = [g for g in groups if _may_hold(file.metadata.row_group(g), *within)]
            return _arrays(file.read_row_groups(groups, columns=names, use_threads=False))
    except (pa.ArrowException, OSError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise HistoryDamaged(f"{name}: damaged ({reason}); take it from a backup") from error


def _table(columns: Mapping[str, NDArray[Any]]) -> pa.Table:
    import pyarrow as pa

    flag = columns.get("flag")
    arrays, names = [], []
    for name, values in columns.items():
        if name == "flag":
            continue
        is_known = flag == KNOWN if flag is not None and name == _COUNT else None
        narrow = _narrowed(values)
        arrays.append(array(pa.from_numpy_dtype(narrow.dtype), narrow, is_known))
        names.append(name)
    if flag is not None:
        bits = np.packbits(flag == GONE, bitorder="little").tobytes()
        arrays.append(pa.Array.from_buffers(pa.bool_(), len(flag), [None, pa.py_buffer(bits)]))
        names.append("is_gone")
    return pa.Table.from_arrays(arrays, names=names)


def _narrowed(values: NDArray[Any]) -> NDArray[Any]:
    """In half the room where that will do."""
    if values.dtype == np.int64 and len(values) and int(values.max()) < 1 << 31:
        return values.astype(np.int32)
    return values


def _arrays(table: pa.Table) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for name in table.column_names:
        column = table[name]
        if name == "is_gone":
            # It stands behind the counts, whose nulls are unknown or gone.
            found["flag"][integers(column.cast("uint8")) != 0] = GONE
            continue
        values, unknown = known(column)
        if name == _COUNT:
            flag = np.full(len(values), KNOWN, dtype=np.uint8)
            if unknown is not None:
                flag[unknown] = UNKNOWN
            found["flag"] = flag
        found[name] = values.astype(np.int64, copy=False)
    return found


def _may_hold(group: Any, name: str, wanted: NDArray[np.int64]) -> bool:
    """Whether a row group's column spans one of the wanted values."""
    for number in range(group.num_columns):
        column = group.column(number)
        if column.path_in_schema == name and column.statistics is not None:
            first = np.searchsorted(wanted, column.statistics.min)
            return bool(first < len(wanted) and wanted[first] <= column.statistics.max)
    return True
