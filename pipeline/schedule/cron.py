"""Cron expressions of five fields, read once and then plain sets of numbers.

They are read here and not by the scheduler's library, because it counts weekdays from Monday
where cron counts them from Sunday, and wants the day of the month and the weekday to agree where
cron takes either. What is accepted means the same in crontab(5), systemd and launchd.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.errors import ConfigError

_PART = re.compile(r"(?:\*|([a-z0-9]{1,9})(?:-([a-z0-9]{1,9}))?)(?:/(\d{1,4}))?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


_FIELDS = (
    _Field(name="minute", low=0, high=59),
    _Field(name="hour", low=0, high=23),
    _Field(name="day", low=1, high=31),
    _Field(name="month", low=1, high=12, words=_MONTHS),
    _Field(name="weekday", low=0, high=7, words=WEEKDAYS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """What an expression says: each field as the numbers it allows, rising."""

    text: str
    """The expression with one space between fields, lower case."""
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    """Days of the month, 1 to 31."""
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    """0 is Sunday, as in cron."""
    is_either_day: bool
    """Whether a day is taken by the day of the month *or* the weekday: so cron means it when
    neither field begins with `*`."""

    def matches(self, day: date) -> bool:
        """Whether something happens on that day."""
        if day.month not in self.months:
            return False
        by_day = day.day in self.days
        by_weekday = day.isoweekday() % 7 in self.weekdays
        return by_day or by_weekday if self.is_either_day else by_day and by_weekday

    @property
    def is_any_day(self) -> bool:
        """Whether the day of the month does not matter."""
        return len(self.days) == 31  # noqa: PLR2004 - the longest month

    @property
    def is_any_weekday(self) -> bool:
        """Whether the weekday does not matter."""
        return len(self.weekdays) == len(WEEKDAYS)


def parse(text: str) -> Cron:
    """Read an expression.

    Raises:
        ConfigError: one line that names the field, what is wrong with it, and what is taken.
    """
    words = text.lower().split()
    if len(words) != len(_FIELDS):
        raise ConfigError(
            f"schedule: {text!r} is no cron expression: five fields are wanted (minute hour day "
            'month weekday), e.g. "17 3 * * *"'
        )
    values = [_read(f, w, text) for f, w in zip(_FIELDS, words, strict=True)]
    minutes, hours, days, months, weekdays = values
    found = Cron(
        text=" ".join(words),
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=tuple(sorted({w % 7 for w in weekdays})),
        is_either_day=not words[2].startswith("*") and not words[4].startswith("*"),
    )
    if not found.is_either_day and not _happens(found):
        raise ConfigError(
            f"schedule: {text!r} never happens: no month it names has such a day; mend day or month"
        )
    return found


def _read(field: _Field, text: str, whole: str) -> tuple[int, ...]:
    values: set[int] = set()
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise _wrong(field, part, whole)
        first, last, step = found.groups()
        if first is None:
            # 7 is Sunday's second name: counted on from 0 it would make odd steps.
            low, high = field.low, 6 if field.name == "weekday" else field.high
        else:
            low = _number(field, first, whole)
            high = _number(field, last, whole) if last else low
        if low > high or step == "0" or (step and first and not last):
            raise _wrong(field, part, whole)
        values.update(range(low, high + 1, int(step or 1)))
    return tuple(sorted(values))


def _number(field: _Field, text: str, whole: str) -> int:
    if text in field.words:
        return field.words.index(text) + field.low
    if not (text.isascii() and text.isdigit() and field.low <= int(text) <= field.high):
        raise _wrong(field, text, whole)
    return int(text)


def _wrong(field: _Field, part: str, whole: str) -> ConfigError:
    names = f" or {field.words[0]}..{field.words[-1]}" if field.words else ""
    return ConfigError(
        f"schedule: {part!r} is no {field.name} of a cron expression (in {whole!r}): "
        f"{field.low}-{field.high}{names}, *, lists, rising ranges and steps (*/2, 1-9/2) are taken"
    )


def _happens(cron: Cron) -> bool:
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
    return any(cron.days[0] <= longest.get(month, 31) for month in cron.months)
