"""How many requests the papers of one author cost, by a stand-in that counts them."""

from __future__ import annotations

from math import ceil
from urllib.parse import parse_qs, urlsplit

import pytest

from spiders.crossref import BATCH
from spiders.items import OutcomeKind, Target

AUTHOR, PAPERS = "/author/1", "/author/1/papers"


def query(asked):
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.target).query).items()}


def scholar(stand_in, reply, answers, *, papers, nested=None, stated=None, heaviest=1000):
    """Semantic Scholar: `nested` papers come with the author; more than `heaviest` end in a 504."""

    def page(asked):
        first, limit = (int(query(asked)[name]) for name in ("offset", "limit"))
        numbers = range(first, min(first + limit, papers))
        if len(numbers) > heaviest:
            return reply.json({"message": "Endpoint request timed out"}, status=504)
        after = numbers.stop if numbers.stop < papers else None
        return answers.semantic_scholar_papers(numbers, offset=first, after=after)

    came = papers if nested is None else nested
    author = answers.semantic_scholar(papers=came, stated=papers if stated is None else stated)
    return stand_in({AUTHOR: author, PAPERS: page})


def crossref(stand_in, reply):
    def listed(asked):
        dois = [one.removeprefix("doi:") for one in query(asked)["filter"].split(",")]
        items = [{"DOI": doi, "title": ["Paper"], "is-referenced-by-count": 1} for doi in dois]
        message = {"total-results": len(items), "items": items}
        return reply.json({"status": "ok", "message-type": "work-list", "message": message})

    return stand_in({"/works": listed})


@pytest.fixture(scope="module")
def world(stand_in, reply, answers):
    """One stand-in a situation, by provider, name and papers."""
    sizes = (300, 1000)
    openalex = {
        ("openalex", "list", size): stand_in(
            {"/authors/A1": answers.openalex_author(), "/works": answers.openalex_pages(size)}
        )
        for size in (*sizes, 0, 1, 100, 101)
    }
    given = (stand_in, reply, answers)
    semantic = {
        **{("whole", size): scholar(*given, papers=size) for size in sizes},
        **{("half", size): scholar(*given, papers=size, nested=size // 2) for size in sizes},
        ("none", 1000): scholar(*given, papers=1000, nested=0),
        ("more", 1001): scholar(*given, papers=1001, nested=1000),
        ("drifted", 1000): scholar(*given, papers=1000, nested=10, stated=1003),
        ("heavy", 1000): scholar(*given, papers=1000, nested=10, heaviest=500),
    }
    return {
        **openalex,
        **{("semantic_scholar", *key): server for key, server in semantic.items()},
        **{("crossref", "list", size): crossref(stand_in, reply) for size in sizes},
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    ids = {"openalex": "openalex:A1", "semantic_scholar": "semantic_scholar:1"}
    plans = []
    for (provider, name, size), server in world.items():
        one = plan(provider, server)
        follow = tuple(f"doi:10.5555/test.journal.2020.{n:06d}" for n in range(size))
        own = ids.get(provider, "orcid:0000-0002-1825-0097")
        one["targets"] = (Target(author_key=f"{name}-{size}", id=own, follow=follow),)
        plans.append(one)
    return crawl(*plans, level="ERROR")


@pytest.fixture
def cost(done, world):
    """Requests of a situation, of which every paper came once."""

    def count(provider, name, size):
        outcome = done.outcomes[provider, f"{name}-{size}"]
        assert outcome.kind is OutcomeKind.FRESH, outcome.reason
        works = done.collected[provider, f"{name}-{size}"].works
        assert len({work.record_id for work in works}) == len(works) == size
        assert len(world[provider, name, size].asked) == outcome.requests
        return outcome.requests

    return count


@pytest.mark.parametrize(("papers", "most"), [(0, 2), (1, 2), (100, 2), (101, 3)])
def test_openalex_costs_no_empty_page(papers, most, cost):
    assert cost("openalex", "list", papers) == most


@pytest.mark.parametrize(("papers", "most"), [(300, 4), (1000, 11)])
def test_openalex_costs_one_request_and_one_for_each_hundred_papers(papers, most, cost):
    assert cost("openalex", "list", papers) <= most


@pytest.mark.parametrize("papers", [300, 1000])
def test_semantic_scholar_costs_one_request_where_the_papers_come_along(papers, cost):
    assert cost("semantic_scholar", "whole", papers) == 1


@pytest.mark.parametrize(("name", "papers"), [("half", 300), ("half", 1000), ("none", 1000)])
def test_semantic_scholar_costs_one_more_where_they_do_not(name, papers, cost):
    assert cost("semantic_scholar", name, papers) == 2


def test_semantic_scholar_costs_another_one_beyond_a_thousand(cost):
    assert cost("semantic_scholar", "more", 1001) == 3


def test_a_full_page_is_not_believed_to_be_the_last_while_papers_are_missing(cost, world):
    assert cost("semantic_scholar", "drifted", 1000) == 3
    assert query(world["semantic_scholar", "drifted", 1000].asked[-1])["offset"] == "1000"


def test_a_page_that_is_too_heavy_is_asked_for_in_halves_and_not_again(cost, world):
    assert cost("semantic_scholar", "heavy", 1000) == 4
    asked = world["semantic_scholar", "heavy", 1000].asked[1:]
    pages = [(query(one)["offset"], query(one)["limit"]) for one in asked]
    assert pages == [("0", "1000"), ("0", "500"), ("500", "500")]


@pytest.mark.parametrize("papers", [300, 1000])
def test_crossref_costs_a_request_for_each_batch_of_papers(papers, cost, world):
    assert cost("crossref", "list", papers) == ceil(papers / BATCH)
    assert {asked.path for asked in world["crossref", "list", papers].asked} == {"/works"}
