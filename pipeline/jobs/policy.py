"""When a job is green, and when it is red.

A night without news is no failure: the page keeps its numbers, with their date. A job turns red
when somebody has to do something: the set-up is wrong, the storage failed, or the numbers shown
have grown older than the configuration allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Age = Literal["current", "stale", "unknown"]
Level = Literal["notice", "warning", "error"]

FRESH, PARTIAL, USAGE, NOTHING_FRESH, REFUSED, STORAGE = range(6)

_KEPT = {
    NOTHING_FRESH: "no provider gave fresh figures",
    REFUSED: "all new figures were refused by checks",
}
_AGE = {
    "stale": "the figures shown are older than `stale_after`",
    "unknown": "no figures are known yet, so a page has nothing to show",
}
_ENDED = 128
"""What shells add to the number of the signal that ended a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a job makes of one refresh."""

    exit_code: int
    """With which the job ends: 0 is green."""
    level: Level
    message: str
    """One line: what happened, and what it means."""
    is_publishable: bool
    """Whether the outputs are sound and may be published; they may be though the job is red."""


def verdict(code: int, age: Age) -> Verdict:
    """What the exit code of a refresh means for its job.

    Args:
        code: Exit code of `scholar-metrics refresh`; negative when a signal ended it.
        age: Of the figures that badges show, after the refresh.
    """
    if code == FRESH:
        return Verdict(
            exit_code=0, level="notice", message="everything is fresh", is_publishable=True
        )
    if code == PARTIAL:
        return Verdict(
            exit_code=0,
            level="warning",
            message="partly fresh: what failed keeps its last figures, with their date",
            is_publishable=True,
        )
    if code in _KEPT:
        return _kept(code, age)
    reasons = {
        USAGE: "the configuration or the inputs are wrong: nothing was asked",
        STORAGE: "the history or the outputs could not be read or written",
    }
    return Verdict(
        exit_code=code if code >= 0 else _ENDED - code,
        level="error",
        message=reasons.get(code, f"the refresh ended unexpectedly ({_how(code)})"),
        is_publishable=False,
    )


def age_of(figures: Sequence[Mapping[str, Any]]) -> Age:
    """Age of what badges show, from the rows `figures` of `refresh --json`.

    `stale` as soon as one author's figures are; `unknown` when nobody's were ever known.
    """
    shown = [row for row in figures if row["is_shown"]]
    if not shown:
        return "unknown"
    return "stale" if any(row["is_stale"] for row in shown) else "current"


def _kept(code: int, age: Age) -> Verdict:
    if age == "current":
        message = f"{_KEPT[code]}: the last ones stay, and are not older than `stale_after` yet"
        return Verdict(exit_code=0, level="warning", message=message, is_publishable=True)
    return Verdict(
        exit_code=code,
        level="error",
        message=f"{_KEPT[code]}, and {_AGE[age]}",
        is_publishable=True,
    )


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"
