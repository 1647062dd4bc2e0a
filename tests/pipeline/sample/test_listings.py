import pytest

from pipeline.sample.listings import (
    openalex_works,
    semantic_scholar_author,
    semantic_scholar_papers,
)

ADA = "https://openalex.org/A1"
BEN = "https://openalex.org/A2"
ORCID = "https://orcid.org/0000-0002-1825-0097"


def work(number, authors=(ADA,)):
    return {
        "id": f"https://openalex.org/W{number}",
        "title": f"Paper {number}",
        "authorships": [
            {"author": {"id": a, "orcid": ORCID if a == ADA else None}} for a in authors
        ],
    }


def walk(works, per_page):
    """Follow the cursors; the numbers of the works on each page."""
    pages, cursor = [], "*"
    while cursor is not None:
        status, page = openalex_works(works, {"per_page": str(per_page), "cursor": cursor})
        assert status == 200
        pages.append([int(one["title"].split()[1]) for one in page["results"]])
        cursor = page["meta"]["next_cursor"]
    return pages


def test_openalex_cursors_lead_through_the_whole_list():
    assert walk([work(n) for n in range(5)], 2) == [[0, 1], [2, 3], [4]]


def test_openalex_a_full_last_page_is_followed_by_an_empty_one():
    assert walk([work(n) for n in range(4)], 2) == [[0, 1], [2, 3], []]


def test_openalex_counts_what_the_filter_leaves():
    works = [work(1), work(2, [BEN]), work(3, [BEN, ADA])]
    _, page = openalex_works(works, {"filter": "author.id:A1", "cursor": "*", "per_page": "1"})
    assert page["meta"]["count"] == 2
    assert [one["title"] for one in page["results"]] == ["Paper 1"]


@pytest.mark.parametrize(
    "clause",
    [
        "author.id:A2|A9",
        "authorships.author.id:https://openalex.org/A2",
        "author.id:A1,author.id:A2",
        "author.orcid:0000-0002-1825-0097",
        f"authorships.author.orcid:{ORCID}",
    ],
)
def test_openalex_filters_take_short_and_long_ids_and_alternatives(clause):
    works = [work(1, [BEN, ADA]), work(2, ["https://openalex.org/A3"])]
    _, page = openalex_works(works, {"filter": clause})
    assert [one["title"] for one in page["results"]] == ["Paper 1"]


def test_openalex_select_leaves_the_other_fields_out():
    _, page = openalex_works([work(1)], {"select": "id,title"})
    assert page["results"] == [{"id": "https://openalex.org/W1", "title": "Paper 1"}]


def test_openalex_pages_have_25_works_unless_asked_otherwise_and_no_cursor_unless_asked():
    _, page = openalex_works([work(n) for n in range(30)], {"page": "2"})
    assert len(page["results"]) == 5
    assert page["meta"]["page"] == 2
    assert "next_cursor" not in page["meta"]


@pytest.mark.parametrize(
    "query",
    [
        {"per_page": "201"},
        {"per_page": "0"},
        {"per-page": "many"},
        {"limit": "10"},
        {"filter": "author.nme:Ada"},
        {"cursor": "null"},
        {"cursor": "AAAA"},
        {"cursor": "é"},
        {"page": "0"},
    ],
)
def test_openalex_refuses_what_the_provider_refuses(query):
    status, document = openalex_works([work(1)], query)
    assert status == 400
    assert set(document) == {"error", "message"}


def paper(number):
    return {"paperId": f"{number:040x}", "title": f"Paper {number}", "year": 2000 + number}


def author(*papers):
    return {"authorId": "1", "name": "A. Sample", "hIndex": 1, "papers": list(papers)}


def test_semantic_scholar_next_leads_through_the_list_and_is_absent_at_its_end():
    everything = author(*(paper(n) for n in range(5)))
    seen, query = [], {"limit": "2"}
    while True:
        status, page = semantic_scholar_papers(everything, query)
        assert status == 200
        seen.append([one["title"] for one in page["data"]])
        if "next" not in page:
            break
        query = {"limit": "2", "offset": str(page["next"])}
    assert seen == [["Paper 0", "Paper 1"], ["Paper 2", "Paper 3"], ["Paper 4"]]


def test_semantic_scholar_does_not_say_how_many_papers_there_are():
    _, page = semantic_scholar_papers(author(paper(1)), {})
    assert set(page) == {"offset", "data"}


def test_semantic_scholar_sends_the_id_and_the_fields_asked_for():
    _, page = semantic_scholar_papers(author(paper(1)), {"fields": "year,journal.name"})
    assert page["data"] == [{"paperId": f"{1:040x}", "year": 2001}]


@pytest.mark.parametrize(
    "query",
    [{"limit": "1001"}, {"limit": "0"}, {"limit": "-1"}, {"offset": "x"}, {"fields": "titel"}],
)
def test_semantic_scholar_refuses_what_the_provider_refuses(query):
    status, document = semantic_scholar_papers(author(paper(1)), query)
    assert status == 400
    assert set(document) == {"error"}


def test_semantic_scholar_an_author_has_the_fields_asked_for_and_no_papers_unless_asked():
    _, found = semantic_scholar_author(author(paper(1)), {"fields": "hIndex"})
    assert found == {"authorId": "1", "hIndex": 1}


@pytest.mark.parametrize(
    ("fields", "key"), [("papers.year", "year"), ("papers", "title"), ("papers.title", "title")]
)
def test_semantic_scholar_papers_come_with_their_author_when_asked_for(fields, key):
    one = paper(1)
    _, found = semantic_scholar_author(author(one), {"fields": f"name,{fields}"})
    papers = [{"paperId": one["paperId"], key: one[key]}]
    assert found == {"authorId": "1", "name": "A. Sample", "papers": papers}


@pytest.mark.parametrize("fields", ["hindex", "papers.titel", "name,papers.citedBy"])
def test_semantic_scholar_refuses_fields_that_an_author_lacks(fields):
    status, document = semantic_scholar_author(author(paper(1)), {"fields": fields})
    assert status == 400
    assert set(document) == {"error"}
