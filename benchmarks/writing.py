"""How long badge files of 50,000 authors take to write, beside a full atomic rewrite of them all.

Goals: a night without news at most 1/30 of the rewrite, one that changes 1 % of the files at most
1/40. The rewrite is a temporary file and a rename for each, unsynced: the least that keeps each
file whole. Ours syncs besides.

Usage: python benchmarks/writing.py [--authors 50000] [--papers 100000] [--folder DIR] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from timing import ROOT

sys.path.insert(0, str(ROOT))

from pipeline.model import Artifact
from pipeline.writers import save

FIGURES = ("citations", "h_index", "i10_index", "papers")
REST = 2.1
"""Seconds for which a file must have been left alone before it is taken for known."""
GOALS = {"no news": 30.0, "1 % new": 40.0}

Contents = dict[str, int]
"""The number on each badge by its path."""


def encoded(number: int) -> bytes:
    badge = {
        "schemaVersion": 1,
        "label": "citations",
        "message": str(number),
        "color": "9cf",
        "namedLogo": "openalex",
        "isError": False,
    }
    return json.dumps(badge).encode() + b"\n"


def artifacts(contents: Contents) -> list[Artifact]:
    return [Artifact(path=path, data=encoded(number)) for path, number in contents.items()]


def some_new(contents: Contents) -> Contents:
    chosen = random.sample(list(contents), len(contents) // 100)
    return contents | {path: contents[path] + 1 for path in chosen}


def rewritten(files: list[Artifact], root: Path) -> None:
    """Every file beside its place and renamed over it."""
    base = str(root)
    for file in files:
        place = f"{base}/{file.path}"
        with open(f"{place}.new", "wb") as handle:  # noqa: PTH123 - the baseline is to be quick
            handle.write(file.data)
        os.replace(f"{place}.new", place)  # noqa: PTH105


def synced_each(files: list[Artifact], root: Path) -> None:
    """The same with a sync for each file, as one would write a file alone."""
    for file in files:
        place = root / file.path
        with (part := place.with_name(f".{place.name}.new")).open("wb") as handle:
            handle.write(file.data)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(place)


def timed(
    do: Callable[[list[Artifact], Path], object], files: list[Artifact], root: Path
) -> tuple[float, float]:
    """Seconds by the wall and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    do(files, root)
    return time.perf_counter() - wall, time.process_time() - processor


def settled(files: list[Artifact], root: Path) -> None:
    """Two nights pass, so that what was written is known."""
    os.sync()
    time.sleep(REST)
    save(files, root)


def nights(contents: Contents, root: Path, rounds: int) -> Iterator[tuple[str, float, float]]:
    """Every case of each round: what it is, its seconds and those of the processor."""
    files = artifacts(contents)
    yield "first", *timed(save, files, root)
    time.sleep(REST)
    yield "all read", *timed(save, files, root)
    for _ in range(rounds):
        yield "rewrite", *timed(rewritten, files, root)
        settled(files, root)
        yield "no news", *timed(save, files, root)
        for _ in range(2):  # of the second one yesterday's news are to be read besides
            contents = some_new(contents)
            files = artifacts(contents)
            time.sleep(REST)
            found = timed(save, files, root)
        yield "1 % new", *found
    sample = random.sample(files, min(len(files), 2000))
    wall, processor = timed(synced_each, sample, root)
    times = len(files) / len(sample)
    yield "rewrite, each synced", wall * times, processor * times
    wall, processor = timed(lambda *_: artifacts(contents), files, root)
    yield "encoding as JSON", wall, processor


def compared(title: str, contents: Contents, folder: Path, rounds: int) -> dict[str, float]:
    """Prints each case; returns how many times longer the rewrite takes."""
    print(f"\n{title}: {len(contents):,} files, {rounds} rounds")
    seconds: dict[str, list[tuple[float, float]]] = {}
    root = Path(tempfile.mkdtemp(prefix="writing-", dir=folder))
    try:
        for name, wall, processor in nights(contents, root, rounds):
            seconds.setdefault(name, []).append((wall, processor))
    finally:
        shutil.rmtree(root)
    base = seconds["rewrite"]
    times = {}
    for name, found in seconds.items():
        is_paired = len(found) == len(base)
        pairs = zip(found, base if is_paired else base[:1] * len(found), strict=True)
        ratios = sorted(other[0] / own[0] for own, other in pairs)
        times[name] = median(ratios)
        wall, processor = (median(each) for each in zip(*found, strict=True))
        line = f"{name:<21} {wall:8.3f} s ({processor:6.3f} of the processor)"
        least, most = ratios[0], ratios[-1]
        print(f"{line}  1/{times[name]:.1f} of the rewrite (1/{least:.1f} to 1/{most:.1f})")
    return times


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--authors", type=int, default=50_000)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=ROOT / "benchmarks" / "data")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1)  # noqa: S311 - made-up numbers
    authors = {
        f"badges/a{5 * 10**9 + n}/{figure}.json": draw.randrange(10_000)
        for n in range(asked.authors)
        for figure in FIGURES
    }
    papers = {f"badges/ada/papers/{n:x}.json": draw.randrange(10_000) for n in range(asked.papers)}
    times = compared(f"{asked.authors:,} authors", authors, asked.folder, asked.rounds)
    if papers:
        compared("one author's papers", papers, asked.folder, 1)
    missed = 0
    for name, goal in GOALS.items():
        is_met = times[name] >= goal
        missed += not is_met
        said = f"1/{times[name]:.1f}, goal 1/{goal:g} at most"
        print(f"{name}: {said}: {'met' if is_met else 'MISSED'}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
