"""Days as Scholar Feed shows them: without a year while they are of the current one.

Which year was current is told by when the page was read (the `Date` header), and by nothing
else: a guess would move every paper by a year on the first of January.
"""

from __future__ import annotations

from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from spiders.pages import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_A_DAY = timedelta(days=1)
_YEARS = range(1991, 9999)
"""Years in which a web page may have been read."""


def captured(headers: Mapping[str, str] | None) -> date | None:
    """The day a page was read, by its `Date` header (HTTP's form, or `2026-05-31`)."""
    said = reading.header(headers, "Date")
    found = _read(said.strip()) if said else None
    return found if found and found.year in _YEARS else None


def _read(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(said).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def day(month: str, day_of_month: str, year: str | None, *, at: date | None) -> date | None:
    """The day that is shown, or `None` when its year cannot be known.

    Args:
        month: Three letters.
        day_of_month: One or two digits.
        year: Four digits where the page shows them.
        at: When the page was read.

    Raises:
        ValueError: the calendar has no such day.
    """
    number = _MONTHS.index(month) + 1
    if year is not None:
        return date(int(year), number, int(day_of_month))
    date(2024, number, int(day_of_month))  # raises for a day that no year has
    if at is None:
        return None
    # At New Year the page may have been made in the year before, some time zones away.
    for current in (at.year, (at - _A_DAY).year):
        try:
            found = date(current, number, int(day_of_month))
        except ValueError:
            continue
        if found <= at + _A_DAY:
            return found
    return None
