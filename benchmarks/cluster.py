"""Dask: what a second worker gains, and what killed workers cost.

    python benchmarks/cluster.py [--rows 1e8] [--repeat 3] [--kills 10]

One worker and two measure the same buckets in turns (the cluster's start not counted). Then, run
after run, workers are killed by SIGKILL at a random moment, both at once every third time; each
run must end with the bytes that one process alone makes. Needs the extra `dask`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from statistics import median

from scale import Goals
from scale_rows import DATA, NOW, bucketed

from pipeline.scale import Buckets, measure_buckets
from pipeline.scale.cluster import Cluster
from pipeline.scale.engine import Wanted, measure_on

KILL_BOTH_EVERY = 3


def once(running: Cluster, buckets: Buckets) -> tuple[float, str]:
    """Seconds, and the checksum of the result."""
    out = DATA / f"result-dask-{os.getpid()}.parquet"
    begin = time.perf_counter()
    measure_on(running, buckets, Wanted(output=out, now_year=NOW, metrics="core"))
    seconds = time.perf_counter() - begin
    return seconds, digest(out)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    path.unlink()
    return found


def alone(buckets: Buckets) -> tuple[float, str]:
    out = DATA / f"result-alone-{os.getpid()}.parquet"
    begin = time.perf_counter()
    measure_buckets(buckets, output=out, now_year=NOW)
    return time.perf_counter() - begin, digest(out)


def speed_up(buckets: Buckets, repeat: int, right: str, goals: Goals) -> float:
    """The seconds of two workers."""
    times: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(repeat + 1):
        for workers in (1, 2):
            with Cluster(workers=workers) as running:
                warm(running, buckets)
                seconds, found = once(running, buckets)
            goals.check(f"{workers} workers, wrong results", found != right, 0)
            if turn:
                times[workers].append(seconds)
    gains = [one / two for one, two in zip(times[1], times[2], strict=True)]
    print(f"one worker {median(times[1]):.2f} s, two {median(times[2]):.2f} s")
    goals.check("1 / gain of the second worker", 1 / median(gains), 1 / 1.6)
    return median(times[2])


def warm(running: Cluster, buckets: Buckets) -> None:
    """Let each worker import what it needs."""
    few = Buckets(
        files=buckets.files[:8],
        rows=buckets.rows[:8],
        columns=buckets.columns,
        made_of={},
        owner=buckets.owner,
    )
    once(running, few)


def kills(buckets: Buckets, number: int, usual: float, right: str, goals: Goals) -> None:
    chance = random.Random(8)  # noqa: S311  # moments to kill at, no secret
    for kill in range(number):
        both = kill % KILL_BOTH_EVERY == 0
        with Cluster(workers=2) as running:
            warm(running, buckets)
            pids = list(running.client.run(os.getpid).values())
            victims = pids if both else pids[:1]
            after = chance.uniform(0.1, 0.9) * usual
            timer = threading.Timer(
                after, lambda v=victims: [os.kill(p, signal.SIGKILL) for p in v]
            )
            timer.start()
            seconds, found = once(running, buckets)
            timer.cancel()
        said = f"{len(victims)} killed after {after:.2f} s: {seconds:.2f} s"
        goals.check(f"{said}, wrong results", found != right, 0)
        goals.check(f"{said}, times the usual", seconds / usual, 1.8)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=float, default=1e8)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    buckets = Buckets.open(bucketed(int(options.rows)))
    goals = Goals()
    seconds, right = alone(buckets)
    print(f"one process, threads: {seconds:.2f} s")
    usual = speed_up(buckets, options.repeat, right, goals)
    kills(buckets, options.kills, usual, right, goals)
    return 1 if goals.missed else 0


if __name__ == "__main__":
    sys.exit(main())
