"""What the scale benchmarks run, each in a process of its own: `serve` answers over a pipe.

A case is made of the path of its rows and does its work once a call. A process may be given a cap
on its memory, by a control group where the user may make one and by RLIMIT_DATA elsewhere.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

import measure
from scale_rows import COLUMNS, NOW
from timing import most_held

HERE = Path(__file__).parent
Run = Callable[[], Any]
_CGROUPS = (
    ("/sys/fs/cgroup", "memory.max"),
    ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
)


def numpy_kernel(path: Path) -> Run:
    os.environ["SCHOLAR_METRICS_NUMBA"] = "0"
    return measure.kernel(path)


def numba_kernel(path: Path) -> Run:
    from pipeline.metrics.compiled import load

    if load() is None:
        sys.exit("numba is not installed: pip install 'scholar-metrics[fast]'")
    return measure.kernel(path)


def pandas_idiom(path: Path) -> Run:
    import pandas as pd

    def run() -> Any:
        rows = pd.read_parquet(path, columns=COLUMNS)
        rows = rows.sort_values(["author_id", "cited_by_count"], ascending=[True, False])
        by = rows.groupby("author_id")
        counts = rows["cited_by_count"]
        rank = by.cumcount() + 1
        rows["h"] = counts >= rank
        rows["g"] = by["cited_by_count"].cumsum() >= rank**2
        rows["i10"] = counts >= 10
        return rows.groupby("author_id").agg(
            papers=("cited_by_count", "size"),
            citations=("cited_by_count", "sum"),
            citations_max=("cited_by_count", "max"),
            citations_median=("cited_by_count", "median"),
            h_index=("h", "sum"),
            g_index=("g", "sum"),
            i10_index=("i10", "sum"),
        )

    return run


def dask_groupby(path: Path) -> Run:
    """dask.dataframe's own group-by can do the sums and no rank: fewer figures than the others."""
    import dask
    import dask.dataframe as dd

    def run() -> Any:
        with dask.config.set({"dataframe.convert-string": False}):
            rows = dd.read_parquet(path, columns=COLUMNS, split_row_groups=True)
            by = rows.groupby("author_id")["cited_by_count"]
            return by.agg(["size", "sum", "max"]).compute(scheduler="threads")

    return run


def to_file(path: Path) -> Run:
    from pipeline.scale.measuring import measure_rows

    os.environ["SCHOLAR_METRICS_NUMBA"] = os.environ.get("SCHOLAR_METRICS_NUMBA", "0")
    return lambda: measure_rows(path, output=_output(path, "kernel"), now_year=NOW)


def polars_to_file(path: Path) -> Run:
    run = measure.polars_lazy(path)
    return lambda: run().write_parquet(_output(path, "polars"))


def duckdb_to_file(path: Path) -> Run:
    import duckdb

    query = measure.SQL.format(path=path, now=NOW)
    out = _output(path, "duckdb")
    return lambda: duckdb.sql(f"copy ({query}) to '{out}' (format parquet)")


def buckets(path: Path) -> Run:
    from pipeline.scale import Buckets, measure_buckets

    found = Buckets.open(path)
    return lambda: measure_buckets(found, output=_output(path, "kernel"), now_year=NOW)


def polars_buckets(path: Path) -> Run:
    def run() -> None:
        for number, bucket in enumerate(sorted(path.glob("*.parquet"))):
            out = _output(path, f"polars-{number}")
            measure.polars_lazy(bucket)().write_parquet(out)
            out.unlink()

    return run


CASES: dict[str, Callable[[Path], Run]] = {
    "read": measure.read,
    "kernel, numpy": numpy_kernel,
    "kernel, numba": numba_kernel,
    "DuckDB windows": measure.duckdb_windows,
    "Polars lazy": measure.polars_lazy,
    "pandas idiom": pandas_idiom,
    "dask group-by (3 figures)": dask_groupby,
    "to a file": to_file,
    "Polars to a file": polars_to_file,
    "DuckDB to a file": duckdb_to_file,
    "buckets": buckets,
    "Polars by bucket": polars_buckets,
}


def _output(path: Path, name: str) -> Path:
    return path.with_name(f"result-{name}-{os.getpid()}.parquet")


class Case:
    """A case in its own process; `once` gives seconds and the most memory so far in MB."""

    def __init__(self, name: str, path: Path, *, cap: int | None = None) -> None:
        self.name = name
        command = [sys.executable, str(HERE / "scale_cases.py"), name, str(path), str(cap or 0)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        )

    def once(self) -> tuple[float, float] | None:
        """`None` when the process died of it."""
        out = cast("IO[str]", self._process.stdin)
        try:
            out.write("\n")
            out.flush()
        except BrokenPipeError:
            return None
        answer = cast("IO[str]", self._process.stdout).readline().split()
        return (float(answer[0]), float(answer[1])) if answer else None

    def end(self) -> None:
        cast("IO[str]", self._process.stdin).close()
        self._process.wait()


def cap_memory(size: int) -> str:
    """Hold this process to so many bytes; by what."""
    for root, name in _CGROUPS:
        group = Path(root) / f"scholar-metrics-{os.getpid()}"
        try:
            group.mkdir()
            (group / name).write_text(str(size))
            (group / "cgroup.procs").write_text(str(os.getpid()))
        except OSError:
            continue
        return f"control group {group}"
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    return "RLIMIT_DATA"


def serve(name: str, path: Path, cap: int) -> None:
    if cap:
        print(f"{name}: at most {cap >> 20} MB by {cap_memory(cap)}", file=sys.stderr)
    run = CASES[name](path)
    for _ in sys.stdin:
        begin = time.perf_counter()
        result = run()
        seconds = time.perf_counter() - begin
        del result
        for left in path.parent.glob(f"result-*-{os.getpid()}.parquet"):
            left.unlink()
        print(seconds, most_held(), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
