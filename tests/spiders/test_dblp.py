"""dblp by the spider: one request an author, and a wall that is met once."""

from pathlib import Path

import pytest

from spiders.items import OutcomeKind

FIXTURES = Path(__file__).parent / "pages/fixtures/dblp"
ADA = "dblp:07/1001-1"
PATH = "/pid/07/1001-1.xml"


def body(case):
    (path,) = (FIXTURES / case).glob("body.*")
    return path.read_bytes()


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation; `also` is a second author who is always there."""

    def site(first):
        return stand_in({PATH: first, "/pid/99/3003.xml": body("person_without_records")})

    html = {"Content-Type": "text/html; charset=utf-8"}
    return {
        "well": site(body("person")),
        "wall_200": site(reply(body=body("bot_wall_200"), headers=html)),
        "wall_500": site(reply(status=500, body=body("bot_wall_500"), headers=html)),
        "gateway": site([reply(status=502, body=b"<html>busy</html>"), reply(body=body("person"))]),
        "fast": site([reply(status=429, headers={"Retry-After": "7"}), reply(body=body("person"))]),
        "long": site(reply(status=429, headers={"Retry-After": "3600"})),
        "short": site(body("person_cut_short")),
        "namesakes": site(body("disambiguation")),
        "unknown": site(reply(status=404, body=b"<html></html>")),
        "search": site(body("search_page")),
        "other": site(body("person_orcid_of_papers")),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    return crawl(
        *(
            plan("dblp", server, **{name: ADA, f"{name}_also": "dblp:99/3003"})
            for name, server in world.items()
        )
    )


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["dblp", name]


def test_one_request_brings_the_whole_list(done, outcome, world):
    assert outcome("well").kind is OutcomeKind.FRESH
    assert outcome("well").requests == 1
    assert len(done.collected["dblp", "well"].works) == 6
    assert world["well"].paths() == [PATH, "/pid/99/3003.xml"]


@pytest.mark.parametrize("name", ["wall_200", "wall_500"])
def test_the_bot_wall_is_met_once_and_stops_the_provider(name, outcome, world, done):
    assert outcome(name).kind is OutcomeKind.BLOCKED
    assert outcome(f"{name}_also").kind is OutcomeKind.BLOCKED
    assert len(world[name].asked) == 1
    assert ("dblp", name) not in done.collected


@pytest.mark.parametrize("name", ["gateway", "fast"])
def test_what_passes_is_tried_again(name, outcome):
    assert (outcome(name).kind, outcome(name).requests) == (OutcomeKind.FRESH, 2)


def test_retry_after_is_obeyed(done):
    assert 7 in done.waits


def test_a_long_wait_stops_the_provider(outcome, world):
    assert outcome("long").kind is OutcomeKind.BUDGET_SPENT
    assert outcome("long_also").kind is OutcomeKind.BUDGET_SPENT
    assert len(world["long"].asked) == 1


def test_a_list_that_is_shorter_than_it_says_is_refused(outcome, done):
    assert outcome("short").kind is OutcomeKind.REFUSED
    assert "6 of 9 records" in outcome("short").reason
    assert ("dblp", "short") not in done.collected


@pytest.mark.parametrize("name", ["namesakes", "unknown"])
def test_nobody_is_not_found_and_says_what_to_do_and_others_are_asked_for(name, outcome):
    assert outcome(name).kind is OutcomeKind.NOT_FOUND
    assert "dblp.org" in outcome(name).reason
    assert outcome(f"{name}_also").kind is OutcomeKind.FRESH


def test_an_answer_that_is_no_person_is_not_taken(outcome):
    assert outcome("search").kind is OutcomeKind.LAYOUT_CHANGED


def test_the_record_says_whose_page_came(done):
    assert done.collected["dblp", "other"].author.author_id == "z/DanTest"
