"""What nightly history costs: ten years of 300 works, and one night of a department.

Goals: ten years under 0.1 MB on any night of the last year, and read whole in under 5 ms.
Megabytes are the bytes of all files; what they take up of a disk (blocks of 4 KiB) is printed
beside. A department is cut into slices (docs/department.md): one slice is run, and multiplied. It
keeps whole records, with titles, ids and counts by year, so no goal of bare counts is set for it:
those are kept by a ledger (`ledger.py`). What a table of bare counts and DuckDB's join of it cost
is printed beside all the same.

"Read whole" is `states()` and `series()` of a new `History`, beyond start-up: pyarrow is loaded and
the disk's cache is warm, nothing of the history is in memory. In it are: the manifest and its copy;
every file of the present state, of changes and of runs, compared with its SHA-256, and those of
state and changes with their seals and page checksums; every state as a value; every change of every
work, decoded and in the order of runs, as columns, of which charts, reports and digests are made.
Not in it are values of single changes, and the ids and moments of runs, which are decoded when
somebody looks at those. So two rows stand beside: with the totals of the report's chart, and with a
value for each change, its run and moment among them, which only `history --json` makes.

Usage: python benchmarks/history.py [--nights 3650] [--authors 100] [--folder DIR] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import math
import os
import pstats
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from timing import ROOT

sys.path.insert(0, str(ROOT))

from pipeline.history import History
from pipeline.history.columns import pack, table
from pipeline.history.tables import CHANGES
from pipeline.model import Collected, Outcome
from pipeline.snapshot.past import past
from spiders.items import AuthorRecord, OutcomeKind, WorkRecord, YearCount

WORKS = 300
YEAR = 365
SHARE = 0.0078
"""Share of works whose count changes in a night."""
SPREAD = 1.5
"""Of the logarithm of works' rates."""
BEGIN = datetime(2016, 1, 1, 3, 17, tzinfo=UTC)
DEPARTMENT = 50_000
READS = 41
WHOLE = "states and series, whole"
WORDS = ("deep", "graph", "learning", "sparse", "models", "robust", "robot", "vision", "shift")
PROVIDER = "openalex"


class People:
    """Made-up authors, whose works are cited at rates of their own."""

    def __init__(self, count: int) -> None:
        self._draw = random.Random(1)  # noqa: S311 - made-up numbers
        self.answers = [self._answer(number) for number in range(count)]
        mean = math.exp(SPREAD**2 / 2)
        self._rates = [
            [SHARE * self._draw.lognormvariate(0, SPREAD) / mean for _ in range(WORKS)]
            for _ in range(count)
        ]

    def night(self) -> list[Collected]:
        """What everybody answers after one more night."""
        self.answers = list(map(self._later, self.answers, self._rates))
        return self.answers

    def _later(self, answer: Collected, rates: list[float]) -> Collected:
        cited = {n for n, rate in enumerate(rates) if self._draw.random() < rate}
        if not cited:
            return answer
        works = tuple(_cited(w) if n in cited else w for n, w in enumerate(answer.works))
        counts = sorted((w.cited_by_count or 0 for w in works), reverse=True)
        author = replace(
            answer.author,
            cited_by_count=sum(counts),
            h_index=sum(count >= rank for rank, count in enumerate(counts, 1)),
        )
        return replace(answer, author=author, works=works)

    def _answer(self, number: int) -> Collected:
        works = tuple(self._work(number * WORKS + n) for n in range(WORKS))
        return Collected(
            author_key=f"a{number:05}",
            provider=PROVIDER,
            author=AuthorRecord(
                provider=PROVIDER, author_id=f"A{number}", name="Ada Sample", works_count=WORKS
            ),
            works=works,
        )

    def _work(self, number: int) -> WorkRecord:
        own = f"openalex:W{2 * 10**9 + number * 7919 % 10**9}"
        count = int(self._draw.lognormvariate(2, SPREAD))
        return WorkRecord(
            provider=PROVIDER,
            record_id=own,
            title=" ".join(self._draw.choices(WORDS, k=9)),
            year=self._draw.randrange(1990, 2016),
            ids=(own, f"doi:10.1145/{self._draw.randrange(10**7)}"),
            cited_by_count=count,
            counts_by_year=(YearCount(year=2015, cited_by_count=count),),
        )


def _cited(work: WorkRecord) -> WorkRecord:
    count = (work.cited_by_count or 0) + 1
    year = YearCount(year=2015, cited_by_count=count)
    return replace(work, cited_by_count=count, counts_by_year=(year,))


def stored(history: History, answers: list[Collected], night: int) -> None:
    """One night, as a refresh stores it."""
    at = BEGIN + timedelta(days=night)
    plan = history.plan(answers, at=at)
    outcomes = [
        Outcome(
            author_key=answer.author_key,
            provider=PROVIDER,
            kind=OutcomeKind.FRESH,
            requests=4,
            seconds=1.25,
        )
        for answer in answers
    ]
    history.commit(plan, outcomes=outcomes, run_id=f"{at:%Y%m%dT%H%M%SZ}-{night:04x}", at=at)


@contextmanager
def unsynced() -> Iterator[None]:
    """Thousands of nights are made without waiting for the disk: the files are the same."""
    real = os.fsync
    os.fsync = lambda fd: None  # noqa: ARG005 - as it is called
    try:
        yield
    finally:
        os.fsync = real


def size(root: Path) -> tuple[int, int, int]:
    """Bytes of all files, what they take up on the disk, and how many there are."""
    found = [path.stat() for path in root.rglob("*") if path.is_file()]
    return sum(a.st_size for a in found), sum(a.st_blocks * 512 for a in found), len(found)


def least(do: Callable[[], object], rounds: int = 9) -> float:
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        do()
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def decade(folder: Path, nights: int) -> tuple[float, float]:
    """Prints what so many nights of one author came to; most megabytes, and seconds to read it."""
    root, people = folder / "decade", People(1)
    started = time.perf_counter()
    most = 0
    with unsynced():
        stored(History(root), people.answers, 0)
        for night in range(1, nights):
            stored(History(root), people.night(), night)
            if night >= nights - YEAR:
                most = max(most, size(root)[0])
    built = time.perf_counter() - started
    nbytes, taken, count = size(root)
    changes = len(History(root).series())
    print(f"{nights} nights of {WORKS} works: {changes:,} changes, made in {built:.0f} s")
    print(f"  {nbytes / 1e6:.3f} MB in {count} files, which take {taken / 1e6:.3f} MB of the disk")
    print(f"  {most / 1e6:.3f} MB at most in the last {YEAR} nights")
    for part in sorted(path for path in root.iterdir() if path.is_dir()):
        print(f"    {part.name}/: {size(part)[0] / 1e6:.3f} MB")
    seconds = {name: least(do, rounds=READS) for name, do in readings(root, people).items()}
    for name, found in seconds.items():
        print(f"  {name:<40} {found * 1000:7.2f} ms")
    return most / 1e6, seconds[WHOLE]


def readings(root: Path, people: People) -> dict[str, Callable[[], object]]:
    """Ways to read a history, each from its files, by what is printed of it."""
    record_id = people.answers[0].works[0].record_id
    return {
        WHOLE: lambda: (History(root).states(), History(root).series()),
        "states": lambda: History(root).states(),
        "series": lambda: History(root).series(),
        "series, and the totals of the chart": lambda: past(History(root).series()),
        "states and series, as values": lambda: (
            History(root).states(),
            History(root).series().to_list(),
        ),
        "every table, as Arrow": lambda: tables(root),
        "the series of one work, as values": lambda: (
            History(root).series(record_id=record_id).to_list()
        ),
    }


def tables(root: Path) -> list[Any]:
    """Every table of a history, verified as the product does, before values are made of them."""
    from pipeline.history.columns import unpack

    return [unpack(path.read_bytes()) for path in sorted(root.rglob("*.parquet"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night of one slice."""

    snapshot: int
    """Bytes of a table of all counts, stored as changes are."""
    changes: int
    """Bytes of the night's changes."""
    month: float
    """The same, a night's share of a closed month."""
    plan: float
    commit: float
    join: float | None
    """Seconds; `None` without DuckDB."""


def night(folder: Path, authors: int, *, is_profiled: bool) -> Night:
    """Runs 31 nights of one slice, and measures the last ones."""
    root, people = folder / "slice", People(authors)
    stored(History(root), people.answers, 0)
    plans, commits = [], []
    with unsynced():
        for number in range(1, 27):
            if number % 9 == 0:
                stored(History(root), people.night(), number)
            else:
                people.night()
    profile = cProfile.Profile()
    for number in range(27, 30):
        answers, at = people.night(), BEGIN + timedelta(days=number)
        if is_profiled and number == 29:
            profile.enable()
        started = time.perf_counter()
        plan = History(root).plan(answers, at=at)
        plans.append(time.perf_counter() - started)
        started = time.perf_counter()
        History(root).commit(plan, outcomes=(), run_id=f"night-{number}", at=at)
        commits.append(time.perf_counter() - started)
    profile.disable()
    if is_profiled:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    changed = root / f"changes/{at:year=%Y/month=%m}/night-29.parquet"
    rows = [_row(a.author_key, w, 0) for a in people.answers for w in a.works]
    some = random.Random(2)  # noqa: S311
    month = sorted(
        _row(a.author_key, w, run)
        for run in range(30)
        for a in people.answers
        for w in a.works
        if some.random() < SHARE
    )
    return Night(
        snapshot=_packed(rows),
        changes=changed.stat().st_size,
        month=_packed(month) / 30,
        plan=median(plans),
        commit=median(commits),
        join=joined(folder, rows),
    )


def _row(author: str, work: WorkRecord, run: int) -> tuple[Any, ...]:
    date = (BEGIN + timedelta(days=run)).date()
    return (author, PROVIDER, work.record_id, "cited_by_count", run, date, work.cited_by_count)


def _packed(rows: list[tuple[Any, ...]]) -> int:
    return len(pack(CHANGES, table(CHANGES, sorted(rows)), mark={}))


def joined(folder: Path, rows: list[tuple[Any, ...]]) -> float | None:
    """Seconds in which DuckDB reads both nights' counts, joins and writes what differs."""
    try:
        import duckdb
    except ImportError:
        return None
    draw = random.Random(3)  # noqa: S311
    later = [(*row[:-1], row[-1] + (draw.random() < SHARE)) for row in rows]
    for name, content in (("old", rows), ("new", later)):
        (folder / f"{name}.parquet").write_bytes(pack(CHANGES, table(CHANGES, content), mark={}))
    sql = f"""COPY (SELECT n.* FROM '{folder}/new.parquet' n LEFT JOIN '{folder}/old.parquet' o
        USING (author, provider, work, metric) WHERE o.value IS DISTINCT FROM n.value
        ORDER BY ALL) TO '{folder}/out.parquet' (COMPRESSION zstd)"""  # noqa: S608 - our own folder
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        return least(lambda: connection.execute(sql), rounds=5)


def told(goal: str, found: float, most: float) -> bool:
    is_met = found <= most
    print(f"{goal}: {found:.3g}, goal {most:.3g} at most: {'met' if is_met else 'MISSED'}")
    return is_met


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nights", type=int, default=3650)
    parser.add_argument("--authors", type=int, default=100)
    parser.add_argument("--folder", type=Path, default=ROOT / "benchmarks" / "data")
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="history-", dir=asked.folder))
    try:
        megabytes, reading = decade(folder, asked.nights)
        one = night(folder, asked.authors, is_profiled=asked.profile)
    finally:
        shutil.rmtree(folder)
    slices = DEPARTMENT / asked.authors
    print(f"\na slice of {asked.authors} authors and {asked.authors * WORKS:,} works, one night")
    print(f"  plan {one.plan:.2f} s, commit {one.commit:.2f} s", end="; ")
    print(f"of {slices:.0f} slices {(one.plan + one.commit) * slices / 60:.0f} min")
    print(f"  snapshot {one.snapshot:,} bytes, changes {one.changes:,}", end="; ")
    print(f"in a closed month {one.month:,.0f} a night")
    met = [
        told("MB of ten years, at most", megabytes, 0.1),
        told("seconds to read them", reading, 0.005),
    ]
    print(f"  a night is 1/{one.snapshot / one.changes:.0f} of the snapshot", end=", ")
    print(f"in a closed month 1/{one.snapshot / one.month:.0f}")
    if one.join is None:
        print("NOT COMPARED with DuckDB: pip install duckdb")
    else:
        print(f"  DuckDB's join of a slice's tables: {one.join:.3f} s", end=", ")
        print(f"plan and commit {(one.plan + one.commit) / one.join:.0f} times that")
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
