"""What pages show, before anything is HTML."""

from __future__ import annotations

import dataclasses
import re

import pytest

from pipeline.model import Repository
from pipeline.writers.report import abstracts, words
from pipeline.writers.report.links import (
    paper_address,
    person_links,
    repository_address,
    web_address,
)
from pipeline.writers.report.names import MOST, by_surname, byline, may_be
from pipeline.writers.report.view import author_page, index_page, page_name


@pytest.fixture
def view(make):
    def made(author=None, **fields):
        author = author or make.author(**fields)
        return author_page(author, snapshot=make.snapshot(author))

    return made


def figures(page):
    return {f.label: f for f in page.figures}


def test_the_large_figures_are_those_of_the_badges(view):
    found = figures(view())
    assert {label: f.value for label, f in found.items()} == {
        "Citations": "1,250",
        "h-index": "2",
        "Papers": "3",
    }
    assert {f.provider for f in found.values()} == {"Google Scholar"}
    assert {f.as_of for f in found.values()} == {"1 Mar 2026"}
    assert {f.quality for f in found.values()} == {"exact"}


def test_a_lower_bound_says_so(view, make):
    cut = make.metrics(lower_bounds=frozenset({"h_index"}))
    found = figures(view(metrics=(cut,)))
    assert found["h-index"].value == "≥ 2"
    assert found["h-index"].quality.startswith("lower bound")
    assert found["Citations"].quality == "exact"


def test_a_figure_that_is_not_known_is_a_dash(view, make):
    found = figures(view(metrics=(make.metrics(values={"citations": 5}),)))
    assert found["h-index"].value == words.UNKNOWN
    assert found["h-index"].provider == ""


def test_what_one_provider_makes_itself_stands_as_its_own(view, make):
    own = make.source("openalex", extra={"novelty": 52, "ai_score": 61.0, "note": "text"})
    found = figures(view(sources=(make.source(), own)))
    assert (found["Novelty"].value, found["Novelty"].provider) == ("52%", "OpenAlex")
    assert found["AI score"].value == "61"
    assert found["AI score"].quality == "its own figure"


def test_without_anybody_who_counts_the_first_statement_is_shown(view, make):
    stated = make.metrics("semantic_scholar", values={"h_index": 7, "papers": 9})
    found = figures(view(shown=None, sources=(make.source("semantic_scholar"),), metrics=(stated,)))
    assert (found["h-index"].value, found["h-index"].provider) == ("7", "Semantic Scholar")
    assert found["Citations"].value == words.UNKNOWN


def test_providers_stand_side_by_side_as_stated_and_as_resolved(view):
    scholar, openalex = view().rows
    assert scholar.is_shown
    assert not openalex.is_shown
    assert scholar.values == ("1,250", "2", "2", "3", "1,250", "2", "3", "2")
    assert openalex.values == ("840", "–", "–", "2", "–", "–", "–", "2")


def test_all_together_have_a_row_where_they_are_several(view, make):
    both = make.metrics("combined", "combined", values={"citations": 1090}, rule="max")
    known = make.author()
    page = view(metrics=(*known.metrics, both))
    assert page.rows[-1].values[4] == "1,090"
    assert not page.is_combined
    shown = view(metrics=(*known.metrics, both), figures="combined")
    assert shown.is_combined
    assert shown.rows[-1].is_shown


def test_a_paper_has_the_shown_count_first_and_a_dash_for_each_who_does_not_know(view):
    papers = {p.title: p for p in view().papers}
    assert papers["A Paper on Synthetic Data"].count.text == "1,000"
    two = papers["Two"]
    assert (two.count.text, two.count.value) == ("–", None)
    assert [(c.title, c.text) for c in two.counts] == [("OpenAlex", "40")]
    assert [c.text for c in papers["Three"].counts] == ["–"]
    assert papers["Three"].is_partial
    assert not papers["A Paper on Synthetic Data"].is_partial


def test_a_count_of_zero_is_a_zero(view, make):
    page = view(works=(make.work(counts=[make.count(make.scholar("x"), 0)]),))
    assert (page.papers[0].count.text, page.papers[0].count.value) == ("0", 0)


@pytest.mark.parametrize(
    ("flags", "note"),
    [
        ({"is_gone": True}, "no longer listed by Google Scholar"),
        ({"is_excluded": True}, "not counted in Google Scholar’s own totals"),
    ],
)
def test_what_is_odd_about_a_record_is_said_in_words(view, make, flags, note):
    page = view(works=(make.work(counts=[make.count(make.scholar("x"), 4, **flags)]),))
    assert page.papers[0].notes == (note,)


def test_several_records_of_a_paper_are_counted(view):
    assert view().papers[0].notes == ("2 records at Google Scholar",)


def test_code_has_its_repository_and_stars(view, make):
    work = make.work(ids=("doi:10.1/x", "github:lab/tool", "github:lab/other"))
    stars = (Repository(id="github:lab/tool", stars=1234, as_of=make.AS_OF),)
    (paper,) = view(works=(work,), repositories=stars).papers
    assert [(r.name, r.stars) for r in paper.repos] == [("lab/tool", "1,234"), ("lab/other", "")]
    assert paper.has_code
    assert view(works=(make.work(has_code=True),)).papers[0].has_code
    assert not view(works=(make.work(has_code=False),)).papers[0].has_code


def test_a_preprint_is_told(view, make):
    assert view(works=(make.work(work_type="posted-content"),)).papers[0].kind == "Preprint"
    assert view(works=(make.work(),)).papers[0].kind is None


def test_a_retraction_is_said_whatever_kind_of_paper_it_is(view, make):
    works = (make.work(work_type="article", is_retracted=True),)
    assert view(works=works).papers[0].kind == "Retracted"
    assert view(works=(make.work(is_retracted=False),)).papers[0].kind is None


def test_papers_of_a_namesake_stand_apart(view, make):
    page = view(others=(make.work("doi:10.1/o", title="Rocks"),))
    assert [p.title for p in page.others] == ["Rocks"]
    assert "Rocks" not in [p.title for p in page.papers]


@pytest.mark.parametrize(
    ("day", "year", "when", "key"),
    [
        ("2024-03-12", 2024, "12 Mar 2024", "2024-03-12"),
        ("2024-03", 2024, "Mar 2024", "2024-03"),
        (None, 2024, "2024", "2024"),
        ("soon", None, None, ""),
        ("2024-13-99", 2023, "2023", "2023"),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(view, make, day, year, when, key):
    page = view(works=(make.work(publication_date=day, year=year),))
    assert (page.papers[0].when, page.papers[0].sort_date) == (when, key)


def test_joint_papers_say_whose_they_are(lab):
    page = author_page(lab.group, snapshot=lab.snapshot, members=(lab.ada, lab.bo))
    assert [(p.title, p.members) for p in page.joint] == [
        ("Together", ("Ada Example", "Bo Sample"))
    ]
    assert {p.title: p.members for p in page.papers}["Alone"] == ("Ada Example",)
    assert [(m.name, m.values[0]) for m in page.members] == [
        ("Ada Example", ("39", 39)),
        ("Bo Sample", ("30", 30)),
    ]


def test_everybody_is_on_the_first_page(lab):
    page = index_page(lab.snapshot)
    assert [p.href for p in page.people] == ["ada.html", "bo.html"]
    assert [(g.href, g.size) for g in page.groups] == [("lab.html", 2)]


def test_an_author_called_index_does_not_take_the_first_page(make):
    assert page_name(make.author("index")).startswith("index-")
    assert page_name(make.author("ada")) == "ada"


def test_nothing_depends_on_how_often_it_is_asked(view):
    assert repr(view()) == repr(view())


OWN = by_surname(["Yushi Huang", "黄雨诗"])


@pytest.mark.parametrize("name", ["Yushi Huang", "Huang, Yushi", "Y. Huang", "Y Huang", "Huang YS"])
def test_a_name_is_known_in_its_usual_spellings(name):
    assert may_be(name, "Yushi Huang")


@pytest.mark.parametrize("name", ["Yuan Huang", "Yushi Hwang", "Wei Li", "X. Huang"])
def test_another_name_is_not_marked(name):
    assert not may_be(name, "Yushi Huang")


def test_two_who_may_be_the_person_are_not_guessed_between():
    found = byline(["Y. Huang", "Wei Li", "Y Huang"], None, OWN)
    assert not any(name.is_self for name in found.names)
    exact = byline(["Y. Huang", "Yushi Huang"], None, OWN)
    assert [name.is_self for name in exact.names] == [False, True]


def test_a_long_list_of_authors_is_cut_and_still_shows_the_person():
    names = [f"Author Number{'x' * n}" for n in range(30)] + ["Yushi Huang"]
    found = byline(names, 40, OWN)
    assert len(found.names) == MOST
    assert found.names[-1].is_self
    assert (found.has_gap, found.more) == (True, 40 - MOST)
    assert byline(names[:MOST], None, OWN).more == 0


@pytest.mark.parametrize(
    ("ids", "address"),
    [
        (["arxiv:2401.00001", "doi:10.1/A<b>"], "https://doi.org/10.1/a%3Cb%3E"),
        (["arxiv:2401.00001"], "https://arxiv.org/abs/2401.00001"),
        (["openreview:AbCdEf12"], "https://openreview.net/forum?id=AbCdEf12"),
        (["doi:javascript:alert(1)", "homepage:javascript:x"], None),
        (["unheard:1"], None),
    ],
)
def test_a_paper_leads_to_its_best_address(ids, address):
    assert paper_address([i.replace("10.1/", "10.1000/") for i in ids]) == (
        address and address.replace("10.1/", "10.1000/")
    )


def test_a_person_has_one_link_a_profile():
    links = person_links(
        ["orcid:0000-0002-1825-0097", "openalex:A1", "openalex:W1", "google_scholar:AbCdEfGhIjK"],
        "https://ada.example.org/~ada",
    )
    assert {link.text: link.href for link in links} == {
        "Homepage": "https://ada.example.org/~ada",
        "Google Scholar": "https://scholar.google.com/citations?user=AbCdEfGhIjK",
        "ORCID": "https://orcid.org/0000-0002-1825-0097",
        "OpenAlex": "https://openalex.org/A1",
    }


@pytest.mark.parametrize(
    "text",
    [
        *("javascript:alert(1)", "data:text/html,x", "//evil.example", "https:///x", "file:///x"),
        *(
            "https://a@evil.example",
            'https://e.example/"x',
            "https://e.example/<",
            "ftp://e.example",
        ),
        *("https://[x", "", "https://e.example/" + "x" * 400),
    ],
)
def test_no_other_address_becomes_a_link(text):
    assert web_address(text) is None


def test_only_a_repository_of_github_is_linked():
    assert repository_address("github:lab/tool") == "https://github.com/lab/tool"
    assert repository_address("gitlab:lab/tool") is None


def test_abstracts_stay_whole_while_the_page_is_light(view, make):
    page = view(works=(make.work(abstract="A short one."),))
    assert page.papers[0].abstract == "A short one."
    assert not page.is_shortened


def test_abstracts_are_all_cut_at_one_length_where_the_page_would_be_heavy(view, make):
    paper = view(works=(make.work(abstract="some words " * 200),)).papers[0]
    many = [paper] * 900 + [dataclasses.replace(paper, abstract="Short.")]
    fitted, is_cut = abstracts.fitted(many)
    assert is_cut
    assert fitted[-1].abstract == "Short."
    lengths = {len(p.abstract) for p in fitted[:-1]}
    assert len(lengths) == 1
    assert re.search(r"(some|words)…$", fitted[0].abstract)
    assert sum(len(p.abstract) for p in fitted) < abstracts.BUDGET
    bare, _ = abstracts.fitted(many, beside=abstracts.BUDGET)
    assert {p.abstract for p in bare[:-1]} == {None}
