"""What must have been told, for a machine that remembers nothing: told from the history alone.

A CI runner forgets its folders after each run; the history comes back from the data branch, and
with it every change and when the providers last answered. A run that changed nothing need not be
in it. So a digest falls due with the first change of each period, and staleness is told on the
first day of each week that it lasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.history import Change, SummaryRow
from pipeline.history.timeline import Timeline

_EPOCH = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday: periods of a week begin on Mondays."""
_DAY = timedelta(days=1)
_CLEAR = timedelta(hours=4)
_WEEK = timedelta(days=7)


def digest_since(
    changes: Sequence[Change], rows: Sequence[SummaryRow], *, period: timedelta
) -> datetime | None:
    """Since when changes were not told; `None` when no digest falls due with the last run.

    Args:
        changes: of the history, in the order of runs.
        rows: its summary, which says what the last run was.
        period: time between two digests.
    """
    last = max((r for r in rows if r.asked_at), key=lambda r: r.asked_at or _EPOCH, default=None)
    runs = Timeline.of(changes).last_of_each_run()
    moments = {c.sequence: (c.at, c.run_id) for c in runs if c.at is not None}
    if last is None or len(moments) < 2:  # noqa: PLR2004 - the first list of all is no news
        return None
    *earlier, newest = (moments[sequence] for sequence in sorted(moments))
    at = newest[0]
    before = [moment for moment, _ in earlier if moment is not None]
    if at is None or newest[1] != last.run_id or not before:
        return None
    told_in = _number(before[-1], period)
    if told_in >= _number(at, period):
        return None
    return min(moment for moment in before if _number(moment, period) == told_in)


def stale_told(row: SummaryRow, *, stale_after: timedelta, now: datetime) -> datetime | None:
    """When staleness was last told (noon of one day a week); `None` when today is that day.

    The day begins some hours after figures became stale: runs come at about the same time each
    night, and so are clear of where it begins and ends.
    """
    if row.checked_at is None:
        return None
    passed = (now - row.checked_at - stale_after - _CLEAR) % _WEEK
    return None if passed < _DAY else now - passed + _DAY / 2


def _number(moment: datetime, period: timedelta) -> int:
    return (moment - _EPOCH) // period
