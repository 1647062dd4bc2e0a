"""A redirect is followed near by, with keys for their own origin only; else it is the answer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings

from spiders.middlewares.redirects import NearRedirects

HERE = "https://api.example.org/authors/A1"


@pytest.fixture
def follow():
    """What becomes of a redirect from `HERE` to a place."""
    made = NearRedirects(Settings({"REDIRECT_MAX_TIMES": 3}))
    provider = SimpleNamespace(hosts=("api.example.org", "new.example.org"))
    spider = SimpleNamespace(base_url="https://api.example.org", provider=provider, api_key="k")
    made.crawler = SimpleNamespace(spider=spider)

    def ask(place, *, status=302, url=HERE, **meta):
        headers = {"Authorization": "Bearer k", "x-api-key": "k", "Referer": "r"}
        request = Request(url, headers=headers, meta={"author_key": "ada", **meta})
        answer = Response(url, status=status, headers={"Location": place} if place else {})
        return made.process_response(request, answer)

    return ask


@pytest.mark.parametrize(
    "place", ["/authors/A2", "https://api.example.org/authors/A2", "//api.example.org/authors/A2"]
)
def test_a_redirect_near_by_is_followed_with_the_key(follow, place):
    found = follow(place)
    assert found.url == "https://api.example.org/authors/A2"
    assert found.headers["Authorization"] == b"Bearer k"
    assert found.headers["X-Api-Key"] == b"k"
    assert "Referer" not in found.headers
    assert found.meta["author_key"] == "ada"


def test_another_host_of_the_provider_gets_no_key(follow):
    found = follow("https://new.example.org/authors/A2")
    assert found.url == "https://new.example.org/authors/A2"
    assert not {b"Authorization", b"X-Api-Key"} & set(found.headers)


@pytest.mark.parametrize(
    "place",
    [
        "http://api.example.org/authors/A1",
        "https://evil.example/",
        "https://api.example.org:8443/",
        "https://api.example.org@evil.example/",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "javascript:alert(1)",
        "http://[bad/",
        None,
    ],
)
def test_any_other_redirect_is_the_answer_itself(follow, place):
    assert follow(place).status == 302


def test_three_slashes_lead_to_no_other_host(follow):
    assert follow("///evil.example/x").url.startswith("https://api.example.org/")


def test_the_fourth_redirect_is_the_answer_itself(follow):
    assert follow("/authors/A2", redirect_times=2).url.endswith("A2")
    assert follow("/authors/A2", redirect_times=3).status == 302


def test_what_is_no_redirect_is_left_alone(follow):
    assert follow("/authors/A2", status=201).status == 201
