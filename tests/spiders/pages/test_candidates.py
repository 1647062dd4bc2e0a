"""Searches for people: a page each profile, and the same refusals as everywhere else."""

import json

import pytest

from spiders.errors import Blocked, LayoutChanged, NotFound, Unavailable
from spiders.pages import semantic_scholar
from spiders.pages.dblp import candidates as of_dblp
from spiders.pages.openalex import candidates as openalex
from spiders.pages.semantic_scholar import candidates as of_papers

ORCID = "0000-0002-1825-0097"
PEOPLE = "https://api.semanticscholar.org/graph/v1/author/search?query=ada"


def person(author="A5", **more):
    return {
        "id": f"https://openalex.org/{author}",
        "display_name": "Ada Test",
        "orcid": f"https://orcid.org/{ORCID}",
        "works_count": 3,
        "cited_by_count": 9,
        **more,
    }


def paper(number, *authors):
    return {
        "paperId": f"{number:040x}",
        "title": f"Paper {number}",
        "citationCount": 1,
        "externalIds": {"CorpusId": number},
        "authors": [{"authorId": i, "name": n, "externalIds": e} for i, n, e in authors],
    }


def parsed(module, value, **more):
    return module.parse(json.dumps(value).encode(), **more)


def test_a_search_of_openalex_is_a_page_each_author():
    pages = parsed(openalex, {"meta": {"count": 2}, "results": [person(), person("A6")]})
    assert [p.author.author_id for p in pages] == ["A5", "A6"]
    assert pages[0].author.ids == ("openalex:A5", f"orcid:{ORCID}")


def test_a_search_of_openalex_that_finds_nobody_has_no_author():
    (page,) = parsed(openalex, {"meta": {"count": 0}, "results": []})
    assert page.author is None


def test_an_author_of_a_search_without_a_count_is_no_author():
    with pytest.raises(LayoutChanged, match="works_count"):
        parsed(openalex, {"meta": {"count": 1}, "results": [person(works_count=None)]})


def test_a_refusal_of_openalex_is_no_list():
    with pytest.raises(Unavailable):
        parsed(openalex, {"error": "x", "results": [person()]}, status=503)


def test_a_search_of_semantic_scholar_is_a_page_each_author():
    found = {"total": 1, "offset": 0, "data": [{"authorId": "7", "name": "Ada Test"}]}
    (page,) = parsed(semantic_scholar, found, url=PEOPLE)
    assert (page.author.author_id, page.author.works_count) == ("7", None)
    assert parsed(semantic_scholar, {"total": 0, "offset": 0, "data": []}, url=PEOPLE) == ()


@pytest.mark.parametrize("said", [ORCID, f"https://orcid.org/{ORCID}"])
def test_authors_of_papers_come_with_their_orcid_and_papers(said):
    me, friend = ("7", "Ada Test", {"ORCID": said}), ("8", "Bob", None)
    pages = parsed(of_papers, [paper(1, me, friend), None, paper(2, me)])
    found = {p.author.author_id: p for p in pages}
    assert found["7"].author.ids == ("semantic_scholar:7", f"orcid:{ORCID}")
    assert [len(found[i].works) for i in ("7", "8")] == [2, 1]
    assert found["8"].author.ids == ("semantic_scholar:8",)


def test_an_author_without_a_profile_and_one_of_several_orcids_are_left_unsaid():
    nobody = (None, "Ada Test", {"ORCID": ORCID})
    several = ("8", "Ada Test", {"ORCID": [ORCID, "0000-0001-5109-3700"]})
    (page,) = parsed(of_papers, [paper(1, nobody, several)])
    assert page.author.ids == ("semantic_scholar:8",)


def test_papers_of_very_many_authors_tell_of_nobody():
    crowd = [(str(n), f"Somebody {n}", None) for n in range(1, 70)]
    assert parsed(of_papers, [paper(1, *crowd)]) == ()


def test_papers_that_nobody_knows_are_not_found():
    with pytest.raises(NotFound):
        parsed(of_papers, [None, None], status=200)


def dblp(*people):
    hits = {
        "@total": str(len(people)),
        **({"hit": [{"info": p} for p in people]} if people else {}),
    }
    return {"result": {"hits": hits}}


def test_a_search_of_dblp_is_a_page_each_person():
    notes = {"note": [{"@type": "award", "text": "x"}, {"@type": "affiliation", "text": "Uni T"}]}
    info = {"author": "Ada Test 0002", "url": "https://dblp.org/pid/12/34-2", "notes": notes}
    (page,) = parsed(of_dblp, dblp(info))
    author = page.author
    assert (author.name, author.affiliation, author.ids) == (
        "Ada Test",
        "Uni T",
        ("dblp:12/34-2",),
    )


def test_a_single_note_of_dblp_is_read_as_well():
    notes = {"note": {"@type": "affiliation", "text": "Uni T"}}
    info = {"author": "Ada Test", "url": "https://dblp.org/pid/12/34", "notes": notes}
    (page,) = parsed(of_dblp, dblp(info))
    assert page.author.affiliation == "Uni T"


def test_a_search_of_dblp_that_finds_nobody_is_empty():
    assert parsed(of_dblp, dblp()) == ()


def test_a_person_of_dblp_whose_address_is_none_is_refused():
    with pytest.raises(LayoutChanged, match="no person's"):
        parsed(of_dblp, dblp({"author": "Ada", "url": "https://evil.example/pid/1/2"}))


def test_the_bot_wall_of_dblp_is_no_result():
    with pytest.raises(Blocked):
        of_dblp.parse(b"<!doctype html><html><body>x</body></html>", status=200)
