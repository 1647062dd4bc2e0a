"""OpenAlex by the spider: completeness, budgets, and what a bad network does to it."""

from __future__ import annotations

import gzip
import itertools
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from spiders.items import OutcomeKind

LIMIT = 200_000
KEY = "CANARY-openalex-key"


@pytest.fixture(scope="module")
def world(stand_in, reply, answers):
    """One stand-in a situation; `also` is a second author who is always there."""
    author, pages = answers.openalex_author("A1"), answers.openalex_pages(2)
    works = answers.openalex_works((1, 2), total=2)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)

    def limited(retry_after=None):
        headers = {} if retry_after is None else {"Retry_After": retry_after}
        return reply.json(
            {"error": "Rate limit exceeded", "message": "slow"}, status=429, **headers
        )

    def site(first, **routes):
        return stand_in(
            {
                "/authors/A1": first,
                "/authors/A2": answers.openalex_author("A2"),
                "/works": pages,
                **routes,
            }
        )

    def listing(route, **headers):
        first = reply(
            body=author.body, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        return site(first, **{"/works": route})

    numbers = itertools.count(1)
    zipped = gzip.compress(author.body)
    return {
        "seconds": site([limited("7"), author]),
        "date": site([limited(soon), author]),
        "far": site(limited("54000")),
        "far_503": site(reply.json({}, status=503, Retry_After="54000")),
        "unsaid": site([limited(), limited(), author]),
        "plan": site(reply.json({"error": "Plan upgrade required"}, status=429)),
        "recovers": site([reply.json({}, status=503), author]),
        "recovers_html": site([reply(status=503, body=b"<html>busy</html>"), author]),
        "resets": site([reply(fault="reset"), author]),
        "cut": site([reply(body=author.body, fault="cut"), author]),
        "always_cut": site(reply(body=author.body, fault="cut")),
        "open": site(reply(body=author.body, fault="open")),
        "zipped": site(reply(body=zipped, headers={"Content-Encoding": "gzip"})),
        "zip_cut": site(reply(body=zipped[:-12], headers={"Content-Encoding": "gzip"})),
        "zip_bad": site(reply(body=b"no gzip", headers={"Content-Encoding": "gzip"})),
        "bomb": site(
            reply(body=gzip.compress(b" " * 20_000_000), headers={"Content-Encoding": "gzip"})
        ),
        "brotli": site(reply(body=b"x", headers={"Content-Encoding": "br"})),
        "huge": site(reply(body=b" " * (LIMIT + 1))),
        "nobody": site(reply.json({"meta": {"count": 0}, "results": []})),
        "unknown": site(reply(status=404, body=b"<html>404</html>")),
        "key": site(reply.json({"error": "Invalid", "message": f"no {KEY}"}, status=401)),
        "garbage": site(reply.json([1, 2])),
        "odd": site(author, **{"/works": reply.json({"meta": {"count": 1}, "results": [7]})}),
        "spent": listing(works, X_RateLimit_Remaining="0", X_RateLimit_Reset="3600"),
        "short": listing(
            lambda asked: reply(
                body=answers.openalex_pages(500)(asked).body, headers={"X-RateLimit-Remaining": "1"}
            )
        ),
        "truncated": listing(answers.openalex_works(range(1, 101), total=300)),
        "timed_out": listing(answers.openalex_works((1, 2), total=2, timed_out=True)),
        "shifts": listing(
            [
                answers.openalex_works((1, 2), total=4, after="c3", per_page=2),
                answers.openalex_works((2, 3), total=4, per_page=2),
                answers.openalex_works((1, 2), total=4, after="c3", per_page=2),
                answers.openalex_works((3, 4), total=4, per_page=2),
            ]
        ),
        "twice": listing(
            [
                answers.openalex_works((1, 2), total=4, after="c3", per_page=2),
                answers.openalex_works((2, 3), total=4, per_page=2),
            ]
            * 2
        ),
        "thousand": listing(answers.openalex_pages(1000)),
        "endless": listing(
            lambda asked: answers.openalex_works((), total=10, after="again"),
        ),
        "boundless": listing(
            lambda asked: answers.openalex_works((next(numbers),), total=10**6, after="more")
        ),
        "merged": stand_in(
            {
                "/authors/A1": reply(status=301, headers={"Location": "/authors/A9"}),
                "/authors/A2": answers.openalex_author("A2"),
                "/authors/A9": answers.openalex_author("A9"),
                "/works": pages,
            }
        ),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    return crawl(
        *(
            plan(
                "openalex",
                server,
                api_key=KEY,
                **{name: "openalex:A1", f"{name}_also": "openalex:A2"},
            )
            for name, server in world.items()
        ),
        settings={"DOWNLOAD_MAXSIZE": LIMIT},
        deadline=60.0,
    )


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["openalex", name]


@pytest.mark.parametrize(
    ("name", "requests"),
    [
        ("seconds", 3),
        ("date", 3),
        ("unsaid", 4),
        ("recovers", 3),
        ("recovers_html", 3),
        ("resets", 3),
        ("cut", 3),
        ("zipped", 2),
        ("merged", 3),
    ],
)
def test_what_passes_is_tried_again(name, requests, outcome, done):
    assert outcome(name).kind is OutcomeKind.FRESH, outcome(name).reason
    assert outcome(name).requests == requests
    assert len(done.collected["openalex", name].works) == 2


def test_retry_after_is_obeyed_in_seconds_and_as_a_date(done):
    assert 7 in done.waits
    assert any(30 < wait <= 50 for wait in done.waits)


def test_waits_without_retry_after_grow_and_stay_small(done):
    backoffs = [wait for wait in done.waits if wait != 7 and wait < 25]
    assert all(1 <= wait <= 12 for wait in backoffs)


@pytest.mark.parametrize("name", ["far", "far_503"])
def test_a_wait_beyond_the_cap_stops_the_provider(name, outcome, world):
    assert outcome(name).kind is OutcomeKind.BUDGET_SPENT
    assert outcome(name).retry_after == 54000
    assert outcome(f"{name}_also").kind is OutcomeKind.BUDGET_SPENT
    assert outcome(f"{name}_also").retry_after == 54000
    assert len(world[name].asked) == 1


def test_a_refusal_for_good_is_not_tried_again(outcome):
    assert (outcome("plan").kind, outcome("plan").requests) == (OutcomeKind.REFUSED, 1)


def test_what_stays_cut_is_offline_after_three_tries(outcome):
    assert (outcome("always_cut").kind, outcome("always_cut").requests) == (OutcomeKind.OFFLINE, 3)


@pytest.mark.parametrize("name", ["open", "zip_cut", "zip_bad"])
def test_a_body_that_is_not_whole_is_never_read(name, outcome, done):
    assert outcome(name).kind is OutcomeKind.OFFLINE
    assert ("openalex", name) not in done.collected


@pytest.mark.parametrize("name", ["bomb", "huge", "brotli"])
def test_a_body_that_nobody_asked_for_is_refused(name, outcome):
    assert outcome(name).kind is OutcomeKind.REFUSED
    assert outcome(f"{name}_also").kind is OutcomeKind.FRESH


def test_an_unknown_author_does_not_stop_the_others(outcome):
    assert outcome("unknown").kind is OutcomeKind.NOT_FOUND
    assert outcome("unknown_also").kind is OutcomeKind.FRESH


def test_an_answer_without_an_author_is_not_found(outcome):
    assert outcome("nobody").kind is OutcomeKind.NOT_FOUND


@pytest.mark.parametrize("name", ["garbage", "odd"])
def test_an_unreadable_answer_is_called_a_changed_layout(name, outcome):
    assert outcome(name).kind is OutcomeKind.LAYOUT_CHANGED


def test_a_wrong_key_stops_the_provider_and_is_not_repeated(outcome, world, done):
    assert outcome("key").kind is OutcomeKind.REFUSED
    assert outcome("key_also").reason.startswith("not asked: ")
    assert len(world["key"].asked) == 1
    assert "***" in outcome("key").reason
    assert KEY not in "".join(o.reason or "" for o in done.outcomes.values())
    assert KEY not in done.log + "".join(done.progress)


def test_no_list_is_asked_for_when_the_budget_is_spent(outcome, world):
    assert outcome("spent").kind is OutcomeKind.BUDGET_SPENT
    assert outcome("spent").retry_after == 3600
    assert world["spent"].paths() == ["/authors/A1"]


def test_no_page_is_asked_for_when_the_rest_cannot_be_paid(outcome, world):
    assert outcome("short").kind is OutcomeKind.BUDGET_SPENT
    assert world["short"].paths() == ["/authors/A1", "/works"]


@pytest.mark.parametrize("name", ["truncated", "timed_out"])
def test_a_list_cut_in_silence_is_asked_for_twice_and_refused(name, outcome, world, done):
    assert outcome(name).kind is OutcomeKind.REFUSED
    assert outcome(name).requests == 3
    assert ("openalex", name) not in done.collected


def test_the_reason_of_a_cut_list_has_the_figures(outcome):
    assert "incomplete: 100 of 300 works" in outcome("truncated").reason


def test_an_empty_page_ends_a_list(outcome):
    assert outcome("endless").kind is OutcomeKind.REFUSED
    assert outcome("endless").requests == 3


def test_a_list_that_shifted_is_read_again(outcome, done):
    assert outcome("shifts").kind is OutcomeKind.FRESH
    ids = [w.record_id for w in done.collected["openalex", "shifts"].works]
    assert ids == [f"openalex:W{n}" for n in (1, 2, 3, 4)]


def test_a_work_that_always_comes_twice_is_kept_once_and_named(outcome, done):
    found = done.collected["openalex", "twice"]
    assert [w.record_id for w in found.works] == [f"openalex:W{n}" for n in (1, 2, 3)]
    assert found.author.works_expected == 3
    assert "duplicate_works" in found.author.anomalies


def test_a_thousand_works_cost_eleven_requests(outcome, done):
    assert outcome("thousand").requests == 11
    assert len(done.collected["openalex", "thousand"].works) == 1000


def test_requests_of_an_author_are_bounded(outcome):
    assert outcome("boundless").kind is OutcomeKind.REFUSED
    assert outcome("boundless").requests == 205


def test_a_merged_author_answers_with_the_surviving_id(done):
    assert done.collected["openalex", "merged"].author.author_id == "A9"
