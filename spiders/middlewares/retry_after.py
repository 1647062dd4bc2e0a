"""`Retry-After` and backoff as numbers. Pure: the clock and the dice are passed in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,12}(?:\.\d{1,9})?", re.ASCII)
_TRIES_AT_FULL_BACKOFF = 6


def retry_after(text: str | None, *, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header, seconds or HTTP date; `None` when unsaid.

    What cannot be read counts as unsaid; a date that has passed is 0.
    """
    value = (text or "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the latter for a zone of twenty digits
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def backoff(tried: int, *, base: float, dice: float) -> float:
    """Seconds before the next try after `tried` of them; `dice` in 0..1 spreads clients out."""
    return base * 2.0 ** (min(tried, _TRIES_AT_FULL_BACKOFF) - 1) * (0.5 + dice)
