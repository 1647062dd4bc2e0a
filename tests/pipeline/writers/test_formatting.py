from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.writers import formatting

VECTORS = [
    (0, "0"),
    (999, "999"),
    (1000, "1k"),
    (1049, "1k"),
    (1050, "1.1k"),
    (1150, "1.1k"),
    (1250, "1.3k"),
    (1950, "1.9k"),
    (9949, "9.9k"),
    (9999, "10k"),
    (10500, "11k"),
    (12345, "12k"),
    (99500, "100k"),
    (999499, "999k"),
    (999500, "1M"),
    (1234567, "1.2M"),
    (10**9, "1G"),
    (-1500, "-1.5k"),
    (10**27, "1000Y"),
]


@pytest.mark.parametrize(("value", "text"), VECTORS)
def test_metric_rounds_as_shields_does(value, text):
    assert formatting.metric(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(999, "999"), (1250, "1.2k"), (2300, "2.3k"), (1999, "1.9k"), (999999, "999k")],
)
def test_a_lower_bound_is_never_rounded_up(value, text):
    assert formatting.metric(value, is_bound=True) == text


@given(st.integers(min_value=0, max_value=10**15))
def test_metric_is_short_and_a_bound_is_at_most_the_rest(value):
    assert len(formatting.metric(value)) <= 4
    assert len(formatting.metric(value, is_bound=True)) <= 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x1b[31m\x7f\x85c", "ab[31m c"),
        ("two\nlines\r\tand\u2028more", "two lines and more"),
        ("\u202eevil\u202c \u2066x\u2069\u200f\u061c", "evil x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half \ud800 pair", "half pair"),
        ("\ufffe\U0001ffff ok", "ok"),
        ("fa\u200cmily \u0639\u0644\u200d\u0645", "fa\u200cmily \u0639\u0644\u200d\u0645"),
        ("<b>&amp;</b> 引用 😀", "<b>&amp;</b> 引用 😀"),
    ],
)
def test_clean_takes_out_what_misleads_and_nothing_else(text, expected):
    assert formatting.clean(text) == expected


@given(st.text())
def test_clean_text_can_be_encoded_and_is_clean(text):
    once = formatting.clean(text)
    once.encode()
    assert formatting.clean(once) == once


def test_a_text_with_nothing_left_is_unknown():
    assert formatting.cleaned("\x00 \u202e") is None
    assert formatting.cleaned(None) is None


def test_cut_never_leaves_half_a_character():
    assert formatting.cut("é" * 300) == "é" * 255
    assert formatting.cut("😀" * 200) == "😀" * 127
    assert formatting.cut("short") == "short"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (3.0, 3),
        (np.int64(7), 7),
        (np.float64(7), 7),
        (2**70, 2**70),
        (3.5, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        ("3", None),
        (None, None),
    ],
)
def test_integer_takes_whole_numbers_only(value, expected):
    found = formatting.integer(value)
    assert found == expected
    assert found is None or type(found) is int


def test_number_gives_plain_types():
    assert type(formatting.number(np.float64(1.5))) is float
    assert formatting.number(float("nan")) is None


def test_times_are_told_in_utc_and_english():
    moment = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert formatting.day(moment) == "2026-02-28"
    assert formatting.month(moment) == "Feb 2026"
    assert formatting.iso(moment) == "2026-02-28T22:30:00+00:00"
    assert formatting.iso(datetime(2026, 3, 1, 1, 2, 3, 999, tzinfo=UTC)) == (
        "2026-03-01T01:02:03+00:00"
    )


def test_json_refuses_what_no_browser_reads():
    with pytest.raises(ValueError, match="JSON"):
        formatting.json_line({"x": float("nan")})
    assert json.loads(formatting.json_page({"b": "引", "a": 1})) == {"a": 1, "b": "引"}
    assert formatting.json_line({"a": [1, "引"]}) == '{"a":[1,"引"]}'.encode()
