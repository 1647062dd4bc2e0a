"""How long an OpenAlex snapshot takes from its raw files to a row an author, in either format.

    python benchmarks/snapshot.py [--works 1e6] [--rounds 3] [--formats parquet jsonl]

Makes a snapshot (or takes the one that was made before), runs the command as a process, kills it
half way through the parsing, lets it go on, and runs it once more over the unchanged snapshot.
Beside it stands the limit: pyarrow reading the needed columns of the same files, with as many
threads. Made data lies in the folder that SCHOLAR_METRICS_BENCH_DATA names, by default in
benchmarks/data. Exits with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("SCHOLAR_METRICS_BENCH_DATA", ROOT / "benchmarks" / "data"))
PARSE_GOAL = {"parquet": 4.0, "jsonl": 1.8}
"""Parsing takes at most so many times the limit."""
MEMORY_GOAL = 2048
"""MB at most, whatever the number of works: 1 GB of it is the bits of the works of OpenAlex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One process."""

    seconds: float
    processor: float
    """Seconds of processors that it used."""
    megabytes: float
    """Peak of the resident memory."""
    document: dict[str, Any]


def made(works: int, form: str) -> Path:
    """The snapshot; made when it is not there."""
    root = DATA / f"snapshot-{works}-{form}"
    if not (root / "whole").exists() and not any(root.rglob("manifest.json")):
        shutil.rmtree(root, ignore_errors=True)
        maker = str(ROOT / "benchmarks" / "snapshot_maker.py")
        command = [sys.executable, maker, str(root), "--works", str(works), "--format", form]
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        print(f"made {root.name} in {time.perf_counter() - begin:.0f} s", flush=True)
    return root


def command(root: Path, output: Path, metrics: str) -> list[str]:
    return [
        sys.executable, "-m", "pipeline", "measure", str(root), "--snapshot", "--json",
        "--metrics", metrics, "--output", str(output),
    ]  # fmt: skip


def started(argv: list[str], log: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out, log.with_suffix(".err").open("wb") as err:
        return subprocess.Popen(argv, cwd=ROOT, stdout=out, stderr=err, env=environment)


def ran(argv: list[str], log: Path) -> Ran:
    """Run a process to its end."""
    begin = time.perf_counter()
    process = started(argv, log)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(log.with_suffix(".err").read_text())
    text = log.read_text()
    return Ran(
        seconds=seconds,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        document=json.loads(text) if text else {},
    )


def killed(argv: list[str], log: Path, extracts: Path, files: int) -> tuple[float, int]:
    """Run a process until half of the files are parsed, then kill -9 it."""
    begin = time.perf_counter()
    process = started(argv, log)
    while process.poll() is None:
        done = len(list(extracts.glob("[!.]*"))) if extracts.is_dir() else 0
        if done >= files / 2:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return time.perf_counter() - begin, len(list(extracts.glob("[!.]*")))
        time.sleep(0.01)
    raise SystemExit("it was ready before it could be killed; take more works")


def read(root: Path) -> None:
    """The limit: the needed columns of all files, by pyarrow alone, as many files at a time."""
    paths = sorted(p for p in root.rglob("part_*") if p.is_file())
    import pyarrow.json
    import pyarrow.parquet  # noqa: F401  starting up is not timed

    reader = read_parquet if paths[0].suffix == ".parquet" else read_jsonl
    begin = time.perf_counter()
    with ThreadPoolExecutor(min(len(os.sched_getaffinity(0)), 8)) as pool:
        rows = sum(pool.map(reader, paths))
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - begin}))


def read_parquet(path: Path) -> int:
    import pyarrow.parquet as pq

    columns = ["id", "cited_by_count", "publication_year", "authorships.list.element.author.id"]
    with pq.ParquetFile(path) as file:
        return sum(
            b.num_rows for b in file.iter_batches(1 << 16, columns=columns, use_threads=False)
        )


def read_jsonl(path: Path) -> int:
    import pyarrow as pa
    from pyarrow import json as pa_json

    author = pa.struct([("author", pa.struct([("id", pa.string())]))])
    schema = pa.schema(
        [
            ("id", pa.string()),
            ("cited_by_count", pa.int64()),
            ("publication_year", pa.int64()),
            ("authorships", pa.list_(author)),
        ]
    )
    with pa.OSFile(str(path)) as raw, pa.CompressedInputStream(raw, "gzip") as stream:
        table = pa_json.read_json(
            stream,
            read_options=pa_json.ReadOptions(block_size=16 << 20, use_threads=False),
            parse_options=pa_json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="ignore"
            ),
        )
    return table.num_rows


def size(folder: Path) -> float:
    """Megabytes of all files."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6


def compare(works: int, form: str, rounds: int, metrics: str) -> int:
    root, place = made(works, form), DATA / f"run-{works}-{form}"
    output, kept = place / "authors.parquet", place / "authors.work"
    argv, limit = command(root, output, metrics), [sys.executable, __file__, "--read", str(root)]
    files = len([p for p in root.rglob("part_*") if p.is_file()])
    whole: list[Ran] = []
    reads: list[Ran] = []
    for _ in range(rounds):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        reads.append(ran(limit, place / "limit.log"))
        whole.append(ran(argv, place / "run.log"))
    wanted = (output.read_bytes(), output.with_name("authors.years.parquet").read_bytes())
    disk = size(kept)
    again = ran(argv, place / "again.log")
    result = size(output.parent) - size(kept)
    shutil.rmtree(kept)
    before, left = killed(argv, place / "killed.log", kept / "extracts", files)
    resumed = ran(argv, place / "resumed.log")
    same = wanted == (output.read_bytes(), output.with_name("authors.years.parquet").read_bytes())
    told(form, root, whole, reads, again, resumed, before)
    said = whole[-1].document
    print(
        f"  disk: snapshot {size(root):,.0f} MB, work folder {disk:,.0f} MB, "
        f"result {result:,.0f} MB; {said['authors']:,} authors, {said['authorships']:,} authorships"
    )
    ratio = median(
        run.document["seconds"]["parsing"] / limit.document["seconds"]
        for run, limit in zip(whole, reads, strict=True)
    )
    goals = {
        f"parsing x {PARSE_GOAL[form]:g} the limit at most ({ratio:.2f})": ratio
        <= PARSE_GOAL[form],
        f"peak memory {MEMORY_GOAL} MB at most": max(r.megabytes for r in whole) <= MEMORY_GOAL,
        f"killed with {left} of {files} files parsed, none of them was parsed again": (
            resumed.document["files_parsed"] == files - left
        ),
        "the result after the kill is the same, byte for byte": same,
    }
    for goal, is_met in goals.items():
        print(f"  goal: {goal}: {'met' if is_met else 'MISSED'}")
    return int(not all(goals.values()))


def told(
    form: str,
    root: Path,
    whole: list[Ran],
    reads: list[Ran],
    again: Ran,
    resumed: Ran,
    before: float,
) -> None:
    said = whole[-1].document
    seconds = median(run.seconds for run in whole)
    parsing = median(run.document["seconds"]["parsing"] for run in whole)
    print(f"\n{root.name}: {said['works_read']:,} rows of {said['works']:,} works, {form}")
    print(f"  killed with half of the files parsed, after {before:.2f} s")
    for name, runs in (
        ("limit: pyarrow reads the columns", reads),
        ("the command, from raw files", whole),
        ("  the rest of it after the kill", [resumed]),
        ("again, nothing changed", [again]),
    ):
        value = median(r.seconds for r in runs)
        print(
            f"  {name:<34}{value:8.2f} s {said['works_read'] / value:12,.0f} rows/s "
            f"{median(r.processor for r in runs):8.2f} s of processors "
            f"{max(r.megabytes for r in runs):7,.0f} MB"
        )
    steps = ", ".join(f"{k} {v / seconds:.0%}" for k, v in said["seconds"].items())
    print(f"  share of the time: {steps}; parsing {said['works_read'] / parsing:,.0f} rows/s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--works", type=float, default=1e6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", nargs="+", default=["parquet", "jsonl"])
    parser.add_argument("--metrics", choices=["all", "core"], default="all")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        read(given.read)
        return 0
    works = int(given.works)
    return max(compare(works, f, given.rounds, given.metrics) for f in given.formats)


if __name__ == "__main__":
    sys.exit(main())
