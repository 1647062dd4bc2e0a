"""One open Parquet file a bucket, and the rows that wait to be written to it.

Rows gather in arrays of fixed size; a full one becomes a row group, written by one thread
beside the caller's. Unknown values are nulls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.scale.disk import sync_file

if TYPE_CHECKING:
    import pyarrow as pa

_WAITING = 8
"""Full buffers that may wait for the disk."""

Given = Mapping[str, tuple[NDArray[Any], NDArray[np.bool_] | None]]
"""Columns by name: whole numbers, and which of them are unknown."""


class Shelf:
    """The files of all buckets while they are written."""

    def __init__(
        self, paths: Sequence[Path], *, unsigned: bool, names: tuple[str, ...], capacity: int
    ) -> None:
        import pyarrow as pa

        self.paths = list(paths)
        self.names = names
        self.owner = np.dtype(np.uint64 if unsigned else np.int64)
        self._schema = pa.schema(
            [pa.field("author_id", pa.from_numpy_dtype(self.owner), nullable=False)]
            + [(name, pa.int16() if name == "year" else pa.int64()) for name in names]
        )
        shape = (len(paths), capacity)
        self._capacity = capacity
        self._owners = np.empty(shape, self.owner)
        self._values = {
            name: np.empty(shape, np.int16 if name == "year" else np.int64) for name in names
        }
        self._gaps: dict[str, NDArray[np.bool_]] = {}
        self._filled = np.zeros(len(paths), dtype=np.int64)
        self._rows = [0] * len(paths)
        self._writers: dict[int, Any] = {}
        self._beside = ThreadPoolExecutor(1)
        self._pending: list[Future[None]] = []

    def add(self, bucket: NDArray[np.uint16], owners: NDArray[Any], given: Given) -> None:
        """Take rows with the bucket of each."""
        if tuple(given) != self.names:
            raise ValueError(f"columns {', '.join(given)} after {', '.join(self.names)}")
        order = np.argsort(bucket, kind="stable")
        counts = np.bincount(bucket, minlength=len(self.paths))
        ends = np.cumsum(counts)
        owners = owners[order]
        columns = {
            name: (values[order], None if gaps is None or not gaps.any() else gaps[order])
            for name, (values, gaps) in given.items()
        }
        for number in np.flatnonzero(counts):
            begin, end = int(ends[number] - counts[number]), int(ends[number])
            while begin < end:
                begin = self._put(int(number), begin, end, owners, columns)

    def close(self) -> list[int]:
        """Write what waits and finish every file, durably; the rows of each."""
        for number in range(len(self.paths)):
            self._flush(number)
        self._settle(0)
        self._beside.shutdown()
        for number in range(len(self.paths)):
            self._writer(number).close()
            sync_file(self.paths[number])
        return self._rows

    def abandon(self) -> None:
        """Let go of the files without a word."""
        self._beside.shutdown(cancel_futures=True)
        for writer in self._writers.values():
            with suppress(Exception):
                writer.close()

    def _put(self, number: int, begin: int, end: int, owners: NDArray[Any], columns: Given) -> int:
        """As many of the rows from `begin` to `end` as fit; where the next one is."""
        at = int(self._filled[number])
        taken = min(end - begin, self._capacity - at)
        source, target = slice(begin, begin + taken), slice(at, at + taken)
        self._owners[number, target] = owners[source]
        for name, (values, gaps) in columns.items():
            self._values[name][number, target] = values[source]
            if gaps is not None and name not in self._gaps:
                self._gaps[name] = np.zeros(self._owners.shape, dtype=np.bool_)
            if name in self._gaps:
                self._gaps[name][number, target] = False if gaps is None else gaps[source]
        self._filled[number] += taken
        if self._filled[number] == self._capacity:
            self._flush(number)
        return begin + taken

    def _flush(self, number: int) -> None:
        rows = int(self._filled[number])
        if not rows:
            return
        group = self._group(number, rows)
        self._filled[number] = 0
        self._rows[number] += rows
        self._settle(_WAITING)
        self._pending.append(self._beside.submit(self._write, number, group))

    def _write(self, number: int, group: pa.Table) -> None:
        self._writer(number).write_table(group, row_group_size=self._capacity)

    def _settle(self, left: int) -> None:
        while len(self._pending) > left:
            self._pending.pop(0).result()

    def _group(self, number: int, rows: int) -> pa.Table:
        """A copy of what waits for a bucket; built by hand, for `pa.array` imports pandas."""
        import pyarrow as pa

        arrays = [array(self._schema.types[0], self._owners[number, :rows], None)]
        for place, name in enumerate(self.names, start=1):
            gaps = self._gaps.get(name)
            known = None if gaps is None else ~gaps[number, :rows]
            values = self._values[name][number, :rows]
            arrays.append(array(self._schema.types[place], values, known))
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _writer(self, number: int) -> Any:
        import pyarrow.parquet as pq

        if number not in self._writers:
            self._writers[number] = pq.ParquetWriter(
                self.paths[number],
                self._schema,
                compression={"author_id": "none", **dict.fromkeys(self.names, "snappy")},
                use_dictionary=list(self.names),
                write_statistics=False,
                write_page_checksum=True,
            )
        return self._writers[number]


def array(kind: pa.DataType, values: NDArray[Any], known: NDArray[np.bool_] | None) -> pa.Array:
    """An Arrow array of numbers, null where not `known`; `pa.array` would import pandas."""
    import pyarrow as pa

    valid = None
    if known is not None and not known.all():
        valid = pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(values.tobytes())])
