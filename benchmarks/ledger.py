"""What a department's counts cost over time: a ledger beside nightly snapshots and DuckDB's join.

50,000 authors with 300 works each, of which 0.8 % change a night. Goals: a night's changes at most
1/300 of a snapshot of all counts, as one would store it (Parquet, zstd); and the whole of a night
(reading the table and what is known, comparing, storing, the list of files) at most 0.7 of the time
in which DuckDB reads both nights' tables, joins them and writes what differs. Both in turns, in
processes of their own.

Usage: python benchmarks/ledger.py [--authors 50000] [--works 300] [--nights 30] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from timing import ROOT, most_held

sys.path.insert(0, str(ROOT))

DATA = Path(os.environ.get("SCHOLAR_METRICS_BENCH_DATA", ROOT / "benchmarks" / "data"))
SHARE = 0.0078
"""Share of works whose count changes in a night."""
SPREAD = 1.5
"""Of the logarithm of counts, and of works' rates."""
BEGIN = date(2026, 1, 1)
SQL = """COPY (SELECT n.* FROM '{new}' n LEFT JOIN '{old}' o USING (author_id, work_id)
    WHERE o.cited_by_count IS DISTINCT FROM n.cited_by_count ORDER BY ALL)
    TO '{out}' (FORMAT parquet, COMPRESSION zstd)"""


class Department:
    """Made-up works of made-up authors, cited at rates of their own."""

    def __init__(self, authors: int, works: int) -> None:
        import numpy as np

        self._draw = draw = np.random.default_rng(1)
        owners = np.sort(draw.choice(10**8, authors, replace=False)) + 5 * 10**9
        ids = np.sort(draw.integers(1, 7_200_000_000, (authors, works)), axis=1)
        self._author = np.repeat(owners, works)
        self._work = (ids + np.arange(works)).ravel()  # no two alike
        self._count = draw.lognormal(2, SPREAD, authors * works).astype(np.int64)
        self._rate = SHARE * draw.lognormal(0, SPREAD, authors * works) / np.exp(SPREAD**2 / 2)

    def night(self) -> None:
        """One more night passes."""
        self._count += self._draw.random(len(self._count)) < self._rate

    def write(self, path: Path, **how: Any) -> Path:
        """The table of today."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = {"author_id": self._author, "work_id": self._work, "cited_by_count": self._count}
        pq.write_table(pa.table(columns), path, **how)
        return path


def own(folder: Path) -> Callable[[], object]:
    """The night between two tables, on a copy of the ledger."""
    from pipeline.scale.ledger import Ledger

    now = datetime.now(UTC)

    def run() -> float:
        shutil.rmtree(folder / "copy", ignore_errors=True)
        shutil.copytree(folder / "ledger", folder / "copy")
        os.sync()
        started = time.perf_counter()
        day = BEGIN + timedelta(days=30)
        found = Ledger(folder / "copy").add(folder / "new.parquet", as_of=day, now=now)
        assert found.run.changed  # noqa: S101
        return time.perf_counter() - started

    return run


def joined(folder: Path) -> Callable[[], object]:
    """DuckDB's join of the same two tables."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    paths = {name: folder / f"{name}.parquet" for name in ("old", "new", "out")}

    def run() -> float:
        started = time.perf_counter()
        connection.execute(SQL.format(**paths))
        return time.perf_counter() - started

    return run


def serve(case: str, folder: Path) -> None:
    """Does its work once a line, and says how long it took and the most memory so far."""
    run = {"own": own, "joined": joined}[case](folder)
    for _ in sys.stdin:
        print(run(), most_held(), flush=True)


class Case:
    """A case in its own process."""

    def __init__(self, name: str, folder: Path) -> None:
        command = [sys.executable, __file__, "--serve", name, "--folder", str(folder)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def once(self) -> tuple[float, float]:
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        seconds, most = self._process.stdout.readline().split()
        return float(seconds), float(most)

    def end(self) -> None:
        self._process.communicate()


def filled(folder: Path, people: Department, nights: int) -> list[int]:
    """Many nights in a ledger, the last two tables beside it; bytes of changes of each night."""
    from pipeline.scale.ledger import Ledger

    ledger, sizes = Ledger(folder / "ledger"), []
    table = folder / "old.parquet"
    for number in range(nights):
        day = BEGIN + timedelta(days=number)
        ledger.add(people.write(table), as_of=day, now=datetime.now(UTC))
        changed = list(ledger.root.glob(f"*/changes/*/*/run-{number + 1:06d}.parquet"))
        sizes.append(sum(path.stat().st_size for path in changed))
        people.night()
    people.write(folder / "new.parquet")
    return sizes[1:]


def told(goal: str, found: float, most: float) -> bool:
    is_met = found <= most
    print(f"{goal}: {found:.3g}, goal {most:.3g} at most: {'met' if is_met else 'MISSED'}")
    return is_met


def compared(folder: Path, rounds: int) -> float | None:
    """Prints seconds and memory; ours by DuckDB's, as the median over rounds."""
    names = ["own", "joined"]
    try:
        import duckdb  # noqa: F401
    except ImportError:
        print("NOT COMPARED with DuckDB: pip install duckdb")
        names = ["own"]
    cases = {name: Case(name, folder) for name in names}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        for name in names if turn % 2 else reversed(names):
            result = cases[name].once()
            if turn:
                found[name].append(result)
    for name, case in cases.items():
        case.end()
        seconds = sorted(each[0] for each in found[name])
        most = max(each[1] for each in found[name])
        print(f"  {name:<7} {median(seconds):6.2f} s (least {seconds[0]:.2f}), {most:,.0f} MB")
    if len(names) == 1:
        return None
    return median(a[0] / b[0] for a, b in zip(found["own"], found["joined"], strict=True))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--authors", type=int, default=50_000)
    parser.add_argument("--works", type=int, default=300)
    parser.add_argument("--nights", type=int, default=30, help="of January: 30 at most")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--serve")
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.folder)
        return 0
    DATA.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="ledger-", dir=DATA))
    try:
        return measured(folder, asked)
    finally:
        shutil.rmtree(folder)


def measured(folder: Path, asked: argparse.Namespace) -> int:
    people = Department(asked.authors, asked.works)
    nights = filled(folder, people, asked.nights)
    print(f"{asked.authors:,} authors, {asked.authors * asked.works:,} rows, {asked.nights} nights")
    forms: dict[str, dict[str, Any]] = {
        "zstd": {"compression": "zstd"},
        "snappy, as pyarrow writes by default": {},
        "differences, zstd 9": {
            "compression": "zstd",
            "compression_level": 9,
            "use_dictionary": False,
            "column_encoding": dict.fromkeys(
                ("author_id", "work_id", "cited_by_count"), "DELTA_BINARY_PACKED"
            ),
        },
    }
    night = median(nights)
    ratios = {}
    for name, how in forms.items():
        size = people.write(folder / "snapshot.parquet", **how).stat().st_size
        ratios[name] = night / size
        print(f"  snapshot ({name}): {size / 1e6:.1f} MB; a night is 1/{size / night:.0f} of it")
    by_kind: dict[str, int] = {}
    for path in (folder / "ledger").rglob("*.parquet"):
        kind = path.relative_to(folder / "ledger").parts[1]
        by_kind[kind] = by_kind.get(kind, 0) + path.stat().st_size
    print(f"  a night's changes {night / 1e6:.3f} MB; the ledger:", end=" ")
    print(", ".join(f"{kind} {size / 1e6:.1f} MB" for kind, size in by_kind.items()))
    met = [told("changes of a night by a snapshot (zstd)", ratios["zstd"], 1 / 300)]
    closed = closed_month(folder, people)
    size = people.write(folder / "snapshot.parquet", **forms["zstd"]).stat().st_size
    met.append(told("a night of a closed month by the same", closed / size, 1 / 300))
    ratio = compared(folder, asked.rounds)
    if ratio is not None:
        met.append(told("a night by DuckDB's join", ratio, 0.7))
    return int(not all(met))


def closed_month(folder: Path, people: Department) -> float:
    """Bytes of a night's share of a month that is joined; prints what joining it took."""
    from pipeline.scale.ledger import Ledger

    shutil.copytree(folder / "ledger", folder / "closed")
    ledger = Ledger(folder / "closed")
    table = people.write(folder / "snapshot.parquet")
    started = time.perf_counter()
    ledger.add(table, as_of=BEGIN + timedelta(days=31), now=datetime.now(UTC))
    print(f"  the night that closes the month: {time.perf_counter() - started:.2f} s")
    (joined_file,) = ledger.root.glob("*/changes/*/*/runs-*.parquet")
    first, last = (int(part) for part in joined_file.stem.split("-")[1:])
    return joined_file.stat().st_size / (last - first + 1)


if __name__ == "__main__":
    sys.exit(main())
