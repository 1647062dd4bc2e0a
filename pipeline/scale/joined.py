"""One Parquet file out of many that came as bytes, without decoding one of them.

Workers encode, which is what costs; whoever writes only appends. The row groups of each part are
copied as they are, and the footer says where they now stand. Parts hold the same columns.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.errors import StorageError
from pipeline.scale.disk import storage, sync
from pipeline.scale.thrift import Listed, Reader, Struct, written

MAGIC = b"PAR1"

_TAIL = 8
"""Bytes after the footer: its length and the magic number."""
# Field numbers of parquet.thrift (apache/parquet-format).
_NUM_ROWS, _ROW_GROUPS = 3, 4
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _META_DATA, _OFFSET_INDEX, _COLUMN_INDEX = 2, 3, 4, 6
_PAGE_OFFSETS = (9, 10, 11, 14)
"""Data, index, dictionary, and Bloom filter."""


class JoinedFile:
    """A Parquet file on its way to `place`; a context manager.

    Leaving it whole gives the file its name, leaving it by an exception leaves nothing. What a
    killed writer left is overwritten by the next one to the same place.

    Raises:
        StorageError: the disk refuses, or another run is writing to the same place.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._part = place.with_name(f".{place.name}.part")
        self._footer: Struct | None = None
        self.rows = 0
        """Rows so far."""

    def __enter__(self) -> Self:
        with storage(self._place):
            self._handle = os.open(self._part, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(self._handle)
                raise StorageError(
                    f"{self._place}: another run is writing it; wait, or name another file"
                ) from error
            os.ftruncate(self._handle, 0)
            self._at = 0
            self._append(MAGIC)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                with storage(self._place):
                    self._finish()
        finally:
            with suppress(OSError):
                if kind is not None or not self._is_done():
                    self._part.unlink(missing_ok=True)
            os.close(self._handle)

    def add(self, part: bytes) -> int:
        """Append a whole Parquet file's row groups; the rows it had."""
        size = int.from_bytes(part[-_TAIL:-4], "little")
        begin = len(part) - _TAIL - size
        footer = Reader(part[begin:-_TAIL]).struct()
        by = self._at - len(MAGIC)
        with storage(self._place):
            self._append(memoryview(part)[len(MAGIC) : begin])
        first = 0 if self._footer is None else len(self._footer.get(_ROW_GROUPS).items)
        for number, group in enumerate(footer.get(_ROW_GROUPS).items, start=first):
            _move(group, by)
            if group.get(_ORDINAL) is not None:
                group.put(_ORDINAL, number)
        rows = int(footer.get(_NUM_ROWS))
        self.rows += rows
        if self._footer is None:
            self._footer = footer
        else:
            groups: Listed = self._footer.get(_ROW_GROUPS)
            groups.items += footer.get(_ROW_GROUPS).items
            self._footer.put(_NUM_ROWS, self.rows)
        return rows

    def _append(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._handle, rest) :]
        self._at += len(data)

    def _finish(self) -> None:
        if self._footer is None:
            raise ValueError("a file of no part has no columns")
        footer = written(self._footer)
        self._append(footer + len(footer).to_bytes(4, "little") + MAGIC)
        os.fsync(self._handle)
        self._part.replace(self._place)
        self._part = self._place
        sync(self._place.absolute().parent)

    def _is_done(self) -> bool:
        return self._part == self._place


def _move(group: Struct, by: int) -> None:
    group.shift(_GROUP_OFFSET, by)
    for chunk in group.get(_COLUMNS).items:
        for number in (_CHUNK_OFFSET, _OFFSET_INDEX, _COLUMN_INDEX):
            chunk.shift(number, by)
        for number in _PAGE_OFFSETS:
            chunk.get(_META_DATA).shift(number, by)
