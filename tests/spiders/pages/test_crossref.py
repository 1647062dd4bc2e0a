"""Crossref's answers where they are odd: nothing odd becomes a count, a year or a name."""

import json

import pytest

from spiders.errors import BadRequest, LayoutChanged, NotFound
from spiders.items import PageVerdict
from spiders.pages import crossref

WORK = {"DOI": "10.5555/a1", "title": ["A"], "is-referenced-by-count": 3}
LIST = "https://api.crossref.org/works?filter=doi:10.5555%2Fa1&select=DOI,is-referenced-by-count"


def read(message, kind="work", **told):
    body = json.dumps({"status": "ok", "message-type": kind, "message": message}).encode()
    (page,) = crossref.parse(body, **told)
    return page


def work(**changed):
    return read({**WORK, **changed}).works[0]


def listed(*items, total=None, **more):
    return {"items": list(items), "total-results": len(items) if total is None else total, **more}


@pytest.mark.parametrize(
    ("parts", "year", "date"),
    [
        ([[2019, 5, 7]], 2019, "2019-05-07"),
        ([[2019, 5]], 2019, "2019-05"),
        ([["2019"]], 2019, "2019"),
        ([[2019, 13]], 2019, "2019"),
        ([[2019, None, 7]], 2019, "2019"),
        ([[0]], None, None),
        ([[None]], None, None),
        ([None], None, None),
        ([[]], None, None),
        ([], None, None),
    ],
)
def test_a_date_is_as_exact_as_it_is_said(parts, year, date):
    found = work(issued={"date-parts": parts})
    assert (found.year, found.publication_date) == (year, date)


@pytest.mark.parametrize("parts", [[2019], [["May"]], [[True]], "2019"])
def test_a_date_that_is_none_is_refused(parts):
    with pytest.raises(LayoutChanged):
        work(issued={"date-parts": parts})


@pytest.mark.parametrize("said", [None, -1, 1.5, True, "many", [3]])
def test_a_count_that_is_none_is_refused(said):
    with pytest.raises(LayoutChanged):
        work(**{"is-referenced-by-count": said})


@pytest.mark.parametrize("said", ["", "pebbles", "doi:10.5555/a1", "10.5555/a1 10.5555/a2", 10])
def test_a_doi_that_is_none_is_refused(said):
    with pytest.raises(LayoutChanged):
        work(DOI=said)


@pytest.mark.parametrize("said", [[1], [["A"]], 7])
def test_a_title_that_is_no_text_is_refused(said):
    with pytest.raises(LayoutChanged):
        work(title=said)


@pytest.mark.parametrize(("said", "title"), [("A", "A"), (["", "B"], "B"), ([], None)])
def test_a_title_is_the_first_that_says_something(said, title):
    assert work(title=said).title == title


@pytest.mark.parametrize("kind", ["retraction", "Withdrawal", "removal"])
def test_a_paper_that_was_taken_back_is_retracted(kind):
    assert work(**{"updated-by": [{"type": "correction"}, {"type": kind}]}).is_retracted is True


def test_a_paper_without_updates_is_not_said_to_stand():
    assert work().is_retracted is None


@pytest.mark.parametrize("message", [listed(WORK, total=0), {"total-results": 0}, {"items": []}])
def test_a_list_that_contradicts_itself_is_refused(message):
    with pytest.raises(LayoutChanged):
        read(message, "work-list")


def test_a_later_page_by_offset_may_end_the_list():
    page = read(listed(WORK, total=21, query={"start-index": 20}), "work-list")
    assert page.verdict is PageVerdict.PROFILE


def test_a_list_with_a_cursor_and_nothing_in_it_is_its_end():
    page = read(listed(total=21, **{"next-cursor": "x"}), "work-list")
    assert (page.verdict, page.next_cursor) == (PageVerdict.EMPTY, None)


def test_a_list_without_a_cursor_and_nothing_in_it_is_cut():
    assert read(listed(total=21), "work-list").verdict is PageVerdict.TRUNCATED


def test_a_count_that_was_asked_for_must_come():
    bare = {"DOI": "10.5555/a1"}
    with pytest.raises(LayoutChanged):
        read(listed(bare), "work-list", url=LIST)
    assert read(listed(bare), "work-list").works[0].cited_by_count is None
    with pytest.raises(LayoutChanged):
        read(listed(bare, {**WORK, "DOI": "10.5555/a2"}), "work-list")


@pytest.mark.parametrize("url", ["http://[", "not an address"])
def test_an_address_that_is_none_does_no_harm(url):
    assert read(listed(WORK), "work-list", url=url).total == 1


@pytest.mark.parametrize("kind", ["agency", "member-list"])
def test_what_is_no_work_is_refused(kind):
    with pytest.raises(LayoutChanged, match="neither a work"):
        read(WORK, kind)


def test_an_answer_without_a_message_is_refused():
    with pytest.raises(LayoutChanged, match="message is missing"):
        read(None)


def test_a_saved_refusal_is_told_by_its_kind():
    body = b'{"status":"failed","message-type":"validation-failure","message":[]}'
    with pytest.raises(BadRequest):
        crossref.parse(body)
    with pytest.raises(NotFound):
        crossref.parse(b"Resource not found.")
