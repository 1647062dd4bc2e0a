"""Pairs of an author and a work, each numbered once; two sorted lists of them, matched.

A pair of ids is made one 64-bit key, so that sorting and comparing are those of whole numbers.
Keys are good within one comparison; what is stored for ever are the numbers (`code`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BITS = 63

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs by rising author and work, with their codes; arrays of one length."""

    author: Ints
    work: Ints
    code: Ints
    """Whole numbers from 0 without a gap, in the order in which pairs were first seen."""

    @property
    def is_counted(self) -> bool:
        """Whether codes rise with the pairs, so that a pair's place is its code."""
        return bool((self.code[1:] > self.code[:-1]).all())

    @classmethod
    def of(cls, author: Ints, work: Ints) -> Pairs:
        """Pairs that are given in the order of their codes."""
        code = np.arange(len(author), dtype=np.int64)
        order = order_of(author, work)
        if order is None:
            return cls(author=author, work=work, code=code)
        return cls(author=author[order], work=work[order], code=order.astype(np.int64, copy=False))


def is_sorted(author: Ints, work: Ints) -> bool:
    """Whether rows rise by author and work, or stay."""
    later, same = author[1:] > author[:-1], author[1:] == author[:-1]
    return bool((later | (same & (work[1:] >= work[:-1]))).all())


def order_of(author: Ints, work: Ints) -> Ints | None:
    """Indices that sort rows by author and work; `None` where they are sorted."""
    if is_sorted(author, work):
        return None
    (key,) = _keys([(author, work)])
    return np.argsort(key, kind="stable")


def matched(rows: tuple[Ints, Ints], pairs: tuple[Ints, Ints]) -> Ints:
    """Where each of `rows` stands among `pairs`; -1 where it does not.

    Args:
        rows: authors and works, sorted, each pair once.
        pairs: the same.
    """
    wanted, known = _keys([rows, pairs])
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    found = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[found] == wanted, found, -1)


def place(pairs: Pairs, author: int, work: int, *, begin: int) -> int:
    """How many of the pairs are none later than this one, looked for from `begin` on."""
    first = begin + int(np.searchsorted(pairs.author[begin:], author, side="left"))
    last = begin + int(np.searchsorted(pairs.author[begin:], author, side="right"))
    return first + int(np.searchsorted(pairs.work[first:last], work, side="right"))


def _keys(lists: list[tuple[Ints, Ints]]) -> list[Ints]:
    """One whole number for each pair, rising as they do, comparable between the lists."""
    filled = [each for each in lists if len(each[0])]
    if not filled:
        return [author for author, _ in lists]
    least = min(int(author.min()) for author, _ in filled)
    owner = max(int(author.max()) for author, _ in filled) - least
    most = max(int(work.max()) for _, work in filled)
    width = most.bit_length()
    if owner.bit_length() + width <= _BITS:
        return [_key(author, least, work, width) for author, work in lists]
    # Ids that are too wide together are counted through, which takes longer.
    owners, width = _ranks([a for a, _ in lists])
    works, width = _ranks([w for _, w in lists])
    return [(a << width) | w for a, w in zip(owners, works, strict=True)]


def _key(author: Ints, least: int, work: Ints, width: int) -> Ints:
    key = author - least
    key <<= width
    key |= work
    return key


def _ranks(columns: list[Ints]) -> tuple[list[Ints], int]:
    """The place of each id among all that there are, and the bits that it takes."""
    ids, places = np.unique(np.concatenate(columns), return_inverse=True)
    cuts = np.cumsum([len(column) for column in columns])[:-1]
    parts = np.split(places.astype(np.int64, copy=False), cuts)
    return list(parts), len(ids).bit_length()
