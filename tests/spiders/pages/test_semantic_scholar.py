import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.errors import BadRequest, LayoutChanged, NotFound, ProviderError, Unavailable
from spiders.items import PageVerdict
from spiders.pages import semantic_scholar

FOLDER = Path(__file__).parent / "fixtures" / "semantic_scholar"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def body_of(case):
    return next((FOLDER / case).glob("body.*")).read_bytes()


def expected(case):
    return json.loads((FOLDER / case / "expected.json").read_text("utf-8"))


REFUSED = [case for case in CASES if "error" in expected(case)]


@pytest.mark.parametrize("case", [c for c in REFUSED if c.startswith("error")])
def test_a_saved_refusal_is_judged_by_its_words(case):
    meta = json.loads((FOLDER / case / "meta.json").read_text("utf-8"))
    with pytest.raises(ProviderError) as caught:
        semantic_scholar.parse(body_of(case), headers=meta["headers"])
    assert type(caught.value).__name__ == expected(case)["error"]["class"]


def paper(**changed):
    return {"paperId": "ab" * 20, "title": "Paper", "citationCount": 3} | changed


def papers(*entries, **page):
    return json.dumps({"offset": 0, "data": list(entries)} | page).encode()


def author(**changed):
    said = {"authorId": "7", "paperCount": 1, "citationCount": 3, "hIndex": 1}
    return json.dumps(said | changed).encode()


def only_paper(**changed):
    (page,) = semantic_scholar.parse(papers(paper(**changed)))
    return page.works[0]


def only_author(**changed):
    (page,) = semantic_scholar.parse(author(**changed))
    return page.author


@pytest.mark.parametrize("count", [-1, 1.5, True, "", "12 345", "NaN", [], {}, 10**13])
@pytest.mark.parametrize("field", ["citationCount", "influentialCitationCount"])
def test_a_papers_count_that_is_none_raises(field, count):
    with pytest.raises(LayoutChanged, match=rf"data\[0\] \(abab.*{field}"):
        semantic_scholar.parse(papers(paper(**{field: count})))


@pytest.mark.parametrize("count", [-1, 1.5, False, "many", [3]])
@pytest.mark.parametrize("field", ["paperCount", "citationCount", "hIndex"])
def test_an_authors_count_that_is_none_raises(field, count):
    with pytest.raises(LayoutChanged, match=rf"\(7\).*{field}"):
        semantic_scholar.parse(author(**{field: count}))


@pytest.mark.parametrize("count", [12, 12.0, "12", " 12 "])
def test_a_count_is_read_in_every_spelling(count):
    assert only_author(citationCount=count).cited_by_count == 12
    assert only_paper(citationCount=count).cited_by_count == 12


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_a_number_that_is_no_number_raises(number):
    with pytest.raises(LayoutChanged):
        semantic_scholar.parse(author(citationCount="HERE").replace(b'"HERE"', number))


def test_a_count_said_twice_raises():
    with pytest.raises(LayoutChanged, match=r"citationCount.* twice"):
        semantic_scholar.parse(b'{"authorId": "7", "citationCount": 3, "citationCount": 4}')


def test_a_count_that_no_paper_has_raises():
    bare = {"paperId": "ab" * 20, "title": "Paper"}
    with pytest.raises(LayoutChanged, match="citationCount is missing"):
        semantic_scholar.parse(papers(bare, bare | {"paperId": "cd" * 20}))


@pytest.mark.parametrize("paper_id", ["", None])
def test_a_paper_without_any_id_raises(paper_id):
    with pytest.raises(LayoutChanged, match="paperId is missing"):
        semantic_scholar.parse(papers(paper(paperId=paper_id)))


@pytest.mark.parametrize("paper_id", ["ab", "AB" * 20, "12345", "g" * 40])
def test_a_paper_id_of_another_form_raises(paper_id):
    with pytest.raises(LayoutChanged, match="hexadecimal"):
        semantic_scholar.parse(papers(paper(paperId=paper_id)))


@pytest.mark.parametrize("known", [{"corpusId": 5}, {"externalIds": {"CorpusId": "5"}}])
def test_a_paper_without_a_sha_is_known_by_its_corpus_id(known):
    assert only_paper(paperId=None, **known).record_id == "corpus_id:5"


@pytest.mark.parametrize("value", [None, "", "x y", [], {}, True])
def test_external_ids_that_are_none_are_left_out(value):
    keys = ("DOI", "ArXiv", "PubMed", "PubMedCentral", "MAG", "ACL", "DBLP", "CorpusId")
    found = only_paper(externalIds=dict.fromkeys(keys, value))
    assert [i for i in found.ids if not i.startswith(("acl:", "dblp:"))] == [found.record_id]


@pytest.mark.parametrize("year", [0, 20133, -4])
def test_an_impossible_year_is_left_unsaid(year):
    assert only_paper(year=year).year is None


@pytest.mark.parametrize("year", ["soon", 2020.5, True])
def test_a_year_that_is_no_number_raises(year):
    with pytest.raises(LayoutChanged, match="year"):
        semantic_scholar.parse(papers(paper(year=year)))


@pytest.mark.parametrize("author_id", [None, "", 7, "abc", "12a", "9" * 30])
def test_an_author_without_a_usable_id_raises(author_id):
    with pytest.raises(LayoutChanged, match="authorId"):
        semantic_scholar.parse(author(authorId=author_id))


@pytest.mark.parametrize("field", ["paperCount", "citationCount", "hIndex"])
def test_one_total_of_zero_beside_cited_papers_is_an_anomaly(field):
    found = only_author(papers=[paper()], **{field: 0})
    assert "zero_totals_with_papers" in found.anomalies


@pytest.mark.parametrize("field", ["paperCount", "citationCount", "hIndex"])
def test_a_total_that_is_not_said_is_no_zero(field):
    assert only_author(papers=[paper()], **{field: None}).anomalies == ()


def test_totals_of_zero_beside_uncited_papers_are_no_anomaly():
    zero = {"citationCount": 0, "hIndex": 0}
    assert only_author(papers=[paper(citationCount=0)], **zero).anomalies == ()


def test_an_unknown_count_makes_no_disagreement():
    unknown = paper(paperId="cd" * 20, citationCount=None)
    found = only_author(papers=[paper(), unknown], paperCount=2, citationCount=9)
    assert found.anomalies == ()


def test_an_incomplete_list_makes_no_disagreement():
    found = only_author(papers=[paper()], paperCount=2, citationCount=9)
    assert (found.anomalies, found.is_truncated) == ((), True)


def test_more_papers_than_counted_are_not_truncated():
    more = [paper(), paper(paperId="cd" * 20)]
    assert not only_author(papers=more, paperCount=1).is_truncated


def test_without_papers_nothing_is_truncated():
    assert not only_author(paperCount=60).is_truncated


@pytest.mark.parametrize("homepage", ["ada.example.org", "ftp://x", "data:,x", "https://x y", ""])
def test_only_a_web_address_is_a_home_page(homepage):
    assert only_author(homepage=homepage).homepage is None


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0098", ["0000-0002-1825-0097"], 7, None])
def test_an_orcid_that_is_none_is_left_out(orcid):
    assert only_author(externalIds={"ORCID": orcid}).ids == ("semantic_scholar:7",)


def test_affiliations_that_are_no_text_are_passed_over():
    assert only_author(affiliations=[None, 7, " ", "Institute  X"]).affiliation == "Institute X"


@pytest.mark.parametrize("following", [0, 5, -1, "later"])
def test_a_page_that_leads_nowhere_raises(following):
    with pytest.raises(LayoutChanged, match="next"):
        semantic_scholar.parse(papers(paper(), offset=5, next=following))


def test_an_empty_page_that_leads_on_is_not_called_empty():
    (page,) = semantic_scholar.parse(papers(next=500))
    assert (page.verdict, page.next_cursor) == (PageVerdict.PROFILE, "500")


def test_a_list_that_is_null_raises():
    with pytest.raises(LayoutChanged, match="data is null"):
        semantic_scholar.parse(b'{"offset": 0, "data": null}')


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"7", b"[]", b"{}", b"[7]", b'[{"authorId": "7"}, {"title": "x"}]'],
)
def test_an_answer_of_another_shape_raises(body):
    with pytest.raises(LayoutChanged):
        semantic_scholar.parse(body)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, Unavailable) for status in (302, 408, 429, 500, 503)),
        *((status, BadRequest) for status in (401, 403, 422)),
        *((status, NotFound) for status in (404, 410)),
    ],
)
@pytest.mark.parametrize("body", [b"", b"oops", b'["x"]', b'{"error": 7}'])
def test_a_status_tells_even_when_the_body_tells_nothing(status, error, body):
    with pytest.raises(error):
        semantic_scholar.parse(body, status=status)


def test_a_thousand_papers_take_two_requests():
    assert 300 <= semantic_scholar.PAGE_LIMIT <= 1000 <= 2 * semantic_scholar.PAGE_LIMIT


def test_heavy_fields_are_not_asked_for():
    asked = {*semantic_scholar.PAPER_FIELDS, *semantic_scholar.AUTHOR_FIELDS}
    assert not [name for name in asked if "." in name or name in {"citations", "references"}]


@given(st.integers(min_value=0, max_value=len(body_of("papers_page")) - 2))
def test_an_answer_cut_anywhere_raises(length):
    with pytest.raises(LayoutChanged):
        semantic_scholar.parse(body_of("papers_page")[:length], status=200)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.sampled_from(["paperId", "corpusId", *semantic_scholar.PAPER_FIELDS]), JSON)
def test_a_field_of_any_value_is_read_or_refused(field, value):
    try:
        (page,) = semantic_scholar.parse(papers(paper(**{field: value})))
    except ProviderError:
        return
    count = page.works[0].cited_by_count
    assert count is None or (type(count) is int and count >= 0)
