"""OpenCitations by the spider: a count a paper, years beside it, and a bound to both."""

from __future__ import annotations

import pytest

from spiders.items import OutcomeKind, Target, YearCount
from spiders.opencitations import MOST_DOIS

COUNT, LIST = "/citation-count/doi:10.5555/", "/citations/doi:10.5555/"


def rows(doi, years):
    return [
        {
            "oci": f"06{n}-06",
            "citing": f"omid:br/06{n} doi:10.5555/citing{n}",
            "cited": f"omid:br/0600 doi:10.5555/{doi}",
            "creation": year,
        }
        for n, year in enumerate(years)
    ]


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation."""

    def count(said):
        return reply.json([{"count": said}])

    whole = {
        COUNT + "x1": count("3"),
        LIST + "x1": reply.json(rows("x1", ["2020-01-02", "2021", "2021-05"])),
        COUNT + "x2": count("0"),
    }
    fast = reply(status=429, body=b"Too many")
    return {
        "whole": stand_in(whole),
        "keyed": stand_in(whole),
        "differs": stand_in(whole | {COUNT + "x1": count("5")}),
        "heavy": stand_in({COUNT + "x1": count("1001"), COUNT + "x2": count("0")}),
        "gone": stand_in(whole | {COUNT + "x2": reply(status=404, body=b"no")}),
        "nothing": stand_in(),
        "token": stand_in({COUNT + "x1": reply(status=403, body=b"Invalid token.")}),
        "fast": stand_in({COUNT + "x1": fast}),
        "broken": stand_in(whole | {LIST + "x1": reply(status=500, body=b"no")}),
        "legion": stand_in(
            {f"{COUNT}y{n}": count("1") for n in range(MOST_DOIS + 3)}
            | {f"{LIST}y{n}": reply.json(rows(f"y{n}", ["2020"])) for n in range(MOST_DOIS)}
        ),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    plans = []
    for name, server in world.items():
        one = plan("opencitations", server, api_key="CANARY-token" if name == "keyed" else None)
        dois = ("x1", "x2")
        if name == "legion":
            dois = [f"y{n}" for n in range(MOST_DOIS + 3)]
        follow = tuple(f"doi:10.5555/{doi}" for doi in dois)
        keys = (name, f"{name}_also") if name in ("token", "fast") else (name,)
        one["targets"] = tuple(Target(author_key=k, id="orcid:x", follow=follow) for k in keys)
        plans.append(one)
    return crawl(*plans, level="INFO")


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["opencitations", name]


@pytest.fixture
def works(done):
    return lambda name: {w.record_id: w for w in done.collected["opencitations", name].works}


def test_a_count_comes_with_the_years_of_its_citations(outcome, works):
    assert outcome("whole").kind is OutcomeKind.FRESH, outcome("whole").reason
    work = works("whole")["doi:10.5555/x1"]
    assert work.cited_by_count == 3
    assert work.counts_by_year == (
        YearCount(year=2020, cited_by_count=1),
        YearCount(year=2021, cited_by_count=2),
    )


def test_a_zero_says_nothing_and_asks_for_no_years(works, world):
    assert works("whole")["doi:10.5555/x2"].cited_by_count is None
    assert LIST + "x2" not in world["whole"].paths()


def test_years_that_do_not_add_up_to_the_count_are_left_out(done, works):
    work = works("differs")["doi:10.5555/x1"]
    assert (work.cited_by_count, work.counts_by_year) == (5, ())
    author = done.collected["opencitations", "differs"].author
    assert author.anomalies == ("citations_listed_differ:doi:10.5555/x1",)


def test_years_of_much_cited_papers_are_not_asked_for(works, world):
    assert works("heavy")["doi:10.5555/x1"].cited_by_count == 1001
    assert len(world["heavy"].asked) == 2


def test_a_paper_that_is_not_there_leaves_the_others_standing(works):
    assert set(works("gone")) == {"doi:10.5555/x1"}


def test_nothing_at_all_is_told(outcome):
    assert outcome("nothing").kind is OutcomeKind.NOT_FOUND


def test_a_bad_token_stops_it_for_everybody(outcome, world):
    for name in ("token", "token_also"):
        assert outcome(name).kind is OutcomeKind.REFUSED
        assert "OPENCITATIONS_TOKEN" in outcome(name).reason
    assert len(world["token"].asked) == 1


def test_three_refusals_for_haste_end_it_for_everybody(outcome, world):
    for name in ("fast", "fast_also"):
        assert outcome(name).kind is OutcomeKind.BUDGET_SPENT
    assert len(world["fast"].asked) == 3


def test_years_that_cannot_be_had_cost_the_whole_author(outcome):
    assert outcome("broken").kind is OutcomeKind.OFFLINE


def test_the_token_goes_into_its_header_as_it_is(world, done):
    assert {a.headers["Authorization"] for a in world["keyed"].asked} == {"CANARY-token"}
    assert "CANARY" not in done.log


def test_requests_of_one_author_are_bounded_and_the_rest_is_told(done, outcome, works):
    assert outcome("legion").kind is OutcomeKind.FRESH, outcome("legion").reason
    assert outcome("legion").requests == 400
    assert len(works("legion")) == MOST_DOIS
    author = done.collected["opencitations", "legion"].author
    assert author.is_truncated
    assert author.anomalies == ("not_asked:3",)
    assert sum(bool(w.counts_by_year) for w in works("legion").values()) == 400 - MOST_DOIS
