"""Runs whole refreshes, each in a process of its own that a fault may end at any operation.

A program: it loads the product once and forks a child for every run, so that a run costs what it
costs and not a start of Python. One JSON document a line comes in (what to do, and its options),
one goes out. `scenes.py` says from where to where a run goes, `trials.py` what must hold then.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import scenes
import trials


def serve() -> None:
    """Answer each line until there are no more."""
    memory = Path("/dev/shm")  # noqa: S108 - a disk in memory, where there is one
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        stage = scenes.Stage(Path(name))
        _load(stage)
        for line in sys.stdin:
            job = json.loads(line)
            found = getattr(trials, job.pop("do"))(stage, **job)
            print(json.dumps(found), flush=True)


def _load(stage: scenes.Stage) -> None:
    """Imports what runs import, as a child tells it: nothing of ours has been done here then."""

    def look() -> dict[str, Any]:
        home = stage.home()
        for run in scenes.PLANS["month_closes"].before:
            scenes.refresh(home, run)
        scenes.refresh_here(home, scenes.PLANS["month_closes"].struck)
        scenes.command(home, "status")
        scenes.command(home, "check")
        return {"modules": sorted(sys.modules)}

    for name in scenes.in_child(look)["modules"]:
        with suppress(ImportError):
            import_module(name)
    gc.collect()
    gc.freeze()  # what a child never looks at is never copied


if __name__ == "__main__":
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    serve()
