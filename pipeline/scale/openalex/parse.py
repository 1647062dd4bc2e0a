"""Parsing all data files that have no extract yet, several at a time, the newest first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event

from pipeline.scale.openalex import disk
from pipeline.scale.openalex.extract import Extract, Extracts
from pipeline.scale.openalex.layout import Source
from pipeline.scale.openalex.progress import Progress

MOST_AT_ONCE = 8
"""Files; each takes up to some 200 MB while it is parsed."""
_STEP = "parsing"


def parse(
    extracts: Extracts,
    sources: Sequence[Source],
    *,
    workers: int | None,
    progress: Progress,
) -> dict[str, Extract]:
    """Extracts of all files by name; those that are there are not made again.

    Raises:
        ConfigError: a file is damaged. Extracts of finished files are kept.
        StorageError: the disk is full, or will be.
    """
    found = extracts.kept(sources)
    left = [source for source in sources if source.name not in found]
    if found:
        progress.say(f"{len(found):,} of {len(sources):,} files were parsed before")
    room = _Room(extracts.folder, sources)
    room.check(found.values())
    works = 0
    progress.begin(_STEP)
    for extract in _made(extracts, left, at_once=workers or usable()):
        found[extract.source.name] = extract
        works += extract.works
        more = f"; {len(found):,} of {len(sources):,} files"
        size = sum(e.source.size for e in found.values()) >> 20
        progress.count(_STEP, size, room.snapshot >> 20, unit="MB", more=more)
        room.check(found.values())
    progress.done(_STEP, works, unit="works")
    if left:
        extracts.sync()
    return found


def usable() -> int:
    """Processors that this process may use, and no more than are of use."""
    return min(len(os.sched_getaffinity(0)), MOST_AT_ONCE)


def _made(extracts: Extracts, sources: Sequence[Source], *, at_once: int) -> Iterator[Extract]:
    """Extracts as they get ready; after the first failure no other file is finished."""
    stop = Event()
    pool = ThreadPoolExecutor(max(1, at_once))
    try:
        jobs: list[Future[Extract]] = [pool.submit(extracts.make, s, stop) for s in sources]
        for job in as_completed(jobs):
            yield job.result()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


class _Room:
    """Whether the disk will do."""

    def __init__(self, folder: Path, sources: Sequence[Source]) -> None:
        self._folder = folder
        self.snapshot = sum(source.size for source in sources)

    def check(self, extracts: Iterable[Extract]) -> None:
        made = list(extracts)
        need = disk.needed(
            snapshot=self.snapshot,
            parsed=sum(extract.source.size for extract in made),
            kept=sum(extract.size for extract in made),
        )
        disk.refuse_if_short(self._folder, need)
