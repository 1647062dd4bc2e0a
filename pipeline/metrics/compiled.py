"""The scan of packed keys as machine code, where numba is installed (the extra `fast`).

It counts what `core.Tally` holds; the figures are made of it by the same code as without it, so
they are the same to the last bit. Set SCHOLAR_METRICS_NUMBA=0 to do without.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from pipeline.metrics.core import Tally
from pipeline.metrics.groups import AnyArray, IntArray

SWITCH = "SCHOLAR_METRICS_NUMBA"
PAYS_FROM = 40_000_000
"""Rows from which the scan saves more than importing numba and loading the code takes (0.4 s)."""
PAYS_LOADED = 100_000
"""The same when it is loaded already."""

_COUNTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """Authors of a stretch of sorted keys, by rising id."""

    authors: IntArray
    tally: Tally
    unknown: IntArray
    unknown_year: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The compiled functions; both let go of the interpreter's lock."""

    count: Callable[[AnyArray], int]
    """How many authors the keys have."""
    fill: Callable[[AnyArray, IntArray, IntArray, IntArray], None]

    def tally(self, keys: AnyArray, unknown: IntArray, unknown_year: IntArray) -> Scanned:
        """Count the rows of each author; `unknown` are authors of such rows, sorted."""
        found = np.empty((_COUNTS + 3, self.count(keys)), dtype=np.int64)
        self.fill(keys, unknown, unknown_year, found)
        authors, *counts, gaps, year_gaps = found
        names = ("papers", "citations", "h", "g", "i10", "h5", "middle", "highest")
        return Scanned(
            authors=authors,
            tally=Tally(**dict(zip(names, counts, strict=True))),
            unknown=gaps,
            unknown_year=year_gaps,
        )


def scanner(rows: int) -> Scan | None:
    """The compiled scan, or `None` where it is missing, switched off, or not worth its import."""
    if os.environ.get(SWITCH, "1") == "0":
        return None
    if rows < (PAYS_LOADED if "numba" in sys.modules else PAYS_FROM):
        return None
    return load()


@cache
def load() -> Scan | None:
    """The compiled scan whatever the number of rows; `None` where numba is missing or broken."""
    if find_spec("numba") is None:
        return None
    try:
        return _compiled(cached=True)
    except RuntimeError:  # numba finds no folder that it may write its cache to
        return _compiled(cached=False)
    except (ImportError, SystemError):  # numba does not know this numpy or this Python yet
        return None


def _compiled(*, cached: bool) -> Scan:
    import numba

    from pipeline.metrics import scan

    keys = numba.types.Array(numba.uint64, 1, "C")
    rows = numba.types.Array(numba.int64, 1, "C")
    found = numba.types.Array(numba.int64, 2, "C")
    wrap: dict[str, Any] = {"nogil": True, "cache": cached}
    count = numba.njit(numba.int64(keys), **wrap)(scan.count)
    tally = numba.njit(numba.void(keys, rows, rows, found), **wrap)(scan.tally)
    return Scan(count=count, fill=tally)
