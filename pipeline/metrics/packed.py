"""The fast path: an author's paper in 8 bytes, sorted in place, scanned block by block.

    key = author (33 bits) | 2^30-1 - citations (30 bits) | recent (1 bit)

Sorting the keys sorts each author's papers from the most cited; nothing else is kept of a row.
The bit budget is checked row by row: what does not fit raises `OutsideBudget`, and the caller
takes another way (author codes, or the kernel that sorts rows).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.metrics.compiled import Scan, scanner
from pipeline.metrics.core import core, figures, recent_span
from pipeline.metrics.groups import BLOCK_ROWS, AnyArray, BoolArray, Groups, IntArray, gathered
from pipeline.metrics.room import Rows

AUTHOR_BITS = 33
CITATION_BITS = 30
MOST_CITATIONS = (1 << CITATION_BITS) - 1
MOST_AUTHOR = (1 << AUTHOR_BITS) - 1

COMPILED_ROWS = 1 << 19
"""Rows a block of the compiled scan."""

T = TypeVar("T")
R = TypeVar("R")

_AUTHOR_SHIFT = np.uint64(CITATION_BITS + 1)
_ONE = np.uint32(1)
_MASK = np.uint32(MOST_CITATIONS)


class OutsideBudget(Exception):
    """An author id or a count that does not fit into a key."""


class Packer:
    """Takes rows as they are read, in any order, and keeps 8 bytes of each.

    `rows` is how many will come at most. Authors are whole numbers from 0 to 2^33-1.
    """

    def __init__(self, rows: int, *, now_year: int, has_year: bool) -> None:
        self._rows = Rows(rows)
        self._keys = self._rows.keys
        self._scan = scanner(rows)
        self._filled = 0
        self._span = recent_span(now_year)
        self._has_year = has_year
        self._unknown_citations: list[AnyArray] = []
        self._unknown_year: list[AnyArray] = []

    def add(
        self,
        author: AnyArray,
        citations: AnyArray,
        year: AnyArray | None = None,
        *,
        unknown: BoolArray | None = None,
        unknown_year: BoolArray | None = None,
    ) -> None:
        """Take rows; where `unknown` says so the count (or the year) must stand as 0."""
        if self._filled + len(author) > len(self._keys):
            raise ValueError(f"{self._filled + len(author)} rows came for {len(self._keys)}")
        for at in range(0, len(author), BLOCK_ROWS):
            cut = slice(at, at + BLOCK_ROWS)
            self._pack(author[cut], citations[cut], None if year is None else year[cut])
        if unknown is not None and unknown.any():
            self._unknown_citations.append(author[unknown])
        if unknown_year is not None and unknown_year.any():
            self._unknown_year.append(author[unknown_year])

    def _pack(self, author: AnyArray, citations: AnyArray, year: AnyArray | None) -> None:
        if author.min() < 0 or author.max() > MOST_AUTHOR:
            raise OutsideBudget("author id")
        if citations.min() < 0 or citations.max() > MOST_CITATIONS:
            raise OutsideBudget("citations")
        keys = self._keys[self._filled : self._filled + len(author)]
        np.left_shift(author.astype(np.uint64, copy=False), _AUTHOR_SHIFT, out=keys)
        low = (MOST_CITATIONS - citations.astype(np.int64)) << 1
        if year is not None:
            low |= (year >= self._span[0]) & (year <= self._span[1])
        keys |= low.view(np.uint64)
        self._filled += len(author)

    def measure(self, *, block_rows: int | None = None, threads: int = 1) -> dict[str, AnyArray]:
        """Core figures of each author, by rising author; the packer is used up.

        Args:
            block_rows: rows measured at once; it changes the speed, never a figure.
            threads: blocks measured at once, where the compiled scan is at work.
        """
        self._keys[: self._filled].sort()
        blocks = list(self._blocks(block_rows)) or [(0, 0)]
        size = sum(self._count(self._keys[a:b]) for a, b in blocks)
        return gathered(self._scanned(blocks, threads), size)

    def stream(
        self, *, block_rows: int | None = None, threads: int = 1
    ) -> Iterator[dict[str, AnyArray]]:
        """What `measure` gives, block by block: memory stays that of the rows."""
        self._keys[: self._filled].sort()
        return self._scanned(list(self._blocks(block_rows)), threads)

    def _blocks(self, rows: int | None) -> Iterator[tuple[int, int]]:
        usual = BLOCK_ROWS if self._scan is None else COMPILED_ROWS
        return _spans(self._keys[: self._filled], usual if rows is None else rows)

    def _scanned(
        self, blocks: Sequence[tuple[int, int]], threads: int
    ) -> Iterator[dict[str, AnyArray]]:
        unknown = _joined(self._unknown_citations)
        unknown_year = _joined(self._unknown_year) if self._has_year else None

        def scan(block: tuple[int, int]) -> dict[str, AnyArray]:
            begin, end = block
            keys = self._keys[begin:end]
            if self._scan is None:
                found = _scan(keys, unknown, unknown_year)
            else:
                found = _compiled(self._scan, keys, unknown, unknown_year)
            self._rows.forget(begin, end)
            return found

        if threads == 1 or self._scan is None:
            yield from map(scan, blocks)
            return
        with ThreadPoolExecutor(threads) as pool:
            yield from ahead(pool, scan, blocks, most=2 * threads)

    def _count(self, keys: NDArray[np.uint64]) -> int:
        return len(_starts(keys)) if self._scan is None else self._scan.count(keys)


def ahead(
    pool: ThreadPoolExecutor, task: Callable[[T], R], items: Iterable[T], *, most: int
) -> Iterator[R]:
    """Results in order, at most `most` of them begun before the first is taken."""
    waiting: deque[Future[R]] = deque()
    for item in items:
        waiting.append(pool.submit(task, item))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _compiled(
    scan: Scan, keys: NDArray[np.uint64], unknown: IntArray, unknown_year: IntArray | None
) -> dict[str, AnyArray]:
    none = np.zeros(0, dtype=np.int64)
    found = scan.tally(keys, unknown, none if unknown_year is None else unknown_year)
    made = figures(
        found.tally,
        unknown=found.unknown if len(unknown) else None,
        unknown_year=None if unknown_year is None else found.unknown_year,
    )
    return {"author_id": found.authors, **made}


def _starts(keys: NDArray[np.uint64]) -> IntArray:
    """First row of each author."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    owners = keys >> _AUTHOR_SHIFT
    return np.append(0, np.flatnonzero(owners[1:] != owners[:-1]) + 1)


def _scan(
    keys: NDArray[np.uint64], unknown: IntArray, unknown_year: IntArray | None
) -> dict[str, AnyArray]:
    starts = _starts(keys)
    authors = (keys[starts] >> _AUTHOR_SHIFT).astype(np.int64)
    low = keys.astype(np.uint32)
    found = core(
        Groups.of(starts, len(keys)),
        (_MASK - ((low >> _ONE) & _MASK)).view(np.int32),
        unknown=_many(authors, unknown) if len(unknown) else None,
        recent=None if unknown_year is None else (low & _ONE).astype(np.bool_),
        unknown_year=None if unknown_year is None else _many(authors, unknown_year),
    )
    return {"author_id": authors, **found}


def _joined(rows: list[AnyArray]) -> IntArray:
    return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *rows]).astype(np.int64))


def _many(authors: IntArray, rows: IntArray) -> IntArray:
    """How many of the sorted rows name each author."""
    after = np.searchsorted(rows, authors, side="right")
    return (after - np.searchsorted(rows, authors, side="left")).astype(np.int64)


def _spans(keys: NDArray[np.uint64], size: int) -> Iterator[tuple[int, int]]:
    """Blocks of at most `size` rows that end where an author ends."""
    start = 0
    while start < len(keys):
        end = min(start + size, len(keys))
        if end < len(keys):
            author = keys[end] >> _AUTHOR_SHIFT
            end = int(np.searchsorted(keys, author << _AUTHOR_SHIFT))
            if end <= start:
                after = (author + np.uint64(1)) << _AUTHOR_SHIFT
                end = int(np.searchsorted(keys, after)) if author < MOST_AUTHOR else len(keys)
        yield start, end
        start = end
