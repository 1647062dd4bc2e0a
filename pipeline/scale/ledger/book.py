"""One part of a ledger: what it knows of its authors' works, and what a table changes of that.

    bucket-0000/pairs/year=2026/month=11/run-000001.parquet     code, author_id, work_id
    bucket-0000/changes/year=2026/month=11/run-000001.parquet   code, run, cited_by_count, is_gone
    bucket-0000/latest/run-000001.parquet     cited_by_count, is_gone; row n is code n

Changes say it all: a count holds until the next one of its code. The latest counts save going
through all of them every night, and are made again from them when they are damaged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import HistoryDamaged
from pipeline.scale.ledger import counts
from pipeline.scale.ledger.columns import GONE
from pipeline.scale.ledger.compare import Comparison, Found, State
from pipeline.scale.ledger.counts import Counts
from pipeline.scale.ledger.files import Files
from pipeline.scale.ledger.pairs import Pairs

_MONTH = re.compile(r"/year=(\d{4})/month=(\d{2})/")
_OVERLAY = 16
"""The latest counts are stored anew when a sixteenth of them changed since."""
_MOST_JOINED = 1 << 21
"""Rows of a file that is still joined with those of its month."""
_JOINED: tuple[Literal["pairs", "changes"], ...] = ("pairs", "changes")

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Changes by run, within one by code; arrays of one length."""

    code: Ints
    run: Ints
    count: Ints
    flag: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a table changed of one part."""

    rows: int
    authors: int
    citations: int
    unknown: int
    new: int
    changed: int
    gone: int
    rows_before: int
    citations_before: int


class Book:
    """The files of one bucket.

    Args:
        number: of the bucket.
    """

    def __init__(self, files: Files, number: int) -> None:
        self._files = files
        self._root = f"bucket-{number:04d}"

    def take(self, paths: Sequence[Path], *, run: int, as_of: date) -> Night:
        """Stores what a table changes; nothing of it counts before the ledger's list names it.

        Args:
            paths: files of the table, or of this bucket's part of it.

        Raises:
            ConfigError: as `counts.in_order` and `counts.read` do.
        """
        with ThreadPoolExecutor(1) as beside:
            waiting = beside.submit(self.state)
            pairs = self.pairs()
            state = waiting.result()
        try:
            found = _compared(Comparison(pairs, state), counts.in_order(paths))
        except counts.OutOfOrder:
            found = _compared(Comparison(pairs, state), [counts.read(paths)])
        night = Night(
            rows=found.rows,
            authors=found.authors,
            citations=found.citations,
            unknown=found.unknown,
            new=found.came,
            changed=len(found.code) - found.came - len(found.gone),
            gone=len(found.gone),
            rows_before=int(np.count_nonzero(state.flag != GONE)),
            citations_before=int(state.count.sum()),
        )
        first, fresh = len(pairs.code), len(found.author)
        if fresh:
            code = np.arange(first, first + fresh)
            columns = {"code": code, "author_id": found.author, "work_id": found.work}
            name = self._dated("pairs", run, as_of)
            self._files.put(name, "pairs", columns, runs=(run, run))
        if len(found.code):
            self._store(found, state.longer(fresh), run=run, as_of=as_of)
        return night

    def pairs(self) -> Pairs:
        """Every pair that was ever seen."""
        parts = [
            self._files.read(name, columns=("author_id", "work_id"))
            for name in self._named("pairs")
        ]
        return Pairs.of(_column(parts, "author_id"), _column(parts, "work_id"))

    def of_author(self, author: int) -> Pairs:
        """The pairs of one author, most of the others unread."""
        wanted = np.array([author], dtype=np.int64)
        parts = [
            self._files.read(name, within=("author_id", wanted)) for name in self._named("pairs")
        ]
        owner = _column(parts, "author_id")
        mine = owner == author
        work, code = _column(parts, "work_id")[mine], _column(parts, "code")[mine]
        order = np.argsort(work)
        return Pairs(author=owner[mine][order], work=work[order], code=code[order])

    def state(self, *, run: int | None = None) -> State:
        """What is known after a run; after the last one when `None`."""
        size = self._codes(run)
        base, begin = self._latest(run)
        count, flag = np.zeros(size, dtype=np.int64), np.full(size, GONE, dtype=np.uint8)
        if base is not None:
            count[: len(base.count)], flag[: len(base.flag)] = base.count, base.flag
        log = self.log(after=begin, run=run)
        # A code that stands twice takes the last, as NumPy documents of assignment.
        count[log.code], flag[log.code] = log.count, log.flag
        return State(count=count, flag=flag)

    def log(self, *, after: int = 0, run: int | None = None, codes: Ints | None = None) -> Log:
        """Changes of later runs, up to and with `run`, in the order of runs.

        Args:
            codes: the wanted ones, rising; all when `None`.
        """
        within = None if codes is None else ("code", codes)
        parts = [
            self._files.read(name, within=within)
            for name in self._named("changes")
            if self._files.about(name).last > after
            and (run is None or self._files.about(name).first <= run)
        ]
        runs = _column(parts, "run")
        chosen = runs > after
        if run is not None:
            chosen &= runs <= run
        code = _column(parts, "code")
        if codes is not None:
            chosen &= np.isin(code, codes)
        order = np.flatnonzero(chosen)
        if (np.diff(runs[order]) < 0).any():
            order = order[np.argsort(runs[order], kind="stable")]
        flag = np.concatenate([np.zeros(0, dtype=np.uint8), *(part["flag"] for part in parts)])
        return Log(
            code=code[order],
            run=runs[order],
            count=_column(parts, "cited_by_count")[order],
            flag=flag[order],
        )

    def tidy(self, as_of: date) -> None:
        """Joins the files of each month that is over, and drops latest counts of before."""
        for name in self._named("latest")[:-1]:
            self._files.drop(name)
        this = (f"{as_of:%Y}", f"{as_of:%m}")
        for kind in _JOINED:
            months: dict[tuple[str, ...], list[str]] = {}
            for name in self._named(kind):
                found = _MONTH.search(name)
                if found and self._files.about(name).rows <= _MOST_JOINED:
                    months.setdefault(found.groups(), []).append(name)
            for month, names in months.items():
                if month < this and len(names) > 1:
                    self._join(kind, names)

    def _store(self, found: Found, known: State, *, run: int, as_of: date) -> None:
        columns: dict[str, NDArray[Any]] = {
            "code": found.code,
            "run": np.full(len(found.code), run, dtype=np.int64),
            "cited_by_count": found.count,
            "flag": found.flag,
        }
        name = self._dated("changes", run, as_of)
        self._files.put(name, "changes", columns, runs=(run, run))
        latest = self._named("latest")
        since = self._files.about(latest[-1]).last if latest else 0
        overlay = sum(
            self._files.about(name).rows
            for name in self._named("changes")
            if self._files.about(name).last > since
        )
        if overlay * _OVERLAY > len(known.count):
            known.count[found.code], known.flag[found.code] = found.count, found.flag
            self._files.put(
                f"{self._root}/latest/run-{run:06d}.parquet",
                "latest",
                {"cited_by_count": known.count, "flag": known.flag},
                runs=(run, run),
            )

    def _join(self, kind: Literal["pairs", "changes"], names: Sequence[str]) -> None:
        about = [self._files.about(name) for name in names]
        first, last = min(each.first for each in about), max(each.last for each in about)
        parts = [self._files.read(name) for name in names]
        columns: dict[str, NDArray[Any]] = {
            name: np.concatenate([part[name] for part in parts]) for name in parts[0]
        }
        if kind == "changes":
            order = np.lexsort((columns["run"], columns["code"]))
            columns = {name: values[order] for name, values in columns.items()}
        name = f"{names[0].rpartition('/')[0]}/runs-{first:06d}-{last:06d}.parquet"
        self._files.put(name, kind, columns, runs=(first, last))
        for each in names:
            self._files.drop(each)

    def _dated(self, kind: str, run: int, as_of: date) -> str:
        return f"{self._root}/{kind}/{as_of:year=%Y/month=%m}/run-{run:06d}.parquet"

    def _latest(self, run: int | None) -> tuple[State | None, int]:
        """The newest of the latest counts that is no later than a run, and its run."""
        for name in reversed(self._named("latest")):
            last = self._files.about(name).last
            if run is not None and last > run:
                continue
            try:
                found = self._files.read(name)
            except HistoryDamaged:
                continue
            return State(count=found["cited_by_count"], flag=found["flag"]), last
        return None, 0

    def _codes(self, run: int | None) -> int:
        about = [self._files.about(name) for name in self._named("pairs")]
        return sum(each.rows for each in about if run is None or each.first <= run)

    def _named(self, kind: str) -> list[str]:
        """The files of a kind, in the order of their runs."""
        start = f"{self._root}/{kind}/"
        found = [name for name in self._files.names if name.startswith(start)]
        return sorted(found, key=lambda name: self._files.about(name).first)


def _compared(comparison: Comparison, parts: Iterable[Counts]) -> Found:
    for part in parts:
        comparison.take(part)
    return comparison.end()


def _column(parts: Sequence[Mapping[str, NDArray[np.generic]]], name: str) -> Ints:
    if len(parts) == 1:
        return parts[0][name].astype(np.int64, copy=False)
    return np.concatenate([np.zeros(0, dtype=np.int64), *(part[name] for part in parts)]).astype(
        np.int64, copy=False
    )
