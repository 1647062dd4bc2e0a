"""The works that were met already: one bit for every number that an id can be.

Bits are touched page by page as ids come, so the memory is that of the ids that there are, and
at most the largest id divided by 8 (900 MB for all of OpenAlex).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Seen:
    """A set of whole numbers from 0 to `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bits = np.zeros((most >> 3) + 1, dtype=np.uint8)

    def add(self, ids: NDArray[np.int64]) -> int:
        """Add ids in any order; those beyond `most` are left out. How many were new."""
        found = np.unique(ids)
        found = found[(found >= 0) & (found <= self._most)]
        found = found[~self._has(found)]
        self._mark(found)
        return len(found)

    def newest(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows bring an id for the first time, and add them; of equal ids the last row."""
        unique, place = np.unique(ids[::-1], return_index=True)
        fresh = ~self._has(unique)
        self._mark(unique[fresh])
        is_new = np.zeros(len(ids), dtype=np.bool_)
        is_new[len(ids) - 1 - place[fresh]] = True
        return is_new

    def _has(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        bits = self._bits[ids >> 3] >> (ids & 7).astype(np.uint8)
        found: NDArray[np.bool_] = (bits & np.uint8(1)) > 0
        return found

    def _mark(self, rising: NDArray[np.int64]) -> None:
        if not len(rising):
            return
        place = rising >> 3
        starts = np.flatnonzero(np.diff(place, prepend=-1))
        bits = np.left_shift(np.uint8(1), (rising & 7).astype(np.uint8))
        self._bits[place[starts]] |= np.bitwise_or.reduceat(bits, starts)
