"""A table held against what is known, row by row in order, some thousand at a time.

Both are sorted by author and work, so whoever goes through the one goes through the other. Rows
that are the same as last time, most of them, are compared as they lie; only where a row is new or
missing are the few thousand around it searched. Nothing of the table is kept but what differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.scale.ledger.columns import GONE, KNOWN, UNKNOWN
from pipeline.scale.ledger.counts import Counts
from pipeline.scale.ledger.pairs import Pairs, matched, place

_BLOCK = 4096
Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of each code."""

    count: Ints
    """0 where it is none."""
    flag: Flags
    """`KNOWN`, `UNKNOWN` or `GONE`."""

    def longer(self, by: int) -> State:
        """The same, with so many codes more of pairs that were never there."""
        if not by:
            return self
        return State(
            count=np.append(self.count, np.zeros(by, dtype=np.int64)),
            flag=np.append(self.flag, np.full(by, GONE, dtype=np.uint8)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a table says otherwise; `code`, `count` and `flag` are of one length."""

    rows: int
    authors: int
    citations: int
    unknown: int
    came: int
    """Rows that were not there before: new pairs, and those that are back."""
    author: Ints
    """Of pairs that were never seen, in order; they take the next codes."""
    work: Ints
    gone: Ints
    """Codes of the rows that are no longer there."""
    code: Ints
    """Of all that differs, rising; the gone among them."""
    count: Ints
    flag: Flags


class Comparison:
    """Takes a table's rows in order.

    Args:
        pairs: all that are known.
        state: what is known of their codes.
    """

    def __init__(self, pairs: Pairs, state: State) -> None:
        self._pairs, self._state = pairs, state
        self._is_counted = pairs.is_counted
        self._at = 0
        self._seen = np.zeros(len(state.flag), dtype=np.bool_)
        self._rows = self._authors = self._citations = self._unknown = self._back = 0
        self._last = -1
        self._changed: list[tuple[Ints, Ints, Flags]] = []
        self._new: list[tuple[Ints, Ints, Ints, Flags]] = []

    def take(self, part: Counts) -> None:
        """Rows that come after those taken before."""
        if not part.rows:
            return
        self._rows += part.rows
        self._authors += part.authors - (part.author[0] == self._last)
        self._last = part.author[-1]
        self._citations += int(part.count.sum())
        unknown = part.unknown if part.unknown.any() else None
        self._unknown += 0 if unknown is None else int(unknown.sum())
        for begin in range(0, part.rows, _BLOCK):
            cut = slice(begin, begin + _BLOCK)
            ids = part.author[cut], part.work[cut]
            self._block(ids, part.count[cut], None if unknown is None else unknown[cut])

    def end(self) -> Found:
        """What differs in all."""
        gone = np.flatnonzero(~self._seen & (self._state.flag != GONE))
        first, fresh = len(self._pairs.code), sum(len(each[0]) for each in self._new)
        new = [np.arange(first, first + fresh)]
        code = _joined([*(each[0] for each in self._changed), *new, gone])
        count = _joined(
            [
                *(each[1] for each in self._changed),
                *(each[2] for each in self._new),
                np.zeros_like(gone),
            ]
        )
        flag = _joined(
            [
                *(each[2] for each in self._changed),
                *(each[3] for each in self._new),
                np.full(len(gone), GONE, dtype=np.uint8),
            ]
        )
        order = np.argsort(code)
        return Found(
            rows=self._rows,
            authors=int(self._authors),
            citations=self._citations,
            unknown=self._unknown,
            came=fresh + self._back,
            author=_joined([each[0] for each in self._new]),
            work=_joined([each[1] for each in self._new]),
            gone=gone,
            code=code[order],
            count=count[order],
            flag=flag[order].astype(np.uint8),
        )

    def _block(
        self, ids: tuple[Ints, Ints], count: Ints, unknown: NDArray[np.bool_] | None
    ) -> None:
        author, work = ids
        same = slice(self._at, self._at + len(author))
        if np.array_equal(self._pairs.work[same], work) and np.array_equal(
            self._pairs.author[same], author
        ):
            self._at = same.stop
            code = same if self._is_counted else self._pairs.code[same]
            self._seen[code] = True
            self._compare(code, count, unknown)
            return
        end = place(self._pairs, author[-1], work[-1], begin=self._at)
        known = slice(self._at, end)
        self._at = end
        at = matched(ids, (self._pairs.author[known], self._pairs.work[known]))
        is_new = at < 0
        flag = _flags(len(at), unknown)
        self._new.append((author[is_new], work[is_new], count[is_new], flag[is_new]))
        there = ~is_new
        codes = self._pairs.code[known][at[there]]
        self._seen[codes] = True
        self._compare(codes, count[there], None if unknown is None else unknown[there])

    def _compare(self, code: slice | Ints, count: Ints, unknown: NDArray[np.bool_] | None) -> None:
        before, was = self._state.count[code], self._state.flag[code]
        if unknown is None:
            differs = before != count
            differs |= was != KNOWN
        else:
            differs = (before != count) | (was != _flags(len(count), unknown))
        if not differs.any():
            return
        rows = np.flatnonzero(differs)
        codes = code.start + rows if isinstance(code, slice) else code[rows]
        flag = _flags(len(rows), None if unknown is None else unknown[rows])
        self._back += int((was[rows] == GONE).sum())
        self._changed.append((codes, count[rows], flag))


def _flags(rows: int, unknown: NDArray[np.bool_] | None) -> Flags:
    if unknown is None:
        return np.full(rows, KNOWN, dtype=np.uint8)
    return np.where(unknown, np.uint8(UNKNOWN), np.uint8(KNOWN))


def _joined(parts: Sequence[NDArray[np.generic]]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int64, copy=False)
