"""Cron expressions: what they take, and what they refuse with one line."""

from datetime import date

import pytest

from pipeline.errors import ConfigError
from pipeline.schedule import cron

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)


def test_fields_are_read_in_the_order_of_cron():
    found = cron.parse("17 3 1 12 *")
    assert (found.minutes, found.hours, found.days, found.months) == ((17,), (3,), (1,), (12,))
    assert found.weekdays == (0, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("*/20", (0, 20, 40)),
        ("5,1,5", (1, 5)),
        ("10-13", (10, 11, 12, 13)),
        ("10-20/5", (10, 15, 20)),
        ("0-1,30", (0, 1, 30)),
    ],
)
def test_lists_ranges_and_steps_are_taken(text, minutes):
    assert cron.parse(f"{text} * * * *").minutes == minutes


def test_weekdays_count_from_sunday_as_in_cron():
    assert cron.parse("0 0 * * 1").matches(MONDAY)
    assert not cron.parse("0 0 * * 1").matches(SUNDAY)
    assert cron.parse("0 0 * * 0").matches(SUNDAY)


def test_seven_is_sunday_too():
    assert cron.parse("0 0 * * 7").weekdays == (0,)
    assert cron.parse("0 0 * * 5-7").weekdays == (0, 5, 6)
    assert cron.parse("0 0 * * */2").weekdays == (0, 2, 4, 6)


def test_names_of_months_and_weekdays_are_taken():
    found = cron.parse("0 0 * Jan,DEC mon-fri")
    assert found.months == (1, 12)
    assert found.weekdays == (1, 2, 3, 4, 5)


def test_a_day_and_a_weekday_mean_either():
    found = cron.parse("0 0 13 * mon")
    assert found.matches(MONDAY)
    assert found.matches(date(2026, 11, 13))
    assert not found.matches(SUNDAY)


def test_a_step_over_all_days_narrows_the_weekday():
    found = cron.parse("0 0 */2 * mon")
    assert found.matches(MONDAY)
    assert not found.matches(date(2026, 11, 16))  # a Monday with an even day
    assert not found.matches(date(2026, 11, 21))  # an odd day, no Monday


def test_the_month_holds_for_both():
    assert not cron.parse("0 0 13 12 mon").matches(MONDAY)


def test_white_space_and_case_do_not_matter():
    assert cron.parse(" 17  3 * *\tMON ").text == "17 3 * * mon"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "five fields"),
        ("17 3 * *", "five fields"),
        ("@daily", "five fields"),
        ("0 17 3 * * *", "five fields"),
        ("60 3 * * *", "'60' is no minute"),
        ("0 24 * * *", "'24' is no hour"),
        ("0 0 0 * *", "'0' is no day"),
        ("0 0 * 13 *", "'13' is no month"),
        ("0 0 * foo *", "'foo' is no month"),
        ("0 0 * * 8", "'8' is no weekday"),
        ("0 0 * * sat-mon", "'sat-mon' is no weekday"),
        ("*/0 * * * *", "'[*]/0' is no minute"),
        ("5/15 * * * *", "'5/15' is no minute"),
        ("1,,2 * * * *", "'' is no minute"),
        ("-5 * * * *", "'-5' is no minute"),
        ("٣ * * * *", "'٣' is no minute"),
        ("1\n%x * * * *", "five fields"),
        (f"{'9' * 5000} * * * *", "is no minute"),
        ("0 0 L * *", "'l' is no day"),
        ("0 0 30 2 *", "never happens"),
        ("0 0 31 4,6 *", "never happens"),
    ],
)
def test_what_is_no_expression_is_refused_with_the_field(text, says):
    with pytest.raises(ConfigError, match=says) as caught:
        cron.parse(text)
    assert "\n" not in str(caught.value)


def test_a_day_that_no_month_has_may_stand_beside_a_weekday():
    assert cron.parse("0 0 30 2 mon").matches(date(2026, 2, 2))
