"""SerpApi by the spider: page after page until a short one, and a key that nobody sees."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from spiders.items import OutcomeKind

KEY = "CANARY:serp,api*/key+47&x=y"
USER = "AAAAAAAAAAAJ"
TOTAL = 230


def article(number, user=USER):
    return {
        "title": f"Paper {number}",
        "citation_id": f"{user}:pub{number:09d}",
        "cited_by": {"value": 1},
        "year": "2020",
    }


def profile(numbers, *, total, user=USER, start=0, **more):
    table = [{n: {"all": v}} for n, v in (("citations", total), ("h_index", 1), ("i10_index", 0))]
    return {
        "search_metadata": {"status": "Success"},
        "search_parameters": {"author_id": user, "start": start, "num": "100"},
        "author": {"name": "Ada Test"},
        "articles": [article(n, user) for n in numbers],
        "cited_by": {"table": table},
        **more,
    }


def whole_list(total, reply):
    def page(asked):
        query = parse_qs(urlsplit(asked.target).query)
        start, num = int(query["start"][0]), int(query["num"][0])
        numbers = range(start, min(start + num, total))
        if start and not numbers:
            said = {"search_metadata": {"status": "Success"}, "error": "no results"}
            return reply.json(said)
        return reply.json(profile(numbers, total=total, start=start))

    return page


def refused(reply, text, *, status=200):
    return reply.json({"error": text}, status=status)


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation."""

    def site(page):
        return stand_in({"/search.json": page})

    cut = reply.json(profile(range(40), total=60, serpapi_pagination={"next": "/?start=100"}))
    end = {"search_metadata": {"status": "Error"}, "error": f"We failed {KEY}"}
    elsewhere = stand_in()
    echo = f"?api_key={quote(KEY, safe='')}"
    return {
        "pages": site(whole_list(TOTAL, reply)),
        "exact": site(whole_list(100, reply)),
        "cut": site(cut),
        "empty": site(reply.json(profile((), total=60))),
        "circle": site(lambda asked: reply.json(profile(range(100), total=100))),
        "endless": site(
            lambda asked: reply.json(
                profile(
                    range(
                        start := int(parse_qs(urlsplit(asked.target).query)["start"][0]),
                        start + 100,
                    ),
                    total=10**6,
                    start=start,
                )
            )
        ),
        "spent": site(refused(reply, "Your account has run out of searches.", status=429)),
        "key": site(refused(reply, f"Invalid API key {KEY}", status=401)),
        "nobody": site(refused(reply, "Google Scholar hasn't returned any results for this query")),
        "failed": site(reply.json(end)),
        "page": site(reply(status=500, body=f"<html>{KEY} api_key={quote(KEY)}".encode())),
        "led": site(reply(status=302, headers={"Location": f"{elsewhere.url}/{echo}"})),
        "downgraded": site(reply(status=302, headers={"Location": f"http://serpapi.com/{echo}"})),
        "keyless": site(whole_list(1, reply)),
        "elsewhere": elsewhere,
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    return crawl(
        *(
            plan(
                "serpapi",
                server,
                api_key=None if name == "keyless" else KEY,
                **{name: f"google_scholar:{USER}"},
            )
            for name, server in world.items()
            if name != "elsewhere"
        ),
        names={"serpapi.com": "127.0.0.1"},
    )


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["serpapi", name]


def test_pages_of_a_hundred_are_read_until_a_short_one(outcome, world, done):
    assert outcome("pages").kind is OutcomeKind.FRESH, outcome("pages").reason
    found = done.collected["serpapi", "pages"]
    assert len(found.works) == found.author.works_expected == TOTAL
    assert not found.author.is_truncated
    queries = [parse_qs(urlsplit(target).query) for target in world["pages"].targets()]
    assert [query["start"] for query in queries] == [["0"], ["100"], ["200"]]
    assert {(query["num"][0], query["hl"][0]) for query in queries} == {("100", "en")}


def test_a_list_that_ends_with_a_full_page_costs_an_empty_one(outcome, done):
    assert (outcome("exact").kind, outcome("exact").requests) == (OutcomeKind.FRESH, 2)
    assert len(done.collected["serpapi", "exact"].works) == 100


def test_records_have_the_ids_of_google_scholar(done):
    ids = [work.record_id for work in done.collected["serpapi", "exact"].works]
    assert ids[0] == f"google_scholar:{USER}:pub000000000"


@pytest.mark.parametrize("name", ["cut", "empty", "circle"])
def test_a_list_that_is_not_whole_is_refused(name, outcome, done):
    assert outcome(name).kind is OutcomeKind.REFUSED
    assert "incomplete" in outcome(name).reason
    assert ("serpapi", name) not in done.collected


def test_searches_of_an_author_are_bounded(outcome):
    assert (outcome("endless").kind, outcome("endless").requests) == (OutcomeKind.REFUSED, 35)


@pytest.mark.parametrize(
    ("name", "kind", "requests"),
    [
        ("spent", OutcomeKind.BUDGET_SPENT, 1),
        ("key", OutcomeKind.REFUSED, 1),
        ("nobody", OutcomeKind.NOT_FOUND, 1),
        ("failed", OutcomeKind.OFFLINE, 1),
        ("page", OutcomeKind.OFFLINE, 3),
    ],
)
def test_a_refusal_is_told_by_its_words_and_status(name, kind, requests, outcome):
    assert (outcome(name).kind, outcome(name).requests) == (kind, requests)


def test_a_wrong_key_names_its_variable(outcome):
    assert "SERPAPI_KEY" in outcome("key").reason


def test_without_a_key_nobody_is_asked_and_its_variable_is_named(outcome, world):
    assert outcome("keyless").kind is OutcomeKind.REFUSED
    assert "set SERPAPI_KEY" in outcome("keyless").reason
    assert world["keyless"].asked == []


def test_the_key_reaches_its_provider_and_no_other_host(outcome, world):
    given = [parse_qs(urlsplit(t).query)["api_key"] for t in world["pages"].targets()]
    assert given == [[KEY]] * 3
    assert world["elsewhere"].asked == []
    assert outcome("led").kind is not OutcomeKind.FRESH
    assert outcome("downgraded").kind is not OutcomeKind.FRESH


def test_no_request_says_where_it_comes_from(world):
    asked = [one for server in world.values() for one in server.asked]
    assert not any(name.lower() == "referer" for one in asked for name in one.headers)


def test_no_log_reason_figure_or_record_holds_the_key(done):
    said = [done.log, done.stdout, *done.progress, repr(done.stats), repr(done.collected)]
    said += [repr(one) for one in done.outcomes.values()]
    for spelled in (KEY, quote(KEY), quote(KEY, safe=""), KEY[:10], quote(KEY, safe="")[:12]):
        assert not [text for text in said if spelled.lower() in text.lower()], spelled
    assert "api_key=***" in done.log
