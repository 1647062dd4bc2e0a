"""The drawing process beside the run: whatever becomes of it, the run goes on.

vl-convert draws in V8, which aborts its whole process at what it cannot bear, memory among it, and
no exception tells of that. In a process of its own this costs the chart that it was at, one that
is never done is ended, and what V8 holds is given back as soon as all is drawn.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any, Self

__all__ = ["CannotDraw", "Renderer"]

MOST_ENDS = 3
"""Drawing processes that may end early before no more are started."""
MOST_SECONDS = 60.0
"""For one drawing, some hundred times what it takes."""
_PROGRAM = Path(__file__).with_name("render.py")
_log = logging.getLogger(__name__)


class CannotDraw(Exception):
    """There is no drawing of this, or nothing to draw with: the table stands alone."""


class Renderer:
    """Draws in another process, which begins with the first drawing and ends with the `with`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ends = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def svg(self, spec: dict[str, Any]) -> str:
        """A Vega-Lite specification as SVG.

        Raises:
            CannotDraw: it was refused, or the process ended over it; the log says which.
        """
        if self._ends >= MOST_ENDS:
            raise CannotDraw
        try:
            answer: dict[str, str] = json.loads(self._ask(json.dumps(spec).encode() + b"\n"))
        except (OSError, ValueError):  # an end leaves no line, or half of one
            self._ends += 1
            answer = {"error": f"the drawing process ended with {self._end()}"}
        if "svg" not in answer:
            name = spec.get("usermeta", {}).get("name")
            _log.warning("report.not_drawn chart=%s why=%s", name, answer.get("error"))
            raise CannotDraw
        return answer["svg"]

    def _ask(self, line: bytes) -> bytes:
        if self._process is None:
            _give_back()
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        asked, told = self._process.stdin, self._process.stdout
        if asked is None or told is None:  # pragma: no cover - both are pipes
            raise OSError("no pipes")
        clock = Timer(MOST_SECONDS, self._process.kill)
        clock.start()
        try:
            asked.write(line)
            asked.flush()
            return told.readline()
        finally:
            clock.cancel()

    def _end(self) -> int | None:
        """Ends the process where there is one; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()  # type: ignore[union-attr] # both are pipes
            except BrokenPipeError:
                continue
        try:
            return process.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _give_back() -> None:
    """Leaves to the other process what the history was written with, some 10 MB."""
    if arrow := sys.modules.get("pyarrow"):
        for pool in (arrow.default_memory_pool(), arrow.system_memory_pool()):
            pool.release_unused()
