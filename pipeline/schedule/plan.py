"""When runs are due: pure arithmetic from a cron expression and a time zone to moments in UTC.

In a zone that changes its clocks, a time that the clock skips is served as much later as the
clock jumps, and a time that it shows twice is served the first time only; so a nightly run is
neither lost nor doubled. Runs of every hour keep to the hours that pass.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from pipeline.errors import ConfigError
from pipeline.schedule import cron as crontab
from pipeline.schedule.cron import Cron

_DAY = timedelta(days=1)
# 29 February can be eight years off (1896 to 1904); on a certain weekday, forty.
_FAR = 41 * 366
_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An expression in a zone."""

    cron: Cron
    timezone: str
    """Name of the zone, as configured."""
    zone: tzinfo

    def next_after(self, at: datetime) -> datetime:
        """The first moment later than `at`, in UTC.

        Raises:
            ConfigError: there is none.
        """
        return self._nearest(at, forward=True)

    def last_until(self, at: datetime) -> datetime:
        """The last moment not later than `at`, in UTC.

        Raises:
            ConfigError: there is none.
        """
        return self._nearest(at, forward=False)

    def _nearest(self, at: datetime, *, forward: bool) -> datetime:
        step = _DAY if forward else -_DAY
        day = at.astimezone(self.zone).date() - step
        for _ in range(_FAR):
            # A time that a clock skipped at midnight belongs to the next day's: look at both.
            both = sorted({*_moments(self, day), *_moments(self, day + step)})
            split = bisect_right(both, at)
            near = both[split:][:1] if forward else both[:split][-1:]
            if near:
                return near[0]
            day += step
        raise ConfigError(f"schedule: {self.cron.text!r} never happens: mend the expression")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Runs that were due while nobody was there."""

    first: datetime
    latest: datetime


def make(expression: str, timezone: str) -> Plan:
    """A plan out of a configuration's words.

    Raises:
        ConfigError: a wrong expression, or a zone that is not known here.
    """
    return Plan(cron=crontab.parse(expression), timezone=timezone, zone=_zone(timezone))


def missed(plan: Plan, *, since: datetime | None, now: datetime) -> Missed | None:
    """What was due after `since` (the last run, or when somebody began to wait) and is not done.

    However many runs were due, they are one: the figures are as of now. `None` when nothing was
    missed, or when nothing is known of earlier runs.
    """
    if since is None or since > now:
        return None
    latest = plan.last_until(now)
    return Missed(first=plan.next_after(since), latest=latest) if latest > since else None


def clock_change(plan: Plan, now: datetime) -> date | None:
    """Local day of the zone's first change of clocks within a year; `None`: it has none."""
    before = now.astimezone(plan.zone).utcoffset()
    for hours in range(1, 366 * _HOURS):
        after = (now + timedelta(hours=hours)).astimezone(plan.zone)
        if after.utcoffset() != before:
            return after.date()
    return None


@lru_cache(maxsize=16)
def _moments(plan: Plan, day: date) -> tuple[datetime, ...]:
    """Everything that is due on a local day, in UTC, rising."""
    cron = plan.cron
    if not cron.matches(day):
        return ()
    # The second showing of an hour counts only for plans of every hour.
    folds = (0, 1) if len(cron.hours) == _HOURS else (0,)
    return tuple(
        sorted(
            {
                datetime(
                    day.year, day.month, day.day, hour, minute, tzinfo=plan.zone, fold=fold
                ).astimezone(UTC)
                for hour in cron.hours
                for minute in cron.minutes
                for fold in folds
            }
        )
    )


def _zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC  # known without the machine's zone data, which small containers leave out
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from pipeline.config.values import nearest

        hint = nearest(name, available_timezones())
        raise ConfigError(
            f"schedule: no time zone {name!r} is known here{hint or '; is tzdata installed?'} "
            "(write e.g. UTC or Europe/Berlin)"
        ) from None
