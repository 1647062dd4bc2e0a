"""arXiv by the spider: the person's own feed, one request, and no haste."""

from pathlib import Path

import pytest

from spiders.items import OutcomeKind
from spiders.registry import PROVIDERS

FIXTURES = Path(__file__).parent / "pages/fixtures/arxiv"
ORCID = "0000-0002-1825-0097"
PATH = "/a/test_a_1.atom2"


def body(case):
    (path,) = (FIXTURES / case).glob("body.*")
    return path.read_bytes()


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation; `also` is the author under the iD, who is always there."""

    def site(first):
        return stand_in({PATH: first, f"/a/{ORCID}.atom2": body("person_by_orcid")})

    whole = reply(body=body("person"))
    return {
        "well": site(whole),
        "fast": site([reply(status=429, body=b"Rate exceeded."), whole]),
        "too_fast": site(reply(status=429, body=b"Rate exceeded.")),
        "long": site(reply(status=429, headers={"Retry-After": "600"})),
        "busy": site(reply(status=503)),
        "unlinked": site(reply(status=404, body=b"<html></html>")),
        "query": site(body("query")),
        "page": site(reply(body=body("challenge_200"))),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    return crawl(
        *(
            plan(
                "arxiv", server, **{name: "arxiv_author:test_a_1", f"{name}_also": f"orcid:{ORCID}"}
            )
            for name, server in world.items()
        )
    )


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["arxiv", name]


def test_one_request_brings_the_list_by_either_id(done, outcome, world):
    assert [outcome(name).kind for name in ("well", "well_also")] == [OutcomeKind.FRESH] * 2
    assert world["well"].paths() == [PATH, f"/a/{ORCID}.atom2"]
    assert len(done.collected["arxiv", "well"].works) == 2
    assert f"orcid:{ORCID}" in done.collected["arxiv", "well_also"].author.ids


def test_one_too_many_is_tried_once_more_and_the_second_stops_the_provider(outcome, world):
    assert (outcome("fast").kind, outcome("fast").requests) == (OutcomeKind.FRESH, 2)
    assert outcome("too_fast").kind is OutcomeKind.BLOCKED
    assert outcome("too_fast_also").kind is OutcomeKind.BLOCKED
    assert len(world["too_fast"].asked) == 2


def test_a_long_wait_stops_the_provider_at_once(outcome, world):
    assert outcome("long").kind is OutcomeKind.BUDGET_SPENT
    assert len(world["long"].asked) == 1


def test_a_failure_is_tried_once_more(outcome):
    assert (outcome("busy").kind, outcome("busy").requests) == (OutcomeKind.OFFLINE, 2)


def test_an_id_that_nobody_linked_is_not_found_and_says_what_to_do(outcome):
    assert outcome("unlinked").kind is OutcomeKind.NOT_FOUND
    assert "arxiv.org/user" in outcome("unlinked").reason
    assert outcome("unlinked_also").kind is OutcomeKind.FRESH


@pytest.mark.parametrize(
    ("name", "kind"), [("query", OutcomeKind.LAYOUT_CHANGED), ("page", OutcomeKind.BLOCKED)]
)
def test_an_answer_that_is_no_feed_of_a_person_is_not_taken(name, kind, outcome):
    assert outcome(name).kind is kind


def test_the_terms_of_three_seconds_and_one_connection_are_in_the_row():
    assert (PROVIDERS["arxiv"].delay, PROVIDERS["arxiv"].concurrency) == (3.0, 1)
