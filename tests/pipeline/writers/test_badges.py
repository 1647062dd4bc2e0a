from __future__ import annotations

import json

import pytest


def badge(found, path):
    return json.loads(found[f"badges/me/{path}.json"])


def test_a_badge_shows_one_provider_with_its_logo(make, files):
    assert badge(files(make.snapshot()), "citations") == {
        "schemaVersion": 1,
        "label": "citations",
        "message": "1.3k",
        "color": "#007ec6",
        "namedLogo": "googlescholar",
        "cacheSeconds": 3600,
    }


def test_a_provider_without_a_logo_has_none(make, files):
    assert "namedLogo" not in badge(
        files(make.snapshot(make.author(shown="openalex"))), "citations"
    )


@pytest.mark.parametrize(
    ("name", "label", "message"),
    [
        ("h_index", "h-index", "2"),
        ("g_index", "g-index", "3"),
        ("i10_index", "i10-index", "2"),
        ("i100_index", "i100-index", "1"),
        ("papers", "papers", "3"),
        ("citations_recent", "citations since 2021", "900"),
        ("h_index_recent", "h-index since 2021", "2"),
        ("i10_index_recent", "i10-index since 2021", "1"),
    ],
)
def test_each_known_figure_has_a_badge(make, files, name, label, message):
    found = badge(files(make.snapshot()), name)
    assert (found["label"], found["message"]) == (label, message)


def test_recent_figures_of_an_unknown_year_say_recent(make, files):
    author = make.author(sources=(make.source(recent_since_year=None),))
    assert badge(files(make.snapshot(author)), "citations_recent")["label"] == "citations (recent)"


def test_a_figure_that_is_unknown_or_broken_has_no_badge(make, files):
    author = make.author(metrics=(make.metrics(values={"citations": 5, "g_index": 1.5}),))
    found = [
        p for p in files(make.snapshot(author)) if p.startswith("badges/") and "papers/" not in p
    ]
    assert found == ["badges/me/citations.json", "badges/me/citations.svg"]


def test_a_lower_bound_is_rounded_down_and_says_so(make, files):
    author = make.author(metrics=(make.metrics(lower_bounds={"citations", "h_index"}),))
    found = files(make.snapshot(author))
    assert badge(found, "citations")["message"] == "≥ 1.2k"
    assert badge(found, "h_index")["message"] == "≥ 2"


def test_a_stale_badge_is_grey_and_carries_its_month(make, files):
    found = badge(
        files(make.snapshot(make.author(sources=(make.source(is_stale=True),)))), "h_index"
    )
    assert (found["color"], found["message"]) == ("#939393", "2 (Mar 2026)")


def test_combined_figures_are_stale_as_soon_as_one_source_is(make, files):
    author = make.author(
        figures="combined",
        shown="combined",
        sources=(make.source(), make.source("openalex", is_stale=True)),
        metrics=(make.metrics("combined", "combined"),),
    )
    found = badge(files(make.snapshot(author)), "citations")
    assert (found["color"], found["message"]) == ("#939393", "1.3k (Mar 2026)")
    assert "namedLogo" not in found


def test_each_paper_has_a_badge_in_the_name_of_who_counted_it(make, files):
    found = files(make.snapshot())
    index = json.loads(found["badges/me/papers/index.json"])
    papers = {k: json.loads(found[f"badges/me/papers/{e['file']}"]) for k, e in index.items()}
    assert papers["doi:10.1000/one"]["message"] == "1k"
    assert papers["doi:10.1000/one"]["namedLogo"] == "googlescholar"
    assert papers["openalex:W2"]["message"] == "40"
    assert "namedLogo" not in papers["openalex:W2"]


def test_the_index_knows_every_id_of_a_paper(make, files):
    index = json.loads(files(make.snapshot())["badges/me/papers/index.json"])
    one = {k for k, e in index.items() if e["file"] == index["doi:10.1000/one"]["file"]}
    assert one == {
        "doi:10.1000/one",
        "arxiv:2401.00001",
        "openalex:W1",
        make.scholar("one"),
        make.scholar("onepreprint"),
        f"{make.USER}:one_________",
        f"{make.USER}:onepreprint_",
    }
    assert index["arxiv:2401.00001"]["cited_by_count"] == 1000
    assert index["openalex:W2"]["provider"] == "openalex"


def test_a_shared_id_leads_to_the_larger_paper(make, files):
    small = make.work("openalex:W1", counts=[make.count("openalex:W1", 5)], ids=("doi:10.1000/x",))
    large = make.work("openalex:W2", counts=[make.count("openalex:W2", 9)], ids=("doi:10.1000/x",))
    for works in ((small, large), (large, small)):
        found = files(make.snapshot(make.author(works=works)))
        index = json.loads(found["badges/me/papers/index.json"])
        assert index["doi:10.1000/x"]["cited_by_count"] == 9


def test_a_paper_that_nobody_counted_has_no_badge(make, files):
    work = make.work(counts=[make.count("openalex:W1", None)])
    found = files(make.snapshot(make.author(works=(work,))))
    assert [p for p in found if "/papers/" in p] == ["badges/me/papers/index.json"]


def test_a_paper_counted_by_a_stale_provider_is_grey(make, files):
    author = make.author(sources=(make.source(), make.source("openalex", is_stale=True)))
    found = files(make.snapshot(author))
    index = json.loads(found["badges/me/papers/index.json"])
    paper = json.loads(found[f"badges/me/papers/{index['openalex:W2']['file']}"])
    assert (paper["color"], paper["message"]) == ("#939393", "40 (Mar 2026)")


def test_ids_that_differ_in_case_only_have_files_of_their_own(make, files):
    works = tuple(
        make.work(i, counts=[make.count(i, 1)])
        for i in (
            "google_scholar:AAAAAAAAAAAA:abcdefghijkl",
            "google_scholar:AAAAAAAAAAAA:ABCDEFGHIJKL",
        )
    )
    found = files(make.snapshot(make.author(works=works)))
    names = [p.casefold() for p in found if "/papers/" in p and p.endswith(".json")]
    assert len(set(names)) == len(names) == 3
