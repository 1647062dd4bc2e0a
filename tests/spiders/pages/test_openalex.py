import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.errors import BadRequest, LayoutChanged, NotFound, ProviderError, Unavailable
from spiders.items import PageVerdict
from spiders.pages import openalex

FOLDER = Path(__file__).parent / "fixtures" / "openalex"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def body_of(case):
    return next((FOLDER / case).glob("body.*")).read_bytes()


def expected(case):
    return json.loads((FOLDER / case / "expected.json").read_text("utf-8"))


REFUSED = [case for case in CASES if "error" in expected(case)]


# What its words alone do not tell: a 404 is a web page, and a 403 may say anything.
WORDLESS = {"error_not_found", "error_forbidden"}


@pytest.mark.parametrize("case", sorted({c for c in REFUSED if c.startswith("error")} - WORDLESS))
def test_a_saved_refusal_is_judged_by_its_words(case):
    meta = json.loads((FOLDER / case / "meta.json").read_text("utf-8"))
    with pytest.raises(ProviderError) as caught:
        openalex.parse(body_of(case), headers=meta["headers"])
    assert type(caught.value).__name__ == expected(case)["error"]["class"]


def works_page(*works, **meta):
    known = {"count": len(works), "per_page": 100, "next_cursor": None} | meta
    return json.dumps({"meta": known, "results": list(works)}).encode()


def work(**changed):
    return {"id": "https://openalex.org/W7", "title": "Work", "cited_by_count": 3} | changed


def author(**changed):
    said = {"id": "https://openalex.org/A7", "works_count": 1, "cited_by_count": 2}
    return json.dumps(said | changed).encode()


def only_work(**changed):
    (page,) = openalex.parse(works_page(work(**changed)))
    return page.works[0]


@pytest.mark.parametrize("field", ["id", "cited_by_count"])
@pytest.mark.parametrize("how", ["missing", "null"])
def test_a_work_without_a_mandatory_field_raises_and_names_it(field, how):
    broken = work() | {field: None}
    if how == "missing":
        del broken[field]
    with pytest.raises(LayoutChanged, match=rf"results\[1\].*{field} is missing"):
        openalex.parse(works_page(work(id="https://openalex.org/W8"), broken))


def test_an_unreadable_work_is_named_by_its_id():
    with pytest.raises(LayoutChanged, match="W7"):
        openalex.parse(works_page(work(cited_by_count="many")))


@pytest.mark.parametrize("count", [-1, 1.5, True, "", "1,000", [], {}, 10**13, 1e300])
def test_a_count_that_is_none_raises(count):
    with pytest.raises(LayoutChanged, match="cited_by_count"):
        openalex.parse(works_page(work(cited_by_count=count)))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_no_number_raises(number):
    body = works_page(work(cited_by_count="HERE")).replace(b'"HERE"', number.encode())
    with pytest.raises(LayoutChanged):
        openalex.parse(body)


def test_a_figure_beyond_all_numbers_raises():
    body = works_page(work(fwci="HERE")).replace(b'"HERE"', b"1e999")
    with pytest.raises(LayoutChanged, match="fwci"):
        openalex.parse(body)


def test_a_count_said_twice_raises():
    body = b'{"id": "https://openalex.org/W7", "cited_by_count": 3, "cited_by_count": 4}'
    with pytest.raises(LayoutChanged, match=r"cited_by_count.* twice"):
        openalex.parse(body)


def test_a_year_said_twice_raises():
    years = [{"year": 2020, "cited_by_count": 1}, {"year": 2020, "cited_by_count": 2}]
    with pytest.raises(LayoutChanged, match="year 2020 is said twice"):
        openalex.parse(works_page(work(counts_by_year=years)))


@pytest.mark.parametrize("entry", [{"year": 2020}, {"cited_by_count": 1}, 7, None])
def test_a_year_without_its_count_raises(entry):
    with pytest.raises(LayoutChanged, match=r"counts_by_year\[0\]"):
        openalex.parse(works_page(work(counts_by_year=[entry])))


@pytest.mark.parametrize("other", ["https://openalex.org/A7", "https://openalex.org/S7", "W"])
def test_a_list_of_other_things_than_works_raises(other):
    with pytest.raises(LayoutChanged, match="is no work"):
        openalex.parse(works_page(work(id=other)))


@pytest.mark.parametrize("field", ["works_count", "cited_by_count"])
def test_an_author_without_totals_raises(field):
    with pytest.raises(LayoutChanged, match=rf"A7.*{field} is missing"):
        openalex.parse(author(**{field: None}))


@pytest.mark.parametrize("junk", ["A9999999999", "A5317838346"])
def test_ids_that_stand_for_nobody_are_not_found(junk):
    with pytest.raises(NotFound, match=junk):
        openalex.parse(author(id=f"https://openalex.org/{junk}"))


def test_an_author_of_another_id_is_returned_as_it_is():
    (page,) = openalex.parse(author(), url="https://api.openalex.org/authors/A5000000001")
    assert page.author.author_id == "A7"


@pytest.mark.parametrize("key", ["api_key", "api-key", "API_KEY", "mailto"])
def test_the_public_page_is_linked_wherever_the_answer_came_from(key):
    (page,) = openalex.parse(author(), url=f"https://api.openalex.org/authors/A7?{key}=s&select=id")
    assert page.author.url == "https://openalex.org/A7"


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"null", b"7", b'"text"', b"[]", b"[{}]", b"{}", b'{"id": null}', b"\xff\xfe{"],
)
def test_an_answer_of_another_shape_raises(body):
    with pytest.raises(LayoutChanged):
        openalex.parse(body)


def test_an_answer_nested_without_end_raises():
    with pytest.raises(LayoutChanged):
        openalex.parse(b"[" * 200_000)


def test_a_source_is_neither_author_nor_work():
    with pytest.raises(LayoutChanged, match="neither"):
        openalex.parse(b'{"id": "https://openalex.org/S7", "cited_by_count": 3}')


def test_a_list_without_its_length_raises():
    with pytest.raises(LayoutChanged, match="count is missing"):
        openalex.parse(b'{"results": []}')


def test_a_list_that_is_null_raises():
    with pytest.raises(LayoutChanged, match="results"):
        openalex.parse(b'{"meta": {"count": 3}, "results": null}')


def test_a_full_last_page_is_not_called_truncated():
    (page,) = openalex.parse(works_page(work(), count=200, per_page=1))
    assert page.verdict is PageVerdict.PROFILE


def test_a_short_page_with_a_cursor_is_not_called_truncated():
    (page,) = openalex.parse(works_page(work(), count=200, next_cursor="abc"))
    assert (page.verdict, page.next_cursor) == (PageVerdict.PROFILE, "abc")


def test_an_empty_page_where_works_are_counted_is_truncated():
    (page,) = openalex.parse(works_page(count=65))
    assert page.verdict is PageVerdict.TRUNCATED


def many(count):
    return [{"author": {"display_name": f"Author {i}"}} for i in range(count)]


def test_a_hundred_authors_in_a_list_may_be_more():
    read_work = only_work(authorships=many(100))
    assert (len(read_work.authors), read_work.authors_count) == (100, None)


def test_ninety_nine_authors_in_a_list_are_all():
    assert only_work(authorships=many(99)).authors_count == 99


def test_a_hundred_authors_of_a_single_work_are_all():
    (page,) = openalex.parse(json.dumps(work(authorships=many(100))).encode())
    assert page.works[0].authors_count == 100


@pytest.mark.parametrize(
    "place",
    [
        {"landing_page_url": "https://arxiv.org/pdf/math/0310334v3.pdf"},
        {"landing_page_url": "http://arxiv.org/abs/math/0310334"},
        {"id": "pmh:oai:arXiv.org:math/0310334"},
        {"id": "doi:10.48550/arxiv.math/0310334"},
        {"landing_page_url": "https://doi.org/10.48550/arXiv.math/0310334"},
    ],
)
def test_arxiv_ids_are_found_in_locations(place):
    assert "arxiv:math/0310334" in only_work(locations=[place]).ids
    assert "arxiv:math/0310334" in only_work(primary_location=place).ids


def test_the_doi_of_a_copy_is_not_taken_for_the_works_own():
    copy = {"id": "doi:10.5555/copy", "landing_page_url": "https://doi.org/10.5555/copy"}
    assert only_work(locations=[copy]).ids == ("openalex:W7",)


def test_a_doi_that_stands_among_the_ids_only_is_read():
    assert "doi:10.5555/x" in only_work(ids={"doi": "https://doi.org/10.5555/X"}).ids


@pytest.mark.parametrize("date", ["2020", "2020-05", "2020-05-17"])
def test_a_date_is_as_exact_as_it_is_said(date):
    assert only_work(publication_date=date).publication_date == date


@pytest.mark.parametrize("date", ["May 2020", "17.5.2020", ""])
def test_a_date_in_another_form_is_left_unsaid(date):
    assert only_work(publication_date=date).publication_date is None


@pytest.mark.parametrize("year", [0, -3, 20133])
def test_an_impossible_year_is_left_unsaid(year):
    assert only_work(publication_year=year).year is None


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, Unavailable) for status in (302, 408, 500, 502)),
        *((status, BadRequest) for status in (401, 405, 422)),
        *((status, NotFound) for status in (404, 410)),
    ],
)
@pytest.mark.parametrize("body", [b"", b"oops", b'["x"]', b"<html></html>", b'{"error": 7}'])
def test_a_status_tells_even_when_the_body_tells_nothing(status, error, body):
    with pytest.raises(error):
        openalex.parse(body, status=status)


def refused(message, *, headers=None, **said):
    body = json.dumps({"error": "Rate limit exceeded", "message": message} | said).encode()
    with pytest.raises(ProviderError) as caught:
        openalex.parse(body, status=429, headers=headers)
    return caught.value


def test_the_header_is_believed_before_the_body():
    error = refused("Insufficient budget", headers={"RETRY-AFTER": "0"}, retryAfter=40000)
    assert error.retry_after == 0.0


@pytest.mark.parametrize("wait", [True, -1, "40000", 1e300, None])
def test_a_wait_that_is_none_is_left_unsaid(wait):
    assert refused("Insufficient budget", retryAfter=wait).retry_after is None


def test_a_wait_given_as_a_date_is_left_to_others():
    when = {"Retry-After": "Sat, 21 Nov 2026 00:00:00 GMT"}
    assert refused("Please slow down", headers=when).retry_after is None


def test_an_error_with_status_200_is_an_error():
    with pytest.raises(BadRequest, match="Cursor is null"):
        openalex.parse(b'{"error": "Pagination error.", "message": "Cursor is null"}', status=200)


def test_a_refusal_without_a_reason_says_so():
    with pytest.raises(BadRequest, match="no reason given"):
        openalex.parse(b'{"error": null}')


def test_a_long_message_is_cut():
    assert len(str(refused("word " * 1000))) < 300


def test_only_root_fields_are_selected():
    assert {"id", "cited_by_count", "counts_by_year"} <= set(openalex.WORKS_SELECT)
    assert not [name for name in openalex.WORKS_SELECT if "." in name]


@given(st.integers(min_value=0, max_value=len(body_of("works_page")) - 2))
def test_an_answer_cut_anywhere_raises(length):
    with pytest.raises(LayoutChanged):
        openalex.parse(body_of("works_page")[:length], status=200)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(work() | dict.fromkeys(openalex.WORKS_SELECT))), JSON)
def test_a_field_of_any_value_is_read_or_refused(field, value):
    body = works_page(work(**{field: value}))
    try:
        (page,) = openalex.parse(body)
    except ProviderError:
        return
    assert isinstance(page.works[0].cited_by_count, int)
