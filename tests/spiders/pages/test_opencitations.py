"""Odd answers of OpenCitations: a count is of one DOI, and a citing paper counts once."""

import json

import pytest

from spiders.errors import BadRequest, LayoutChanged, NotFound, Unavailable
from spiders.pages import opencitations

INDEX = "https://api.opencitations.net/index/v2"
ROW = {
    "oci": "061-062",
    "citing": "omid:br/061 doi:10.5555/b pmid:1",
    "cited": "omid:br/062 doi:10.5555/a",
    "creation": "2020-01-02",
}


def read(value, url=f"{INDEX}/citations/doi:10.5555/a"):
    (page,) = opencitations.parse(json.dumps(value).encode(), url=url)
    return page


def count(said, doi="10.5555/a"):
    (work,) = read([{"count": said}], f"{INDEX}/citation-count/doi:{doi}").works
    return work.cited_by_count


def cited(*changes):
    (work,) = read([{**ROW, **change} for change in changes]).works
    return work


@pytest.mark.parametrize(("said", "number"), [("34", 34), (34, 34), ("0", None), ("200000", None)])
def test_a_count_is_text_and_a_zero_or_a_cut_one_is_none(said, number):
    assert count(said) == number


@pytest.mark.parametrize("said", ["", "-1", "3.5", None, True, "many", ["34"]])
def test_a_count_that_is_none_is_refused(said):
    with pytest.raises(LayoutChanged):
        count(said)


@pytest.mark.parametrize("value", [[], [{"count": "1"}, {"count": "1"}], {"count": "1"}, [3]])
def test_other_than_one_count_is_refused(value):
    with pytest.raises(LayoutChanged):
        read(value, f"{INDEX}/citation-count/doi:10.5555/a")


@pytest.mark.parametrize("url", [None, INDEX, "http://[", f"{INDEX}/citation-count/pmid:1"])
def test_a_count_of_no_doi_is_nobodys(url):
    with pytest.raises(LayoutChanged, match="--url"):
        read([{"count": "1"}], url)


def test_an_encoded_doi_is_read():
    page = read([{"count": "1"}], f"{INDEX}/citation-count/doi:10.5555/A%28b%29")
    assert page.works[0].record_id == "doi:10.5555/a(b)"


@pytest.mark.parametrize("again", ["doi:10.5555/B", "pmid:1", "omid:br/061 doi:10.5555/other"])
def test_a_citing_paper_counts_once_by_any_of_its_ids(again):
    assert cited({}, {"citing": again}, {"citing": "omid:br/069"}).cited_by_count == 2


def test_papers_that_share_nothing_but_a_volume_count_each():
    book = "isbn:9780000000002"
    assert (
        cited({"citing": f"omid:br/1 {book}"}, {"citing": f"omid:br/2 {book}"}).cited_by_count == 2
    )


def test_a_citation_without_a_date_is_in_no_year():
    work = cited({}, {"citing": "doi:10.5555/c", "creation": ""})
    assert work.cited_by_count == 2
    assert [(y.year, y.cited_by_count) for y in work.counts_by_year] == [(2020, 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"creation": "soon"},
        {"creation": "2020-13"},
        {"creation": None},
        {"oci": "none"},
        {"oci": None},
        {"citing": "nobody"},
        {"citing": ""},
        {"cited": "omid:br/062"},
        {"cited": "doi:10.5555/other"},
    ],
)
def test_a_row_that_cannot_be_read_is_refused(change):
    with pytest.raises(LayoutChanged):
        cited({}, change)


def test_rows_without_an_address_are_of_the_one_paper_that_all_cite():
    other = {**ROW, "citing": "doi:10.5555/c"}
    (work,) = read([ROW, other], None).works
    assert (work.record_id, work.cited_by_count) == ("doi:10.5555/a", 2)


@pytest.mark.parametrize(
    "rows",
    [
        [ROW],
        [ROW, {**ROW, "cited": "doi:10.5555/c"}],
        [{"citing": "doi:10.5555/c"}],
        [],
    ],
)
def test_rows_without_an_address_that_may_be_anything_are_refused(rows):
    with pytest.raises(LayoutChanged):
        read(rows, None)


def test_rows_that_cite_a_paper_without_a_doi_are_nobodys():
    rows = [{**ROW, "cited": "omid:br/062", "citing": c} for c in ("doi:10.5/b", "doi:10.5/c")]
    with pytest.raises(LayoutChanged):
        read(rows, None)


@pytest.mark.parametrize("doi", ["", "pebbles"])
def test_metadata_of_no_doi_is_refused(doi):
    with pytest.raises(LayoutChanged):
        read([{"doi": doi, "citation_count": "1"}], f"{INDEX}/metadata/x")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"Invalid token.", BadRequest),
        (b"the operation requested does not exist", NotFound),
        (b"something else", Unavailable),
        (b'{"error": "Rate limit exceeded"}', Unavailable),
    ],
)
def test_a_saved_refusal_is_told_by_its_words(body, error):
    with pytest.raises(error):
        opencitations.parse(body)
