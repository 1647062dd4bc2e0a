"""Rows of many authors laid end to end, and sums over each author without a loop.

Everything here is a few passes of numpy over a block of rows. Counts are exact integers;
fractions are added author by author, so a figure never depends on who shares the block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
FloatArray: TypeAlias = NDArray[np.float64]
AnyArray: TypeAlias = NDArray[Any]

BLOCK_ROWS = (1 << 16) - 1
"""Rows a block: all temporaries stay in the processor's cache, and a count fits 16 bits."""

WORD_BITS = 64
STATE_BITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Runs of rows, one run an author, that cover a block from its first row to its last.

    An author without rows may only stand alone.
    """

    starts: IntArray
    """First row of each author."""
    ends: IntArray
    """Row after the last one of each author; equal to its start where there are no rows."""
    lengths: IntArray
    """Rows of each author."""
    ranks: NDArray[np.int32]
    """1, 2, 3, ... within each author."""

    @classmethod
    def of(cls, starts: IntArray, rows: int) -> Groups:
        """Groups that begin at `starts` (rising, the first one 0) in a block of `rows`."""
        ends = np.append(starts[1:], rows) if len(starts) else starts
        lengths = ends - starts
        steps = np.ones(rows + 1, dtype=np.int32)
        steps[starts[1:]] -= lengths[:-1].astype(np.int32)
        ranks = np.cumsum(steps[:-1], dtype=np.int32)
        return cls(starts=starts, ends=ends, lengths=lengths, ranks=ranks)

    @property
    def rows(self) -> int:
        """Rows of the block."""
        return len(self.ranks)

    def spread(self, values: AnyArray) -> AnyArray:
        """Each author's value beside each of its rows."""
        return np.repeat(values, self.lengths)

    def count(self, *flags: BoolArray) -> list[IntArray]:
        """How many rows of each author carry each flag.

        Several counters share one 64-bit word, because the running sum is what costs.
        """
        bits = max(self.rows.bit_length(), 1)
        share = min(max(WORD_BITS // bits, 1), STATE_BITS)
        found: list[IntArray] = []
        for first in range(0, len(flags), share):
            batch = flags[first : first + share]
            states = batch[0].astype(np.uint8)
            for place, flag in enumerate(batch[1:], start=1):
                states |= flag.view(np.uint8) << np.uint8(place)
            sums = self._sums(_words(len(batch), bits).take(states))
            mask = np.uint64((1 << bits) - 1)
            found += [
                ((sums >> np.uint64(place * bits)) & mask).astype(np.int64)
                for place in range(len(batch))
            ]
        return found

    def total(self, values: AnyArray) -> IntArray:
        """Sum of whole numbers over each author."""
        return self._sums(values.astype(np.int64, copy=False))

    def total_float(self, values: AnyArray) -> FloatArray:
        """Sum of fractions over each author, from its own rows only."""
        if not len(self.starts):
            return np.zeros(0)
        sums: FloatArray = np.add.reduceat(np.append(values, 0.0), self.starts)
        return np.where(self.lengths > 0, sums, 0.0)

    def running(self, values: AnyArray) -> tuple[AnyArray, AnyArray]:
        """Running sum within each author, and the sum of each author."""
        totals = self._sums(values)
        within = values.copy()
        within[self.starts[1:]] -= totals[:-1]
        return np.cumsum(within, out=within), totals

    def running_with(
        self, values: AnyArray, flags: BoolArray
    ) -> tuple[IntArray, IntArray, IntArray]:
        """`running` of whole numbers, and the running count of flags, in one pass if they fit."""
        bits = self.rows.bit_length()
        if bits + int(values.sum(dtype=np.int64)).bit_length() >= WORD_BITS:
            sums, total = self.running(values.astype(np.int64))
            return sums, total, self.running(flags.astype(np.int64))[0]
        word = values.astype(np.int64)
        word <<= bits
        word |= flags
        both, total = self.running(word)
        return both >> bits, total >> bits, both & ((1 << bits) - 1)

    def pick(self, values: AnyArray, offset: AnyArray) -> AnyArray:
        """The row at `offset` of each author; of no meaning where there is no such row."""
        if not self.rows:
            return np.zeros(len(self.starts), dtype=values.dtype)
        return values[np.minimum(self.starts + np.maximum(offset, 0), self.rows - 1)]

    def fall(self, values: IntArray) -> IntArray:
        """Whole numbers (0 or more) sorted from the largest within each author.

        Values beyond 2^32 are cut there: only comparisons with ranks are asked of them.
        """
        low = np.uint64((1 << 32) - 1)
        index = np.arange(len(self.starts), dtype=np.uint64) << np.uint64(32)
        keys = np.repeat(index, self.lengths)
        keys |= low - np.minimum(values.astype(np.uint64), low)
        keys.sort()
        return (low - (keys & low)).astype(np.int64)

    def h_of(self, values: IntArray) -> IntArray:
        """h-index of each author over values in any order: the most `i` with `i` of them >= i.

        Fractions may be given as their floors: a rank is whole, so nothing changes.
        """
        return self.count(self.fall(values) >= self.ranks)[0]

    def _sums(self, values: AnyArray) -> AnyArray:
        sums = np.empty(len(values) + 1, dtype=values.dtype)
        sums[0] = 0
        np.cumsum(values, out=sums[1:])
        return sums[self.ends] - sums[self.starts]


def _words(flags: int, bits: int) -> NDArray[np.uint64]:
    """The counters that each state of some flags adds to, side by side in one word."""
    states = np.arange(1 << flags, dtype=np.uint64)
    words = np.zeros(len(states), dtype=np.uint64)
    for place in map(np.uint64, range(flags)):
        words |= ((states >> place) & np.uint64(1)) << (place * np.uint64(bits))
    return words


def cuts(starts: IntArray, rows: int, *, size: int = BLOCK_ROWS) -> Iterator[tuple[int, int]]:
    """Ranges of groups whose rows fill a block of at most `size`; a larger author stands alone."""
    ends = np.append(starts[1:], rows) if len(starts) else starts
    first = 0
    while first < len(starts):
        last = int(np.searchsorted(ends, starts[first] + size, side="right"))
        last = max(last, first + 1)
        yield first, last
        first = last


def gathered(parts: Iterable[dict[str, AnyArray]], size: int) -> dict[str, AnyArray]:
    """The figures of all blocks end to end, `size` authors in all; each block is let go at once.

    A figure that is null for somebody becomes floats for everybody.
    """
    found: dict[str, AnyArray] = {}
    at = 0
    for part in parts:
        end = at
        for name, values in part.items():
            end = at + len(values)
            whole = found.get(name)
            if whole is None:
                whole = np.empty(size, dtype=values.dtype)
            elif values.dtype.kind == "f" and whole.dtype.kind != "f":
                whole = whole.astype(np.float64)
            whole[at:end] = values
            found[name] = whole
        at = end
    return found


def nullable(values: AnyArray, is_null: BoolArray) -> AnyArray:
    """The values as they are, or as floats with NaN where some are null."""
    if not is_null.any():
        return values
    found = values.astype(np.float64)
    found[is_null] = np.nan
    return found


def whole_roots(values: IntArray) -> IntArray:
    """Largest whole number whose square is at most the value."""
    roots = np.sqrt(values.astype(np.float64)).astype(np.int64)
    roots -= roots * roots > values
    roots += (roots + 1) * (roots + 1) <= values
    return roots


def divide(top: AnyArray, bottom: AnyArray) -> FloatArray:
    """Quotient, NaN where the divisor is 0."""
    found = np.full(len(bottom), np.nan)
    np.divide(top, bottom, out=found, where=bottom != 0)
    return found
