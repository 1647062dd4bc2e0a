"""When runs are due, across clocks that change and machines that were off."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.schedule.plan import clock_change, make, missed

NIGHTLY = make("17 3 * * *", "UTC")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def following(plan, start, count):
    found = [plan.next_after(start)]
    while len(found) < count:
        found.append(plan.next_after(found[-1]))
    return [f"{one:%m-%d %H:%M}" for one in found]


def test_the_next_run_is_later_than_now():
    assert NIGHTLY.next_after(at("2026-11-20 03:16:59")) == at("2026-11-20 03:17")
    assert NIGHTLY.next_after(at("2026-11-20 03:17")) == at("2026-11-21 03:17")


def test_the_last_run_may_be_now():
    assert NIGHTLY.last_until(at("2026-11-20 03:17")) == at("2026-11-20 03:17")
    assert NIGHTLY.last_until(at("2026-11-20 03:16:59")) == at("2026-11-19 03:17")


def test_utc_is_exact_through_the_year():
    runs = []
    when = at("2026-12-31 12:00")
    for _ in range(365):
        when = NIGHTLY.next_after(when)
        runs.append(when)
    assert {b - a for a, b in pairwise(runs)} == {timedelta(days=1)}


def test_a_time_that_the_clock_skips_comes_an_hour_later_by_the_clock():
    plan = make("30 2 * * *", "Europe/Berlin")
    # 02:30 does not exist on 28 March 2027: the clock goes from 02:00 CET to 03:00 CEST.
    assert following(plan, at("2027-03-26 12:00"), 3) == [
        "03-27 01:30",
        "03-28 01:30",
        "03-29 00:30",
    ]


def test_a_time_that_the_clock_shows_twice_comes_once():
    plan = make("30 2 * * *", "Europe/Berlin")
    assert following(plan, at("2027-10-29 12:00"), 3) == [
        "10-30 00:30",
        "10-31 00:30",
        "11-01 01:30",
    ]


def test_runs_of_every_hour_go_on_through_both_changes():
    plan = make("30 * * * *", "Europe/Berlin")
    for start in ("2027-03-27 23:00", "2027-10-30 23:00"):
        found = following(plan, at(start), 5)
        assert [one[6:] for one in found] == ["23:30", "00:30", "01:30", "02:30", "03:30"]


def test_a_midnight_that_the_clock_skips_is_neither_lost_nor_out_of_order():
    plan = make("0,30 0,1,23 * * *", "America/Havana")
    # At 00:00 on 14 March 2027 the clock goes to 01:00.
    found = following(plan, at("2027-03-14 04:00"), 4)
    assert found == ["03-14 04:30", "03-14 05:00", "03-14 05:30", "03-15 03:00"]


def test_a_leap_day_is_found_years_ahead():
    assert make("0 0 29 2 *", "UTC").next_after(at("2096-03-01 00:00")) == at("2104-02-29 00:00")


def test_a_leap_day_on_a_certain_weekday_is_found_too():
    plan = make("0 0 */28 2 1", "UTC")
    assert plan.next_after(at("2026-02-02 00:00")) == at("2027-02-01 00:00")


def test_what_can_never_be_is_said_at_once():
    plan = make("0 0 * * *", "UTC")
    object.__setattr__(plan.cron, "months", ())
    with pytest.raises(ConfigError, match="never happens"):
        plan.next_after(at("2026-01-01 00:00"))


@settings(max_examples=60, deadline=None)
@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana"]),
    text=st.sampled_from(["17 3 * * *", "30 2 * * *", "*/30 * * * *", "0 0 1 * mon"]),
)
def test_the_last_run_before_the_next_one_is_no_later_than_now(start, zone, text):
    plan, now = make(text, zone), start.replace(tzinfo=UTC)
    upcoming = plan.next_after(now)
    assert upcoming > now
    assert plan.last_until(upcoming) == upcoming
    assert plan.last_until(now) <= now
    assert plan.next_after(plan.last_until(now)) == upcoming


def test_nothing_was_missed_when_the_last_run_came_after_it_was_due():
    gone = missed(NIGHTLY, since=at("2026-11-20 03:17:01"), now=at("2026-11-20 12:00"))
    assert gone is None


def test_a_manual_run_serves_the_night_before():
    assert missed(NIGHTLY, since=at("2026-11-20 11:00"), now=at("2026-11-20 12:00")) is None


def test_however_many_nights_were_missed_they_are_one():
    gone = missed(NIGHTLY, since=at("2026-11-13 03:17:01"), now=at("2026-11-20 12:00"))
    assert gone.first == at("2026-11-14 03:17")
    assert gone.latest == at("2026-11-20 03:17")


def test_where_nothing_ever_ran_nothing_was_missed():
    assert missed(NIGHTLY, since=None, now=at("2026-11-20 12:00")) is None


def test_a_run_dated_in_the_future_says_nothing():
    assert missed(NIGHTLY, since=at("2099-01-01 00:00"), now=at("2026-11-20 12:00")) is None


def test_zones_that_change_their_clocks_are_told():
    day = clock_change(make("0 0 * * *", "Europe/Berlin"), at("2026-11-20 12:00"))
    assert day == date(2027, 3, 28)


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Asia/Tokyo"])
def test_zones_that_never_change_are_told_as_well(zone):
    assert clock_change(make("0 0 * * *", zone), at("2026-11-20 12:00")) is None


@pytest.mark.parametrize("zone", ["Europe/Berlim", "Europe", "../etc/passwd", "", "/etc/passwd"])
def test_a_zone_that_is_not_known_is_refused(zone):
    with pytest.raises(ConfigError, match="no time zone") as caught:
        make("0 0 * * *", zone)
    assert "\n" not in str(caught.value)


def test_the_nearest_zone_is_named():
    with pytest.raises(ConfigError, match="did you mean 'Europe/Berlin'"):
        make("0 0 * * *", "Europe/Berlim")


def test_utc_needs_no_zone_data(monkeypatch):
    monkeypatch.setattr("zoneinfo.ZoneInfo", None)
    assert make("17 3 * * *", "utc").next_after(at("2026-11-20 12:00")) == at("2026-11-21 03:17")
