"""A ledger read: a table as it was, what changed since a day, and one author's past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError
from pipeline.scale.buckets import bucket_of
from pipeline.scale.ledger.book import Book
from pipeline.scale.ledger.columns import GONE, UNKNOWN
from pipeline.scale.ledger.counts import Counts
from pipeline.scale.ledger.files import Files
from pipeline.scale.ledger.manifest import Manifest

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One count that became another one."""

    work: int
    before: int | None
    """`None` where it was not known, or the work was not there (`is_new`)."""
    after: int | None
    """`None` where it is not known, or the work is no longer there (`is_gone`)."""
    is_new: bool
    is_gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An author after one run."""

    as_of: date
    counts: Mapping[int, int | None]
    """By work; `None` is unknown."""
    changes: tuple[Change, ...]
    """What this run changed, by work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Changes of one part in the order of runs; arrays of one length."""

    author: Ints
    work: Ints
    as_of: NDArray[np.datetime64]
    """Days."""
    before: Ints
    before_flag: NDArray[np.uint8]
    """`KNOWN`, `UNKNOWN`, or `GONE` where the pair was not there."""
    after: Ints
    after_flag: NDArray[np.uint8]


def run_of(manifest: Manifest, day: date | None) -> int:
    """The last run of a day or before; the last of all when `None`.

    Raises:
        ConfigError: there was none.
    """
    if day is None:
        return manifest.runs[-1].number
    found = [run.number for run in manifest.runs if run.as_of <= day]
    if not found:
        raise ConfigError(f"{day}: before the first table, of {manifest.runs[0].as_of}")
    return found[-1]


def table(book: Book, run: int) -> Counts:
    """One part as it was after a run."""
    pairs, state = book.pairs(), book.state(run=run)
    known = pairs.code < len(state.flag)
    code = pairs.code[known]
    there = state.flag[code] != GONE
    code = code[there]
    return Counts(
        author=pairs.author[known][there],
        work=pairs.work[known][there],
        count=state.count[code],
        unknown=state.flag[code] == UNKNOWN,
    )


def changes(book: Book, manifest: Manifest, since: date | None) -> Changes:
    """Changes of one part by the runs of later days; the first table changes nothing."""
    runs = [run for run in manifest.runs[1:] if since is None or run.as_of > since]
    begin = runs[0].number - 1 if runs else manifest.runs[-1].number
    pairs, state, log = book.pairs(), book.state(run=begin), book.log(after=begin)
    by_code = np.argsort(pairs.code)
    count = np.append(state.count, np.zeros(len(by_code) - len(state.count), dtype=np.int64))
    flag = np.append(state.flag, np.full(len(by_code) - len(state.flag), GONE, dtype=np.uint8))
    before, before_flag = np.empty_like(log.count), np.empty_like(log.flag)
    cuts = [0, *(np.flatnonzero(np.diff(log.run)) + 1).tolist(), len(log.run)]
    for first, last in pairwise(cuts):
        code = log.code[first:last]
        before[first:last], before_flag[first:last] = count[code], flag[code]
        count[code], flag[code] = log.count[first:last], log.flag[first:last]
    days = np.array([run.as_of for run in manifest.runs], dtype="datetime64[D]")
    return Changes(
        author=pairs.author[by_code][log.code],
        work=pairs.work[by_code][log.code],
        as_of=days[log.run - 1],
        before=before,
        before_flag=before_flag,
        after=log.count,
        after_flag=log.flag,
    )


def author(root: Path, manifest: Manifest, wanted: int) -> tuple[Past, ...]:
    """One author's past, by a few row groups of each file."""
    bucket = int(bucket_of(np.array([wanted], dtype=np.int64), manifest.buckets)[0])
    book = Book(Files(root, manifest), bucket)
    pairs = book.of_author(wanted)
    work_of = dict(zip(pairs.code.tolist(), pairs.work.tolist(), strict=True))
    log = book.log(codes=np.sort(pairs.code))
    known: dict[int, int | None] = {}
    found = []
    for run in manifest.runs:
        mine = log.run == run.number
        if not mine.any():
            continue
        rows = zip(
            log.code[mine].tolist(), log.count[mine].tolist(), log.flag[mine].tolist(), strict=True
        )
        changed = [_step(known, work_of[code], count, flag) for code, count, flag in rows]
        changed.sort(key=lambda change: change.work)
        found.append(Past(as_of=run.as_of, counts=dict(known), changes=tuple(changed)))
    return tuple(found)


def problems(files: Files) -> list[str]:
    """Files that are not as they were written."""
    return [said for name in sorted(files.names) if (said := files.problem(name))]


def _step(known: dict[int, int | None], work: int, count: int, flag: int) -> Change:
    is_new, before = work not in known, known.get(work)
    after = count if flag not in (UNKNOWN, GONE) else None
    if flag == GONE:
        known.pop(work, None)
    else:
        known[work] = after
    return Change(work=work, before=before, after=after, is_new=is_new, is_gone=flag == GONE)
