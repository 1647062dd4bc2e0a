from datetime import UTC, datetime, timedelta

import pytest

from pipeline.history import Change, SummaryRow
from pipeline.notify import recall

MONDAY = datetime(2027, 3, 1, 3, tzinfo=UTC)
WEEK = timedelta(days=7)


def change(day, sequence):
    at = MONDAY + timedelta(days=day) if day is not None else None
    return Change(
        author_key="ada", provider="openalex", record_id="a", metric="cited_by_count",
        date=MONDAY.date(), at=at, value=1, run_id=f"run{sequence}", sequence=sequence,
    )  # fmt: skip


def row(run_id="run9", *, checked=MONDAY, asked=MONDAY):
    return SummaryRow(
        author_key="ada", provider="openalex", name=None, stated={}, listed={},
        is_truncated=False, gone=0, as_of=checked, checked_at=checked, changed_at=checked,
        outcome=None, reason=None, asked_at=asked, run_id=run_id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "since"),
    [
        ([-7, 0], -7),
        ([-7, -5, -3, 0], -7),
        ([-8, -7, -5, 0], -7),
        ([-20, -19, 2], -20),
        ([-7, 0, 1], None),
        ([0], None),
        ([], None),
    ],
)
def test_a_digest_is_due_with_the_first_change_of_a_week(days, since):
    changes = [change(day, sequence) for sequence, day in enumerate(days, 10 - len(days))]
    found = recall.digest_since(changes, [row()], period=WEEK)
    assert found == (None if since is None else MONDAY + timedelta(days=since))


def test_no_digest_is_due_with_a_run_that_changed_nothing():
    changes = [change(-7, 8), change(0, 9)]
    later = row("run10", asked=MONDAY + timedelta(days=1))
    assert recall.digest_since(changes, [row(), later], period=WEEK) is None
    assert recall.digest_since(changes, [], period=WEEK) is None


def test_changes_of_lost_runs_begin_no_digest():
    assert recall.digest_since([change(None, 8), change(0, 9)], [row()], period=WEEK) is None


@pytest.mark.parametrize(
    ("hours", "passed"),
    [(5, None), (24, None), (27, None), (29, 13), (24 * 7, 152), (24 * 8, None)],
)
def test_staleness_counts_as_told_on_the_first_day_of_each_week(hours, passed):
    now = MONDAY + timedelta(days=14, hours=hours)
    found = recall.stale_told(row(), stale_after=timedelta(days=14), now=now)
    assert found == (None if passed is None else now - timedelta(hours=passed))


@pytest.mark.parametrize("minutes", [-90, -1, 0, 1, 90])
def test_nights_that_are_a_little_early_or_late_tell_once_a_week(minutes):
    nights = [MONDAY + timedelta(days=15 + n, minutes=minutes * (n % 2)) for n in range(28)]
    told = [recall.stale_told(row(), stale_after=timedelta(days=14), now=now) for now in nights]
    assert [n for n, at in enumerate(told) if at is None] == [0, 7, 14, 21]


def test_what_never_answered_was_never_told():
    never = row(checked=None)
    assert recall.stale_told(never, stale_after=WEEK, now=MONDAY) is None
