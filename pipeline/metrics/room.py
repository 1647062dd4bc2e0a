"""Room for one array of keys that is given back to the system while the array is read.

Figures grow as keys are done with, so the most that is ever held is the larger of the two and
not their sum.
"""

from __future__ import annotations

import mmap

import numpy as np
from numpy.typing import NDArray

_LARGE = 1 << 22
"""Bytes from which pages are worth the trouble."""


class Rows:
    """An array of 64-bit keys; `forget` gives back what is done with."""

    def __init__(self, rows: int) -> None:
        size = rows * 8
        self._pages: mmap.mmap | None = None
        if size < _LARGE or not hasattr(mmap, "MADV_DONTNEED"):
            self.keys: NDArray[np.uint64] = np.empty(rows, dtype=np.uint64)
            return
        self._pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            self._pages.madvise(mmap.MADV_HUGEPAGE)
        self.keys = np.frombuffer(self._pages, dtype=np.uint64)

    def forget(self, begin: int, end: int) -> None:
        """Whole pages of the keys from `begin` to before `end` may be lost."""
        if self._pages is None:
            return
        first = -(-begin * 8 // mmap.PAGESIZE) * mmap.PAGESIZE
        last = end * 8 // mmap.PAGESIZE * mmap.PAGESIZE
        if last > first:
            self._pages.madvise(mmap.MADV_DONTNEED, first, last - first)
