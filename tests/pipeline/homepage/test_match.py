"""Which paper of a page is which of the data."""

import pytest

from pipeline.homepage.match import Matcher
from spiders.items import WorkRecord

LONG = "A title of quite enough words"
SHORT = "Four words of it"
USER = "AAAAAAAAAAAJ"


def entry(said, count, year="2024"):
    return {"bib": {"title": said, "pub_year": year}, "num_citations": count}


def work(said, *ids, year=None):
    return WorkRecord(provider="homepage", record_id="homepage:x", title=said, ids=ids, year=year)


def key(known, paper):
    found = Matcher(known).find(paper)
    return found and found.entry.key


def test_an_alias_leads_to_the_paper(data):
    known = data(papers={"doi:10.1/a": entry(LONG, 3)})
    assert key(known, work("Another title", "doi:10.1/a")) == "doi:10.1/a"


def test_the_profiles_own_id_is_preferred_the_most_cited_first(data):
    papers = {
        "arxiv:2401.00001": entry(LONG, 9),
        f"{USER}:aaaaaaaaaaC": entry(LONG, 2),
        f"{USER}:bbbbbbbbbbC": entry(LONG, 7),
        "BBBBBBBBBBBJ:ccccccccccC": entry(LONG, 9),
    }
    assert key(data(papers=papers), work("Other", "arxiv:2401.00001")) == f"{USER}:bbbbbbbbbbC"


def test_two_arxiv_ids_under_one_title_share_no_other_id(data):
    papers = {
        "arxiv:2401.00001": entry(LONG, 9),
        "arxiv:2401.00002": entry(LONG, 5),
        f"{USER}:aaaaaaaaaaC": entry(LONG, 9),
    }
    assert key(data(papers=papers), work(LONG, "arxiv:2401.00002")) == "arxiv:2401.00002"


@pytest.mark.parametrize(
    ("said", "year", "is_found"),
    [
        (LONG.upper() + ".", None, True),
        (LONG, 2020, True),
        (LONG, 2010, False),
        (LONG + " indeed", None, False),
    ],
)
def test_a_long_title_is_enough_unless_years_forbid(said, year, is_found, data):
    known = data(papers={f"{USER}:aaaaaaaaaaC": entry(LONG, 3)})
    assert (key(known, work(said, year=year)) is not None) is is_found


@pytest.mark.parametrize(("year", "is_found"), [(None, False), (2023, False), (2024, True)])
def test_a_short_title_needs_its_year(year, is_found, data):
    known = data(papers={f"{USER}:aaaaaaaaaaC": entry(SHORT, 3)})
    assert (key(known, work(SHORT, year=year)) is not None) is is_found


@pytest.mark.parametrize("count", [None, "12", -1, 1.5, True])
def test_what_is_no_whole_number_is_not_known(count, data):
    known = data(papers={"arxiv:2401.00001": entry(LONG, count)})
    assert key(known, work(LONG, "arxiv:2401.00001")) is None
    assert known.keys == {"arxiv:2401.00001"}


def test_a_count_of_zero_is_known(data):
    known = data(papers={"arxiv:2401.00001": entry(LONG, 0)})
    assert Matcher(known).find(work(LONG)).entry.cited_by_count == 0


def test_why_a_paper_is_unknown_is_told(data):
    papers = {f"{USER}:aaaaaaaaaaC": entry(SHORT, 3), "doi:10.1/a": entry(LONG, None)}
    why = Matcher(data(papers=papers)).why_unknown
    assert "link its DOI" in why(work(SHORT))
    assert "without a whole number" in why(work("Other words", "doi:10.1/a"))
    assert "no provider" in why(work("Something else that nobody ever heard of"))
