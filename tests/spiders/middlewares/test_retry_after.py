"""`Retry-After` and backoff as numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.middlewares.retry_after import backoff, retry_after

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 0),
        ("1.5", 1.5),
        ("54000", 54000),
        ("Fri, 20 Nov 2026 12:01:00 GMT", 60),
        ("Friday, 20-Nov-26 12:01:00 GMT", 60),
        ("Fri, 20 Nov 2026 12:01:00 -0000", 60),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("9" * 400, None),
        ("Fri, 99 Nov 2026 12:01:00 GMT", None),
    ],
)
def test_retry_after_reads(text, seconds):
    assert retry_after(text, now=NOW) == seconds


@given(st.text())
def test_no_header_makes_it_raise_or_go_back_in_time(text):
    assert (retry_after(text, now=NOW) or 0) >= 0


def test_backoff_doubles_and_stops_doubling():
    waits = [backoff(n, base=2.0, dice=0.5) for n in range(1, 9)]
    assert waits == [2, 4, 8, 16, 32, 64, 64, 64]


def test_chance_spreads_it_by_half_each_way():
    assert backoff(1, base=2.0, dice=0.0) == 1
    assert backoff(1, base=2.0, dice=1.0) == 3
