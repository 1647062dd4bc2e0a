"""The scheduler itself: one job, one run at a time, and nothing that happens goes unsaid.

APScheduler keeps the time; the plan says when, the runner starts each run as a process of its own
(a Twisted reactor cannot be started twice), the journal says what became of it.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from apscheduler.events import (  # type: ignore[import-untyped]
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
)
from apscheduler.schedulers.background import (  # type: ignore[import-untyped]
    BackgroundScheduler,
)
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]

from pipeline.schedule.journal import Journal, iso
from pipeline.schedule.runner import Ended

if TYPE_CHECKING:
    from collections.abc import Sequence

BUSY = 5
"""Exit code of a refresh that found the history held by another run, or the disk failing."""
_WORTH_PUBLISHING = (0, 1)
# A machine that slept gets the wall clock wrong until somebody looks at it again.
_LOOK = 60.0
_JOB = "refresh"
_log = logging.getLogger(__name__)


class Times(Protocol):
    """When runs are due; `pipeline.schedule.plan.Plan` is one."""

    def next_after(self, at: datetime) -> datetime:
        """The first moment later than `at`."""
        ...


class Runs(Protocol):
    """What starts commands; `pipeline.schedule.runner.Runner` is one."""

    def run(self, command: Sequence[str], *, deadline: float) -> Ended:
        """Run a command to its end, at most `deadline` seconds."""
        ...

    def pause(self, seconds: float) -> bool:
        """Wait; `False` when told to stop meanwhile."""
        ...

    def stop(self) -> None:
        """End what runs, start nothing more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one run does, and how long it may take."""

    refresh: tuple[str, ...]
    publish: tuple[str, ...] | None
    """Command after a refresh with exit code 0 or 1; `None` where nothing is published."""
    deadline: float
    """Seconds for each of them."""
    grace: float
    """Seconds that a run may be late."""
    retry_after: float = 600.0
    """Seconds until the one other try when another run holds the history."""


def utc_now() -> datetime:
    """The clock of real services."""
    return datetime.now(UTC)


class Service:
    """Serves one plan until it is told to end."""

    def __init__(
        self,
        times: Times,
        work: Work,
        *,
        runs: Runs,
        journal: Journal,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._times = times
        self._work = work
        self._runs = runs
        self._journal = journal
        self._clock = clock
        self._reason = "schedule"
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_listener(self._heard, _EVENTS)

    def serve(self, wait: Callable[[float], int | None], *, at_once: str | None = None) -> int:
        """Run when runs are due; `wait` gives the signal that ends it, within so many seconds.

        Args:
            wait: see `pipeline.schedule.signals.ending`.
            at_once: why a run is wanted now (`run_now`, `catch_up`), `None` when none is.

        Returns:
            130 after SIGINT, else 0. The run under way has been ended.
        """
        number: int | None = None
        self._start(at_once)
        try:
            while (number := wait(_LOOK)) is None:
                self._scheduler.wakeup()
        finally:
            _log.info("schedule.ending signal=%s", number)
            self._runs.stop()
            self._scheduler.shutdown(wait=True)
            self._journal.update(pid=None, next_run_at=None)
        return 130 if number == signal.SIGINT else 0

    def _start(self, at_once: str | None) -> None:
        now = self._clock()
        first = self._times.next_after(now)
        self._reason = at_once or "schedule"
        self._scheduler.add_job(
            self._run,
            _Trigger(self._times),
            id=_JOB,
            next_run_time=now if at_once else first,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=max(1, round(self._work.grace)),
        )
        self._journal.update(next_run_at=iso(now if at_once else first))
        self._scheduler.start()

    def _run(self) -> None:
        reason, self._reason = self._reason, "schedule"
        began = self._clock()
        _log.info("schedule.run at=%s reason=%s", iso(began), reason)
        self._journal.update(
            next_run_at=self._next(),
            last_run={
                "started_at": iso(began),
                "finished_at": None,
                "refresh_exit": None,
                "publish_exit": None,
                "reason": reason,
                "problem": None,
            },
        )
        refreshed = self._refresh()
        published = self._publish(refreshed)
        problems = [
            f"{name} {ended.problem}"
            for name, ended in (("refresh", refreshed), ("publish", published))
            if ended is not None and ended.problem
        ]
        self._finish("; ".join(problems) or None)
        _log.log(
            logging.WARNING if problems else logging.INFO,
            "schedule.ended refresh=%s publish=%s seconds=%.0f problem=%s next=%s",
            refreshed.code,
            published.code if published else None,
            (self._clock() - began).total_seconds(),
            "; ".join(problems) or None,
            self._next(),
        )

    def _refresh(self) -> Ended:
        ended = self._start_one(self._work.refresh, "refresh_exit")
        if ended.code != BUSY:
            return ended
        pause = self._work.retry_after
        _log.warning(
            "schedule.busy another run holds the history, or the disk fails; wait=%s", pause
        )
        self._journal.update(next_run_at=iso(self._clock() + timedelta(seconds=pause)))
        if not self._runs.pause(pause):
            return ended
        self._journal.update(next_run_at=self._next())
        return self._start_one(self._work.refresh, "refresh_exit")

    def _publish(self, refreshed: Ended) -> Ended | None:
        if self._work.publish is None or refreshed.code not in _WORTH_PUBLISHING:
            return None
        return self._start_one(self._work.publish, "publish_exit")

    def _start_one(self, command: tuple[str, ...], key: str) -> Ended:
        ended = self._runs.run(command, deadline=self._work.deadline)
        self._journal.update_run(**{key: ended.code})
        return ended

    def _finish(self, problem: str | None) -> None:
        self._journal.update_run(finished_at=iso(self._clock()), problem=problem)
        self._journal.update(next_run_at=self._next())

    def _next(self) -> str:
        return iso(self._times.next_after(self._clock()))

    def _heard(self, event: Any) -> None:
        """APScheduler swallows all of these, SystemExit in a job included."""
        now = self._clock()
        if event.code == EVENT_JOB_ERROR:
            kind = "error"
            detail = " ".join(f"{type(event.exception).__name__}: {event.exception}".split())
            self._finish(detail)
        elif event.code == EVENT_JOB_MISSED:
            kind = "missed"
            due = event.scheduled_run_time
            late = (now - due).total_seconds() / 3600
            detail = f"due {iso(due)}, {late:.1f} h late: more than the grace, left for the next"
            self._journal.update(next_run_at=self._next())
        else:
            kind = "overlap"
            due = event.scheduled_run_times[-1]
            detail = f"due {iso(due)}, while the run before was still under way: left out"
        self._journal.mishap(kind, at=now, detail=detail)
        level = logging.ERROR if kind == "error" else logging.WARNING
        _log.log(level, "schedule.%s %s", kind, detail)


_EVENTS = EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES


class _Trigger(BaseTrigger):  # type: ignore[misc] # the library has no types
    """Our plan, asked the library's way."""

    def __init__(self, times: Times) -> None:
        self._times = times

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The moment after the last one, so that the library sees each that was missed."""
        return self._times.next_after(previous or now)
