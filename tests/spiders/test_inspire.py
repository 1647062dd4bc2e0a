"""INSPIRE by the spider: who is asked for and how, completeness, and its manners."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from spiders.inspire import SIZE
from spiders.items import OutcomeKind

BAI, ORCID = "A.Testperson.1", "0000-0002-1825-0097"


def person(*bais):
    ids = [{"schema": "INSPIRE BAI", "value": bai} for bai in bais or (BAI,)]
    ids.append({"schema": "ORCID", "value": ORCID})
    name = {"value": "Testperson, Ada"}
    return {"metadata": {"control_number": 1, "name": name, "ids": ids}}


def papers(numbers, *, total, after=None):
    hits = [
        {
            "metadata": {
                "control_number": n,
                "titles": [{"title": f"Paper {n}"}],
                "citation_count": max(0, 9000 - n),
                "citation_count_without_self_citations": 0,
            }
        }
        for n in numbers
    ]
    links = {"next": f"/api/literature/?page={after}"} if after else {}
    return {"hits": {"hits": hits, "total": total}, "links": links}


def whole_list(total, reply):
    """A list by pages, the way INSPIRE pages it."""

    def page(asked):
        query = parse_qs(urlsplit(asked.target).query)
        number, size = int(query["page"][0]), int(query["size"][0])
        if number * size > 10_000:
            return reply.json({"status": 400, "message": "No more than 10000"}, status=400)
        numbers = range((number - 1) * size + 1, min(number * size, total) + 1)
        after = number + 1 if number * size < total else None
        return reply.json(papers(numbers, total=total, after=after))

    return page


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation."""

    def site(author=None, lists=None):
        found = {"hits": {"hits": [person()], "total": 1}}
        return stand_in(
            {
                "/authors": author or reply.json(found),
                f"/orcid/{ORCID}": author or reply.json(person()),
                "/literature": lists or reply.json(papers((1, 2), total=2)),
            }
        )

    slow = reply.json({"status": 429, "message": "slow down"}, status=429)
    fine = reply.json(papers((1, 2), total=2))
    short = reply.json(papers((1,), total=2))
    return {
        "bai": site(),
        "orcid": site(),
        "two_names": site(reply.json({"hits": {"hits": [person("A.T.9", BAI)], "total": 1}})),
        "nobody": site(reply.json({"hits": {"hits": [], "total": 0}})),
        "gone": site(reply.json({"status": 410, "message": "deleted"}, status=410)),
        "slow": site(lists=[slow, fine]),
        "slower": site(lists=slow),
        "told": site(lists=[reply.json({}, status=429, Retry_After="9"), fine]),
        "many": site(lists=whole_list(2 * SIZE + 3, reply)),
        "most": site(lists=whole_list(10_400, reply)),
        "short": site(lists=short),
        "shifts": site(lists=[short, fine]),
        "again": site(
            lists=[
                reply.json(papers(range(1, SIZE + 1), total=SIZE + 2, after=2)),
                reply.json(papers((SIZE, SIZE + 1), total=SIZE + 2)),
            ]
            * 2
        ),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    by_orcid = dict.fromkeys(("orcid", "gone"), f"orcid:{ORCID}")
    ids = dict.fromkeys(world, f"inspire_bai:{BAI}") | by_orcid
    return crawl(*(plan("inspire", server, **{name: ids[name]}) for name, server in world.items()))


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["inspire", name]


def test_a_bai_is_looked_up_among_authors_and_its_papers_are_searched(world, outcome, done):
    assert outcome("bai").kind is OutcomeKind.FRESH, outcome("bai").reason
    first, second = world["bai"].targets()
    assert first == f"/authors?q=ids.value:{BAI}&size=10"
    asked = parse_qs(urlsplit(second).query)
    assert asked["q"] == [f"a {BAI}"]
    assert {"citation_count_without_self_citations", "control_number"} <= set(
        asked["fields"][0].split(",")
    )
    author = done.collected["inspire", "bai"].author
    assert (author.author_id, author.name) == (BAI, "Ada Testperson")
    assert author.ids == (f"inspire_bai:{BAI}", f"orcid:{ORCID}")


def test_an_orcid_leads_to_the_bai(world, outcome):
    assert outcome("orcid").kind is OutcomeKind.FRESH, outcome("orcid").reason
    assert world["orcid"].paths() == [f"/orcid/{ORCID}", "/literature"]
    assert f"q=a+{BAI}" in world["orcid"].targets()[1]


def test_the_bai_that_was_asked_for_names_a_person_with_several(done):
    assert done.collected["inspire", "two_names"].author.author_id == BAI


@pytest.mark.parametrize("name", ["nobody", "gone"])
def test_an_unknown_or_deleted_author_is_not_found(name, outcome):
    assert (outcome(name).kind, outcome(name).requests) == (OutcomeKind.NOT_FOUND, 1)


def test_too_many_requests_are_followed_by_six_seconds_and_one_more_try(outcome, done):
    assert (outcome("slow").kind, outcome("slow").requests) == (OutcomeKind.FRESH, 3)
    assert (outcome("slower").kind, outcome("slower").requests) == (OutcomeKind.OFFLINE, 3)
    assert done.waits.count(6.0) == 2


def test_a_wait_that_is_told_is_obeyed(outcome, done):
    assert outcome("told").kind is OutcomeKind.FRESH
    assert 9.0 in done.waits


def test_a_long_list_is_read_by_pages(outcome, done, world):
    assert outcome("many").kind is OutcomeKind.FRESH, outcome("many").reason
    found = done.collected["inspire", "many"]
    assert len(found.works) == found.author.works_expected == 2 * SIZE + 3
    assert len(world["many"].asked) == 4


def test_what_is_not_shown_beyond_ten_thousand_makes_a_cut_list(outcome, done):
    assert outcome("most").kind is OutcomeKind.FRESH, outcome("most").reason
    author = done.collected["inspire", "most"].author
    assert author.is_truncated
    assert len(done.collected["inspire", "most"].works) == 10_000


@pytest.mark.parametrize("name", ["short", "again"])
def test_a_list_that_stays_short_is_refused_after_a_second_reading(name, outcome, done):
    assert outcome(name).kind is OutcomeKind.REFUSED
    assert "incomplete" in outcome(name).reason
    assert ("inspire", name) not in done.collected


def test_a_list_that_was_short_once_is_read_again(outcome, done):
    assert outcome("shifts").kind is OutcomeKind.FRESH
    assert len(done.collected["inspire", "shifts"].works) == 2
