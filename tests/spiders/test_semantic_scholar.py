"""Semantic Scholar by the spider: one request where it can, pages where it must."""

from __future__ import annotations

import pytest

from spiders.items import OutcomeKind

AUTHOR, PAPERS = "/author/1", "/author/1/papers"


@pytest.fixture(scope="module")
def world(stand_in, reply, answers):
    """One stand-in a situation."""
    whole = answers.semantic_scholar(papers=2)
    alone = answers.semantic_scholar(papers=None, stated=3)
    slow = reply.json({"message": "Endpoint request timed out"}, status=504)
    limited = reply.json({"message": "Too Many Requests", "code": "429"}, status=429)
    pages = [
        answers.semantic_scholar_papers(range(2), after=2),
        answers.semantic_scholar_papers(range(1, 4), offset=2),
    ]
    return {
        "heavy": stand_in({AUTHOR: [slow, alone], PAPERS: pages}),
        "too_large": stand_in(
            {AUTHOR: [reply.json({"error": "too large"}, status=413), alone], PAPERS: pages}
        ),
        "cut": stand_in({AUTHOR: answers.semantic_scholar(papers=2, stated=4), PAPERS: pages}),
        "absent": stand_in({AUTHOR: alone, PAPERS: pages}),
        "empty": stand_in({AUTHOR: answers.semantic_scholar(papers=0)}),
        "more": stand_in({AUTHOR: answers.semantic_scholar(papers=3, stated=2)}),
        "limited": stand_in({AUTHOR: limited, "/author/2": whole}),
        "passes": stand_in({AUTHOR: [limited, limited, whole]}),
        "stalls": stand_in(
            {AUTHOR: alone, PAPERS: answers.semantic_scholar_papers(range(0), after=5)}
        ),
        "crowd": stand_in({AUTHOR: reply(body=b"[" + whole.body + b"," + whole.body + b"]")}),
        "unknown": stand_in(
            {AUTHOR: reply.json({"error": "Author with id 1 not found"}, status=404)}
        ),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    plans = [
        plan("semantic_scholar", server, **{name: "semantic_scholar:1"})
        for name, server in world.items()
        if name != "limited"
    ]
    two = {"limited": "semantic_scholar:1", "limited_also": "semantic_scholar:2"}
    keyed = {"keyed": "semantic_scholar:1"}
    return crawl(
        *plans,
        plan("semantic_scholar", world["limited"], **two),
        plan("semantic_scholar", world["limited"], api_key="some-key", **keyed),
    )


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["semantic_scholar", name]


@pytest.fixture
def found(done):
    return lambda name: done.collected["semantic_scholar", name]


@pytest.mark.parametrize("name", ["heavy", "too_large"])
def test_what_is_too_heavy_is_asked_for_in_pages_without_waiting(name, outcome, world):
    assert outcome(name).kind is OutcomeKind.FRESH, outcome(name).reason
    assert world[name].paths() == [AUTHOR, AUTHOR, PAPERS, PAPERS]
    assert "offset=0&limit=500" in world[name].asked[2].target
    assert "offset=2&limit=500" in world[name].asked[3].target


@pytest.mark.parametrize("name", ["cut", "absent"])
def test_papers_that_did_not_all_come_along_are_asked_for(name, found, world):
    assert len(found(name).works) == 4
    assert not found(name).author.is_truncated
    assert found(name).author.works_expected == 4
    assert world[name].paths() == [AUTHOR, PAPERS, PAPERS]


def test_papers_that_come_twice_are_kept_once(found):
    ids = [work.record_id for work in found("heavy").works]
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize(("name", "works"), [("empty", 0), ("more", 3)])
def test_a_whole_list_costs_one_request(name, works, outcome, found):
    assert outcome(name).requests == 1
    assert len(found(name).works) == works


def test_three_refusals_in_a_row_end_it_and_say_why(outcome):
    assert outcome("limited").kind is OutcomeKind.BUDGET_SPENT
    assert outcome("limited").requests == 3
    assert outcome("limited").reason.startswith("no free capacity without a key: set SEMANTIC_")
    assert outcome("limited_also").kind is OutcomeKind.BUDGET_SPENT
    assert outcome("limited_also").requests == 0


def test_with_a_key_the_reason_is_another(outcome):
    assert "key's share" in outcome("keyed").reason


def test_a_refusal_that_passes_does_no_harm(outcome):
    assert (outcome("passes").kind, outcome("passes").requests) == (OutcomeKind.FRESH, 3)


def test_pages_without_papers_end_the_list(outcome):
    assert outcome("stalls").kind is OutcomeKind.REFUSED
    assert "incomplete" in outcome("stalls").reason


def test_an_unknown_author_is_told(outcome):
    assert outcome("unknown").kind is OutcomeKind.NOT_FOUND


def test_two_authors_in_one_answer_are_nobodys(outcome):
    assert outcome("crowd").kind is OutcomeKind.LAYOUT_CHANGED
    assert "2 authors" in outcome("crowd").reason
