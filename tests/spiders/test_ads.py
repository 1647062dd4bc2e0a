"""ADS by the spider: the list, then a POST for its metrics, within a day's allowance."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from spiders.ads import ROWS
from spiders.items import OutcomeKind

KEY = "CANARY-ads-token"
ORCID = "0000-0002-1825-0097"


def code(number):
    return f"2020TeJ..{number:09d}T"


def search(numbers, *, total, start=0, rows=ROWS, orcid=ORCID):
    docs = [
        {"bibcode": code(n), "title": [f"Paper {n}"], "citation_count": 1, "year": "2020"}
        for n in numbers
    ]
    params = {"q": f"orcid:{orcid}", "rows": str(rows), "start": str(start)}
    response = {"numFound": total, "start": start, "docs": docs}
    return {"responseHeader": {"status": 0, "params": params}, "response": response}


def metrics(total, *, h=1):
    parts = ("refereed to refereed", "refereed to nonrefereed")
    parts += ("nonrefereed to refereed", "nonrefereed to nonrefereed")
    years = {name: {"2021": 0} for name in parts} | {parts[0]: {"2021": total}}
    return {
        "skipped bibcodes": [],
        "indicators": {"h": h, "g": 1, "i10": 0},
        "citation stats": {"total number of citations": total, "number of self-citations": 1},
        "histograms": {"citations": years},
    }


def whole_list(total, reply):
    def page(asked):
        query = parse_qs(urlsplit(asked.target).query)
        start, rows = int(query["start"][0]), int(query["rows"][0])
        numbers = range(start, min(start + rows, total))
        return reply.json(search(numbers, total=total, start=start))

    return page


NONE = {"Error": "Unable to get results!", "Error Info": "No data available to generate metrics"}


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation; nobody answers without the token."""

    def site(lists=None, figures=None):
        return stand_in(
            {
                "/search/query": lists or reply.json(search((1, 2), total=2)),
                "/metrics": figures or reply.json(metrics(2)),
            }
        )

    spent = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1795219200"}
    spent["Date"] = "Fri, 20 Nov 2026 12:00:00 GMT"
    short = reply.json(search((1,), total=2))
    return {
        "fine": site(),
        "many": site(whole_list(ROWS + 2, reply)),
        "short": site(reply.json(search((), total=2))),
        "continued": site([short, reply.json(search((2,), total=2, start=1))]),
        "nobody": site(reply.json(search((), total=0))),
        "unnamed": site(reply.json({"response": {"numFound": 0, "start": 0, "docs": []}})),
        "unmeasured": site(figures=reply.json(NONE)),
        "odd": site(figures=reply.json({"indicators": {"h": 1}})),
        "key": site(reply.json({"error": f"Unauthorized {KEY}"}, status=401)),
        "spent": site(reply.json({"error": "Too many requests"}, status=429, **spent)),
        "last": site(
            [reply.json(search(range(ROWS), total=ROWS + 2), X_RateLimit_Remaining="0"), b"{}"]
        ),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run; each server has a second author."""
    other = "orcid:0000-0002-1694-233X"
    return crawl(
        *(
            plan("ads", server, api_key=KEY, **{name: f"orcid:{ORCID}", f"{name}_also": other})
            for name, server in world.items()
        )
    )


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["ads", name]


def test_papers_are_searched_by_orcid_and_measured_by_bibcode(world, outcome):
    assert outcome("fine").kind is OutcomeKind.FRESH, outcome("fine").reason
    first, second = world["fine"].asked[:2]
    query = parse_qs(urlsplit(first.target).query)
    assert (query["q"], query["rows"]) == ([f"orcid:{ORCID}"], ["2000"])
    assert (second.method, second.target) == ("POST", "/metrics")
    assert json.loads(second.body) == {
        "bibcodes": [code(1), code(2)],
        "types": ["indicators", "citations", "histograms"],
    }


def test_the_token_travels_in_a_header_alone(world, done):
    asked = [one for server in world.values() for one in server.asked]
    assert all(one.headers["Authorization"] == f"Bearer {KEY}" for one in asked)
    assert KEY not in "".join(one.target for one in asked)
    assert KEY not in done.log + "".join(o.reason or "" for o in done.outcomes.values())


def test_stated_figures_are_those_of_the_metrics(done):
    author = done.collected["ads", "fine"].author
    assert (author.author_id, author.works_count) == (ORCID, 2)
    assert (author.cited_by_count, author.h_index, author.i10_index) == (2, 1, 0)
    assert [(y.year, y.cited_by_count) for y in author.counts_by_year] == [(2021, 2)]
    assert author.counts_by_year_meaning == "received"
    assert author.extra["self_citations"] == 1


def test_more_papers_than_metrics_are_worked_out_for_are_listed_alone(world, outcome, done):
    assert outcome("many").kind is OutcomeKind.FRESH, outcome("many").reason
    found = done.collected["ads", "many"]
    assert len(found.works) == ROWS + 2
    assert found.author.h_index is None
    assert "/metrics" not in world["many"].paths()


def test_a_page_with_fewer_papers_than_asked_for_is_continued(outcome, done):
    assert outcome("continued").kind is OutcomeKind.FRESH, outcome("continued").reason
    assert len(done.collected["ads", "continued"].works) == 2


def test_a_list_that_stays_short_is_refused_after_a_second_reading(outcome):
    assert (outcome("short").kind, outcome("short").requests) == (OutcomeKind.REFUSED, 2)
    assert "incomplete: 0 of 2" in outcome("short").reason


def test_nobody_claims_papers_is_an_empty_list_and_no_metrics(outcome, world, done):
    assert outcome("nobody").kind is OutcomeKind.FRESH
    assert done.collected["ads", "nobody"].works == ()
    assert done.collected["ads", "nobody"].author.cited_by_count is None
    assert set(world["nobody"].paths()) == {"/search/query"}


def test_an_answer_that_does_not_repeat_the_orcid_is_known_by_its_address(outcome, done):
    assert done.collected["ads", "unnamed"].author.author_id == ORCID


def test_papers_without_metrics_are_listed_all_the_same(outcome, done):
    assert outcome("unmeasured").kind is OutcomeKind.FRESH
    assert done.collected["ads", "unmeasured"].author.h_index is None


def test_metrics_that_cannot_be_read_are_a_changed_layout(outcome, done):
    assert outcome("odd").kind is OutcomeKind.LAYOUT_CHANGED
    assert ("ads", "odd") not in done.collected


def test_a_wrong_token_stops_the_provider_and_names_its_variable(outcome, world):
    assert outcome("key").kind is OutcomeKind.REFUSED
    assert "ADS_API_TOKEN" in outcome("key").reason
    assert outcome("key_also").reason.startswith("not asked: ")
    assert len(world["key"].asked) == 1


def test_a_spent_allowance_is_waited_for_until_its_moment(outcome, world):
    assert (outcome("spent").kind, outcome("spent").retry_after) == (
        OutcomeKind.BUDGET_SPENT,
        43200,
    )
    assert len(world["spent"].asked) == 1


def test_no_page_is_asked_for_when_no_search_is_left(outcome, world):
    assert outcome("last").kind is OutcomeKind.BUDGET_SPENT
    assert len(world["last"].asked) == 1
