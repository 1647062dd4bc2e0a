"""The folders: outputs and history can be written, and the history can be read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.doctor.finding import Finding, note, ok, wrong
from pipeline.doctor.machine import clock_and_runs
from pipeline.errors import ScholarMetricsError
from pipeline.history import History

if TYPE_CHECKING:
    from pipeline.config import Config

_FREE_BYTES = 50 * 2**20


def folders(config: Config) -> Iterator[Finding]:
    """Whether results can be put where they belong."""
    for name, place in (("output", config.output), ("history", config.history_path)):
        ground = place
        while not ground.exists() and ground != ground.parent:
            ground = ground.parent
        if not ground.is_dir() or not os.access(ground, os.W_OK | os.X_OK):
            yield wrong(f"{name} {place}: cannot be written; mend its permissions")
        elif shutil.disk_usage(ground).free < _FREE_BYTES:
            yield wrong(f"{name} {place}: under 50 MB free; make room")
        else:
            yield ok(f"{name} {place}: can be written")


def history(root: Path, *, now: datetime, deep: bool) -> Iterator[Finding]:
    """Whether the past can be read; `deep` reads every byte of it."""
    past = History(root)
    try:
        rows = past.summary()
        problems = [*past.problems, *(past.verify() if deep else ())]
    except ScholarMetricsError as error:
        yield wrong(f"history: {error}")
        return
    for problem in dict.fromkeys(problems):
        yield wrong(f"history: {problem.path}: {problem.what}")
    if not rows:
        yield note("history: empty; `scholar-metrics refresh` begins it")
        return
    read = "every file read and compared with its checksum" if deep else "`--deep` reads all of it"
    yield ok(f"history: figures of {len(rows)} authors and providers; {read}")
    yield from clock_and_runs(now, rows)
