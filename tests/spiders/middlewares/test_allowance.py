"""What providers say is left, in each of their ways."""

from time import time
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import Response

from spiders.middlewares.allowance import Allowance


def told(**headers):
    stats = {}
    crawler = SimpleNamespace(stats=SimpleNamespace(set_value=stats.__setitem__))
    named = {f"X-RateLimit-{name}": value for name, value in headers.items()}
    response = Response("http://127.0.0.1/", headers=named)
    assert Allowance(crawler).process_response(Request(response.url), response) is response
    return stats


@pytest.mark.parametrize("is_moment", [False, True])
def test_a_reset_is_told_in_seconds_or_as_a_time(is_moment):
    reset = round(time()) + 3600 if is_moment else 3600
    stats = told(Remaining="17", Reset=str(reset))
    assert stats["allowance/left"] == 17
    assert abs(stats["allowance/until"] - time() - 3600) < 60


@pytest.mark.parametrize(
    ("left", "reset"), [("lots", "1"), ("1", "NaN"), ("-1", "1"), ("", "1"), ("9" * 400, "1")]
)
def test_what_is_no_number_is_not_said(left, reset):
    assert told(Remaining=left, Reset=reset) == {}
