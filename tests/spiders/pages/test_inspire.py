"""What INSPIRE's pages say beyond their fixtures: years of publication, and pages of a list."""

import json

import pytest

from spiders.errors import LayoutChanged
from spiders.items import PageVerdict
from spiders.pages import inspire

LIST = "https://inspirehep.net/api/literature?q=a+A.Sample.1&size=2&page={page}"


def paper(number=1, **more):
    said = {"control_number": number, "citation_count": 3, "titles": [{"title": "A paper"}]}
    return {"id": str(number), "metadata": said | more}


def work(**more):
    ((one,),) = [page.works for page in inspire.parse(json.dumps(paper(**more)).encode())]
    return one


@pytest.mark.parametrize(
    ("places", "date", "year"),
    [
        ([{"journal_title": "J", "year": 2020}, {"year": 2018}], "2019-12-31", 2020),
        ([{"pubinfo_freetext": "x"}, {"journal_title": "J", "year": 2020}], "2019", 2020),
        ([{"journal_title": "J"}], "2019", None),
        ([{"cnum": "C19-01-01"}, {"year": 2018}], "2019", 2018),
        ([], "2019-01", 2019),
        ([{"year": 20199}], None, None),
        (None, "soon", None),
    ],
)
def test_the_year_is_the_journals_or_the_earliest_that_is_said(places, date, year):
    assert work(publication_info=places, earliest_date=date).year == year


@pytest.mark.parametrize(("others", "own"), [(0, 3), (3, 0), (4, None), (None, None)])
def test_self_citations_are_the_difference_and_never_below_zero(others, own):
    found = work(citation_count_without_self_citations=others)
    assert (found.cited_by_count, found.self_citations) == (3, own)


@pytest.mark.parametrize("others", [-1, 1.5, "1,0", True, [1]])
def test_a_count_without_self_citations_that_is_none_is_refused(others):
    with pytest.raises(LayoutChanged):
        work(citation_count_without_self_citations=others)


@pytest.mark.parametrize(
    ("page", "shown", "after", "verdict"),
    [
        (1, 2, 2, PageVerdict.PROFILE),
        (1, 1, 2, PageVerdict.TRUNCATED),
        (1, 2, None, PageVerdict.TRUNCATED),
        (3, 1, None, PageVerdict.PROFILE),
        (3, 0, None, PageVerdict.TRUNCATED),
    ],
)
def test_only_the_last_page_may_be_short(page, shown, after, verdict):
    hits = [paper(n + 1) for n in range(shown)]
    links = {"next": LIST.format(page=after)} if after else {}
    body = json.dumps({"hits": {"hits": hits, "total": 5}, "links": links}).encode()
    (found,) = inspire.parse(body, url=LIST.format(page=page))
    assert found.verdict is verdict


def test_a_next_page_that_is_no_next_one_is_refused():
    links = {"next": LIST.format(page=1)}
    body = json.dumps({"hits": {"hits": [paper()], "total": 5}, "links": links}).encode()
    with pytest.raises(LayoutChanged, match=r"links\.next is no page 2"):
        inspire.parse(body, url=LIST.format(page=1))


def test_a_paper_that_comes_twice_with_two_counts_is_refused():
    hits = [paper(), paper(citation_count=4)]
    body = json.dumps({"hits": {"hits": hits, "total": 2}}).encode()
    with pytest.raises(LayoutChanged, match="came before with another count"):
        inspire.parse(body)
