"""Crossref by the spider: forty DOIs a request, no faster than it allows, whole or not at all."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from spiders.crossref import BATCH, LONGEST, batches
from spiders.items import OutcomeKind, Target

UNKNOWN = "10.5555/nobodys"


def dois_of(asked):
    said = parse_qs(urlsplit(asked.target).query)["filter"][0]
    return [one.removeprefix("doi:") for one in said.split(",doi:")]


def listed(reply, *, short=0, stranger=False, **headers):
    """Answers any filter: each DOI has as many citations as its number."""

    def answer(asked):
        known = [doi for doi in dois_of(asked) if doi != UNKNOWN]
        items = [
            {
                "DOI": doi.upper(),
                "title": [doi],
                "is-referenced-by-count": int(re.search(r"\d+$", doi)[0]),
                "type": "journal-article",
            }
            for doi in known
        ]
        if stranger:
            items.append({"DOI": "10.5555/x99", "title": [], "is-referenced-by-count": 1})
        total = len(items)
        message = {"total-results": total, "items": items[: total - short]}
        value = {"status": "ok", "message-type": "work-list", "message": message}
        return reply.json(value, **headers)

    return answer


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation."""
    single = {"DOI": "10.5555/a,b7", "title": ["Comma"], "is-referenced-by-count": 7}
    fast = reply(status=429, body=b"<html>429 Too Many Requests</html>")
    return {
        "many": stand_in({"/works": listed(reply)}),
        "paced": stand_in(
            {"/works": listed(reply, x_rate_limit_limit="20", x_rate_limit_interval="1s")}
        ),
        "short": stand_in({"/works": listed(reply, short=1)}),
        "stranger": stand_in({"/works": listed(reply, stranger=True)}),
        "elsewhere": stand_in(),
        "comma": stand_in(
            {
                "/works": listed(reply),
                "/works/10.5555%2Fa%2Cb7": reply.json(
                    {"status": "ok", "message-type": "work", "message": single}
                ),
                "/works/10.5555%2Fa%2Cgone": reply(status=404, body=b"Resource not found."),
            }
        ),
        "fast": stand_in({"/works": fast}),
        "passes": stand_in({"/works": [fast, listed(reply)]}),
        "wall": stand_in({"/works": b"<html><body>Are you human?</body></html>"}),
        "keyed": stand_in({"/works": listed(reply)}),
    }


FOLLOWED = {
    "many": [f"doi:10.5555/x{n}" for n in range(95)] + [f"doi:{UNKNOWN}"],
    "paced": [f"doi:10.5555/x{n}" for n in range(81)],
    "elsewhere": ["doi:10.48550/arxiv.2101.00001", "doi:10.5281/zenodo.1"],
    "comma": ["doi:10.5555/a,b7", "doi:10.5555/a,gone", "doi:10.5555/x1"],
}


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    plans = []
    for name, server in world.items():
        one = plan("crossref", server, api_key="CANARY-plus" if name == "keyed" else None)
        follow = tuple(FOLLOWED.get(name, ["doi:10.5555/x1", "doi:10.5555/x2"]))
        keys = ("fast", "fast_also") if name == "fast" else (name,)
        one["targets"] = tuple(Target(author_key=k, id="orcid:x", follow=follow) for k in keys)
        plans.append(one)
    return crawl(*plans)


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["crossref", name]


@pytest.fixture
def found(done):
    return lambda name: done.collected["crossref", name]


def test_a_hundred_papers_cost_three_requests(outcome, found, world):
    assert outcome("many").kind is OutcomeKind.FRESH, outcome("many").reason
    assert outcome("many").requests == 3
    assert [len(dois_of(asked)) for asked in world["many"].asked] == [BATCH, BATCH, 16]
    counts = {work.record_id: work.cited_by_count for work in found("many").works}
    assert counts == {f"doi:10.5555/x{n}": n for n in range(95)}


def test_an_unknown_paper_has_no_record_and_spoils_nothing(found):
    assert f"doi:{UNKNOWN}" not in {work.record_id for work in found("many").works}
    assert found("many").author.works_expected == 95
    assert found("many").author.author_id is None


def test_who_asks_is_told_the_way_that_opens_the_polite_pool(world):
    (asked, *_) = world["many"].asked
    assert asked.headers["User-Agent"] == "scholar-metrics/9.9 (mailto:test@example.org)"
    assert "mailto" not in asked.target


def test_requests_go_no_faster_than_the_answers_allow(world):
    first, second, third = (asked.at for asked in world["paced"].asked)
    assert min(second - first, third - second) > 0.01, "they were told to come 20 a second"


def test_a_list_that_falls_short_of_its_total_is_refused(outcome):
    assert outcome("short").kind is OutcomeKind.REFUSED
    assert "1 of 2 works came" in outcome("short").reason


def test_a_paper_that_was_not_asked_for_is_not_taken(found):
    ids = [work.record_id for work in found("stranger").works]
    assert ids == ["doi:10.5555/x1", "doi:10.5555/x2"]


def test_papers_of_other_agencies_are_not_asked_for(outcome, found, world):
    assert outcome("elsewhere").kind is OutcomeKind.FRESH
    assert found("elsewhere").works == ()
    assert world["elsewhere"].asked == []


def test_a_paper_whose_name_would_end_the_filter_is_asked_for_alone(found, world):
    assert {w.record_id: w.cited_by_count for w in found("comma").works} == {
        "doi:10.5555/x1": 1,
        "doi:10.5555/a,b7": 7,
    }
    assert len(world["comma"].asked) == 3


def test_three_refusals_for_haste_end_it_for_everybody(outcome, world):
    assert outcome("fast").kind is OutcomeKind.BUDGET_SPENT
    assert outcome("fast_also").kind is OutcomeKind.BUDGET_SPENT
    assert len(world["fast"].asked) == 3


def test_a_refusal_that_passes_does_no_harm(outcome):
    assert (outcome("passes").kind, outcome("passes").requests) == (OutcomeKind.FRESH, 2)


def test_a_web_page_gives_no_count(outcome):
    assert outcome("wall").kind is OutcomeKind.LAYOUT_CHANGED


def test_the_token_goes_into_its_header_and_nowhere_else(done, world):
    (asked,) = world["keyed"].asked
    assert asked.headers["Crossref-Plus-Api-Token"] == "Bearer CANARY-plus"
    assert "CANARY" not in asked.target
    assert "CANARY" not in done.log


def test_addresses_stay_shorter_than_servers_take():
    long = [f"10.5555/{'(x)' * 90}{n}" for n in range(40)]
    found = list(batches(long, "https://api.crossref.org"))
    assert [doi for batch in found for doi in batch] == long
    assert len(found) > 1
    for batch in found:
        encoded = sum(len(doi) + 4 * doi.count("(") + 2 for doi in batch)
        assert encoded < LONGEST or len(batch) == 1
