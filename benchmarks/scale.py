"""One machine, from 1e6 to 1e8 rows: the kernel beside other engines, and under a memory cap.

    python benchmarks/scale.py [--rows 1e7] [--repeat 5] [--large]

Three questions: what all core figures cost in memory, what they cost from file to file, and
whether 1e8 rows (`--large`: 4 GB on disk, some minutes) pass under a hard cap of 2 GiB and in
what time. Each case has its own process, runs once to warm up and then in turns. The results of
the engines are compared by `measure.py`. Needs the extras `bench` and `fast`.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scale_cases import Case
from scale_rows import bucketed, unsorted_file

CAP = 2 << 30
ENGINES = ("DuckDB windows", "Polars lazy")
TO_FILE = ("DuckDB to a file", "Polars to a file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a case took."""

    seconds: Sequence[float]
    peak: float
    """Megabytes."""

    @property
    def middle(self) -> float:
        return median(self.seconds)


def run(
    names: Sequence[str], path: Path, *, repeat: int, cap: int | None = None
) -> dict[str, Found]:
    """Each case in turns; one that dies is left out."""
    cases = {name: Case(name, path, cap=cap) for name in names}
    times: dict[str, list[float]] = {name: [] for name in names}
    peaks: dict[str, float] = {}
    for turn in range(repeat + 1):
        for name in list(cases):
            found = cases[name].once()
            if found is None:
                print(f"{name}: ended without a result")
                cases.pop(name).end()
                times.pop(name)
                continue
            seconds, peaks[name] = found
            if turn:
                times[name].append(seconds)
    for case in cases.values():
        case.end()
    return {name: Found(seconds=times[name], peak=peaks[name]) for name in times}


def show(title: str, found: dict[str, Found], base: str) -> None:
    print(f"\n{title}\n{'':28}{'median s':>10}{'best s':>9}{'x ' + base:>18}{'peak MB':>9}")
    for name, one in found.items():
        ratio = ratio_of(one, found[base])
        print(f"{name:28}{one.middle:10.3f}{min(one.seconds):9.3f}{ratio:18.2f}{one.peak:9.0f}")


def ratio_of(one: Found, other: Found) -> float:
    """Median of the ratios of each round."""
    return median(a / b for a, b in zip(one.seconds, other.seconds, strict=True))


class Goals:
    """What was asked, and whether it was met."""

    def __init__(self) -> None:
        self.missed = 0

    def check(self, what: str, value: float, most: float) -> None:
        met = value <= most
        self.missed += not met
        print(f"goal: {what}: {value:.2f}, {most:g} at most: {'met' if met else 'MISSED'}")


def in_memory(rows: int, repeat: int, goals: Goals) -> None:
    path = unsorted_file(rows)
    names = ("read", "kernel, numpy", "kernel, numba", *ENGINES)
    found = run([*names, "pandas idiom", "dask group-by (3 figures)"], path, repeat=repeat)
    show(f"{rows:,} rows from Parquet to a table", found, "read")
    best = min((found[name] for name in ENGINES), key=lambda one: one.middle)
    kernel, read = found["kernel, numpy"], found["read"]
    goals.check("kernel, times the best engine", ratio_of(kernel, best), 0.25)
    goals.check("kernel, times the read", ratio_of(kernel, read), 3.3)
    goals.check("kernel with numba, times the read", ratio_of(found["kernel, numba"], read), 2.5)


def from_file_to_file(rows: int, repeat: int, goals: Goals) -> None:
    found = run(["to a file", *TO_FILE], unsorted_file(rows), repeat=repeat)
    show(f"{rows:,} rows from Parquet to Parquet", found, "to a file")
    best = min((found[name] for name in TO_FILE), key=lambda one: one.middle)
    goals.check("memory, times the best engine's", found["to a file"].peak / best.peak, 0.4)


def under_a_cap(rows: int, goals: Goals) -> None:
    path = bucketed(rows)
    found = run(["buckets", "Polars by bucket"], path, repeat=2, cap=CAP)
    show(f"{rows:,} rows in buckets, under a cap of 2 GiB", found, "Polars by bucket")
    ratio = ratio_of(found["buckets"], found["Polars by bucket"])
    goals.check("buckets, times Polars on the same", ratio, 0.27)
    goals.check("buckets, GB", found["buckets"].peak / 1000, 0.5)
    unsorted = run(["to a file"], unsorted_file(rows), repeat=1, cap=CAP)
    goals.check("unsorted file under the cap, runs that failed", not unsorted, 0)
    if unsorted:
        show(f"{rows:,} rows in any order, under a cap of 2 GiB", unsorted, "to a file")
    smaller = run(["buckets"], bucketed(rows // 10), repeat=3)
    growth = math.log10(found["buckets"].middle / smaller["buckets"].middle)
    goals.check(f"growth from {rows // 10:,} to {rows:,} rows, exponent", growth, 1.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=float, default=1e7)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="1e8 rows under a memory cap too")
    options = parser.parse_args()
    goals = Goals()
    in_memory(int(options.rows), options.repeat, goals)
    from_file_to_file(int(options.rows), options.repeat, goals)
    if options.large:
        under_a_cap(100_000_000, goals)
    return 1 if goals.missed else 0


if __name__ == "__main__":
    sys.exit(main())
