"""How far a long run has come: a line at each step, and one now and then between."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY = 10.0
"""Seconds between two lines of one step."""


class Progress:
    """Lines for people, given to `tell`."""

    def __init__(
        self, tell: Callable[[str], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._begun: dict[str, float] = {}
        self._told = 0.0
        self.seconds: dict[str, float] = {}
        """How long each finished step took."""

    def say(self, line: str) -> None:
        """A line at once."""
        self._tell(line)

    def begin(self, step: str) -> None:
        """Start a step's clock."""
        self._begun.setdefault(step, self._clock())

    def count(self, step: str, done: int, of: int, *, unit: str, more: str = "") -> None:
        """Where a step is; told when the last line is old enough."""
        now = self._clock()
        begun = self._begun.setdefault(step, now)
        self._told = max(self._told, begun)
        if now - self._told < EVERY:
            return
        self._told = now
        rate = done / max(now - begun, 1e-9)
        self._tell(f"{step}: {done:,} of {of:,} {unit}, {rate:,.0f} a second{more}")

    def done(self, step: str, done: int, *, unit: str) -> None:
        """The end of a step."""
        seconds = self._clock() - self._begun.pop(step, self._clock())
        self.seconds[step] = round(seconds, 3)
        rate = f", {done / seconds:,.0f} a second" if seconds > 0 else ""
        self._tell(f"{step}: {done:,} {unit} in {seconds:,.1f} s{rate}")
