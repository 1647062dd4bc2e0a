"""Figures as the bytes of a small Parquet file, without pandas: what a bucket's task gives."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.metrics import CATALOGUE, CORE, measure_arrays

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

ROWS_A_GROUP = 1 << 16
_ARGUMENTS = {"year", "authors_count", "self_citations", "recent_citations"}


def figure_names(columns: Sequence[str], metrics: str) -> list[str]:
    """Metrics that the columns of a table allow, in their order."""
    nothing: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    given: dict[str, Any] = {n: nothing for n in columns if n in _ARGUMENTS}
    found = [n for n in measure_arrays(nothing, nothing, **given, now_year=1) if n != "author_id"]
    return found if metrics == "all" else [n for n in CORE if n in found]


def encoded(figures: Mapping[str, NDArray[Any]], names: Sequence[str], *, owner: str) -> bytes:
    """A Parquet file of `author_id` (an `owner`) and the named figures; NaN is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    owners = figures["author_id"].astype(owner, copy=False)
    schema = _schema(owners.dtype, names)
    arrays = [_array(owners, pa.from_numpy_dtype(owners.dtype))]
    arrays += [_array(figures[n], schema.field(n).type) for n in names]
    out = io.BytesIO()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema),
        out,
        compression="zstd",
        write_page_checksum=True,
        write_statistics=["author_id"],
        use_dictionary=list(names),
        row_group_size=ROWS_A_GROUP,
    )
    return out.getvalue()


def _schema(owner: np.dtype[Any], names: Sequence[str]) -> pa.Schema:
    import pyarrow as pa

    kinds = {n: "int64" if CATALOGUE[n].is_integer else "double" for n in names}
    fields = [pa.field("author_id", pa.from_numpy_dtype(owner))]
    fields += [(n, pa.int64() if kind == "int64" else pa.float64()) for n, kind in kinds.items()]
    columns = [_told("author_id", str(owner), str(owner))]
    columns += [
        _told(n, kind.replace("double", "float64"), "Int64" if kind == "int64" else "float64")
        for n, kind in kinds.items()
    ]
    told = {"index_columns": [], "column_indexes": [], "columns": columns}
    return pa.schema(fields, metadata={"pandas": json.dumps(told)})


def _told(name: str, kind: str, numpy: str) -> dict[str, Any]:
    """A column as pandas describes it, so that it reads whole numbers with gaps as such."""
    return {
        "name": name,
        "field_name": name,
        "pandas_type": kind,
        "numpy_type": numpy,
        "metadata": None,
    }


def _array(values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """Built by hand: `pa.array` imports pandas."""
    import pyarrow as pa

    valid, gaps = None, None
    if values.dtype.kind == "f":
        gaps = np.isnan(values)
        if gaps.any():
            valid = pa.py_buffer(np.packbits(~gaps, bitorder="little").tobytes())
        if kind == pa.int64():
            values = np.where(gaps, 0, values).astype(np.int64)
    data = np.ascontiguousarray(values)
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(data)])
