"""How fast the metrics kernel is, beside a bare read of its columns, DuckDB and Polars.

    python benchmarks/measure.py [--rows 1e6 1e7] [--repeat 5]

Makes synthetic authorships, lets each engine compute the same figures from the same Parquet
file in its own process (imports and one warm-up run excluded, runs interleaved), checks that
all results are equal, and prints medians and ratios. Ratios are what to compare: the machine's
speed drifts. Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from timing import most_held

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "benchmarks" / "data"
NOW = 2026
COLUMNS = ["author_id", "cited_by_count", "year"]
FIGURES = (
    "author_id",
    "papers",
    "citations",
    "h_index",
    "g_index",
    "i10_index",
    "h5_recent_papers",
    "citations_max",
    "citations_median",
)
SQL = """
with ranked as (
    select author_id, cited_by_count as c, year between {now} - 5 and {now} - 1 as recent,
        row_number() over listed as rank,
        sum(cited_by_count) over listed as total,
        sum((year between {now} - 5 and {now} - 1)::int) over listed as recent_rank,
        count(*) over (partition by author_id) as n
    from read_parquet('{path}')
    window listed as (
        partition by author_id order by cited_by_count desc
        rows between unbounded preceding and current row
    )
)
select author_id, count(*) as papers, sum(c) as citations,
    count(*) filter (c >= rank) as h_index,
    count(*) filter (total >= rank * rank) as g_index,
    count(*) filter (c >= 10) as i10_index,
    count(*) filter (recent and c >= recent_rank) as h5_recent_papers,
    max(c) as citations_max,
    avg(c) filter (rank = (n + 1) // 2 or rank = n // 2 + 1) as citations_median
from ranked group by author_id order by author_id
"""


def make(rows: int) -> Path:
    """Authorships in random order: works lognormal with a Pareto tail, 54 % uncited."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = DATA / f"authorships-{rows}.parquet"
    if path.exists():
        return path
    DATA.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    authors = int(rows / 7.5)
    works = np.exp(rng.normal(np.log(3), 1.0, authors))
    heavy = rng.random(authors) < 0.06
    works[heavy] += rng.pareto(1.3, heavy.sum()) * 18
    works = np.clip(works.round(), 1, 6000).astype(np.int64)
    ids = 5_000_000_000 + rng.choice(100_000_000, authors, replace=False)
    author = rng.permutation(np.repeat(ids, works))[:rows]
    count = len(author)
    tail = np.clip(1 + rng.pareto(0.9, count) * 4, 1, 400_000)
    citations = np.where(rng.random(count) < 0.54, 0, tail).astype(np.int32)
    year = (NOW - np.clip(rng.exponential(9, count), 0, 60)).astype(np.int16)
    table = pa.table(
        {
            "author_id": author,
            "work_id": np.arange(count),
            "cited_by_count": citations,
            "year": year,
        }
    )
    pq.write_table(table, path, row_group_size=1 << 20)
    return path


def kernel(path: Path) -> Callable[[], Any]:
    from pipeline.measure import measure_parquet

    return lambda: measure_parquet(path, now_year=NOW, metrics="core")


def read(path: Path) -> Callable[[], Any]:
    import pyarrow.parquet as pq

    return lambda: pq.ParquetFile(path).read(columns=COLUMNS)


def duckdb_windows(path: Path) -> Callable[[], Any]:
    import duckdb

    query = SQL.format(path=path, now=NOW)
    return lambda: duckdb.sql(query).to_arrow_table()


def polars_lazy(path: Path) -> Callable[[], Any]:
    import polars as pl

    c, author = pl.col("c"), pl.col("author_id")
    recent = pl.col("year").is_between(NOW - 5, NOW - 1)
    first = (author != author.shift()).fill_null(value=True)

    def running(values: pl.Expr) -> pl.Expr:
        sums = values.cum_sum()
        return sums - pl.when(first).then(sums - values).forward_fill()

    def run() -> Any:
        rows = pl.scan_parquet(path).select(author, c=pl.col("cited_by_count"), year="year")
        rows = rows.sort("author_id", "c", descending=[False, True])
        one = pl.int_range(1, pl.len() + 1)
        rank = one - pl.when(first).then(one).forward_fill() + 1
        rows = rows.with_columns(
            recent=recent,
            rank=rank,
            total=running(c.cast(pl.Int64)),
            recent_rank=running(recent.cast(pl.Int64)),
        )
        return (
            rows.group_by("author_id")
            .agg(
                papers=pl.len(),
                citations=c.cast(pl.Int64).sum(),
                h_index=(c >= pl.col("rank")).sum(),
                g_index=(pl.col("total") >= pl.col("rank") ** 2).sum(),
                i10_index=(c >= 10).sum(),
                h5_recent_papers=(pl.col("recent") & (c >= pl.col("recent_rank"))).sum(),
                citations_max=c.max(),
                citations_median=c.median(),
            )
            .sort("author_id")
            .collect()
        )

    return run


ENGINES = {
    "pyarrow read": read,
    "kernel": kernel,
    "Polars lazy": polars_lazy,
    "DuckDB windows": duckdb_windows,
}


def serve(engine: str, path: Path) -> None:
    """The child: one run a line of input, and its result saved when asked."""
    run = ENGINES[engine](path)
    for line in sys.stdin:
        command = line.strip()
        begin = time.perf_counter()
        result = run()
        seconds = time.perf_counter() - begin
        if command.startswith("save "):
            np.savez(command.removeprefix("save "), **columns(result))
        print(seconds, most_held(), flush=True)
        del result


def columns(result: Any) -> dict[str, Any]:
    """The compared figures as numpy arrays."""
    return {n: np.asarray(result[n], dtype=np.float64) for n in FIGURES}


class Child:
    """An engine in its own process."""

    def __init__(self, engine: str, path: Path) -> None:
        command = [sys.executable, __file__, "--engine", engine, "--file", str(path)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    @property
    def input(self) -> IO[str]:
        return cast("IO[str]", self.process.stdin)

    @property
    def output(self) -> IO[str]:
        return cast("IO[str]", self.process.stdout)

    def ask(self, command: str = "run") -> tuple[float, float]:
        self.input.write(command + "\n")
        self.input.flush()
        answer = self.output.readline().split()
        if not answer:
            raise SystemExit(f"an engine ended with code {self.process.wait()}")
        return float(answer[0]), float(answer[1])

    def end(self) -> None:
        self.input.close()
        self.process.wait()


def compare(path: Path, repeat: int) -> None:
    children = {name: Child(name, path) for name in ENGINES}
    results = {}
    for name, child in children.items():
        if name == "pyarrow read":
            child.ask()
            continue
        saved = DATA / f"result-{name.split()[0].lower()}.npz"
        child.ask(f"save {saved}")
        with np.load(saved) as loaded:
            results[name] = {n: loaded[n] for n in FIGURES}
        saved.unlink()
    ours = results.pop("kernel")
    for name, theirs in results.items():
        for figure in FIGURES:
            if not np.array_equal(ours[figure], theirs[figure]):
                raise SystemExit(f"{figure}: the kernel and {name} differ")
    runs: dict[str, list[float]] = {name: [] for name in ENGINES}
    peaks: dict[str, float] = {}
    for _ in range(repeat):
        for name, child in children.items():
            seconds, peaks[name] = child.ask()
            runs[name].append(seconds)
    for child in children.values():
        child.end()
    papers, authors = int(ours["papers"].sum()), len(ours["author_id"])
    print(
        f"\n{papers} rows, {authors} authors, {repeat} runs interleaved; results equal:"
        f" {len(FIGURES) - 1} figures"
    )
    middle = {name: statistics.median(times) for name, times in runs.items()}
    print(f"{'':16}{'median s':>10}{'best s':>9}{'x read':>8}{'x kernel':>10}{'peak MB':>9}")
    for name in ENGINES:
        print(
            f"{name:16}{middle[name]:10.3f}{min(runs[name]):9.3f}"
            f"{middle[name] / middle['pyarrow read']:8.2f}"
            f"{middle[name] / middle['kernel']:10.2f}{peaks[name]:9.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="+", type=float, default=[1e6, 1e7])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--engine", choices=list(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        serve(options.engine, options.file)
        return
    for rows in options.rows:
        compare(make(int(rows)), options.repeat)


if __name__ == "__main__":
    main()
