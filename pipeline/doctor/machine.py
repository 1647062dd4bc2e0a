"""The machine: the installation, Python, the clock."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pipeline.doctor.finding import Finding, ok, wrong
from pipeline.history import SummaryRow

RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""Day of this version's release: no sound clock shows an earlier one."""

_OWN = ("pipeline", "spiders")
_DISTRIBUTION = "scholar-metrics"
_FLOOR = (3, 11)
_TOLERANCE = timedelta(minutes=5)


def installation(
    owners: Mapping[str, Sequence[str]], *, python: tuple[int, ...] = tuple(sys.version_info[:3])
) -> Iterator[Finding]:
    """Whether Python is new enough, and our package names are ours alone.

    Args:
        owners: top-level package to the distributions that install it.
        python: version of the interpreter.
    """
    text = ".".join(str(part) for part in python)
    if python < _FLOOR:
        yield wrong(f"Python {text}: 3.11 or newer is needed")
    else:
        yield ok(f"Python {text}")
    for name in _OWN:
        others = sorted(set(owners.get(name, [])) - {_DISTRIBUTION})
        if others:
            yield wrong(
                f"another package, {', '.join(others)}, installs {name!r} too: install "
                f"{_DISTRIBUTION} in an environment of its own (pipx or uv tool)"
            )


def clock(now: datetime) -> Finding:
    """Whether the clock can be right at all."""
    if now < RELEASED:
        return wrong(
            f"the clock says {now:%Y-%m-%d}, before this version was made: set it, or dates will "
            "be wrong"
        )
    return ok(f"the clock says {now:%Y-%m-%d %H:%M} UTC")


def clock_and_runs(now: datetime, rows: Sequence[SummaryRow]) -> Iterator[Finding]:
    """Whether the clock is behind the runs that took place."""
    newest = max((at for row in rows for at in (row.asked_at, row.checked_at) if at), default=None)
    if newest is not None and now < newest - _TOLERANCE:
        yield wrong(
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, and the history has a run of "
            f"{newest:%Y-%m-%d %H:%M}: set the clock; nothing is lost by it"
        )


def clock_and_others(now: datetime, theirs: datetime, *, host: str) -> Finding:
    """Whether another machine agrees about the time."""
    if abs(now - theirs) > _TOLERANCE:
        return wrong(
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, and {host} says {theirs:%Y-%m-%d %H:%M}: "
            "set it, or dates will be wrong"
        )
    return ok(f"the clock agrees with that of {host}")
