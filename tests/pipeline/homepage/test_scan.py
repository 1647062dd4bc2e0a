"""What a page lists, and what is known of it."""

from pipeline.homepage import document
from pipeline.homepage.page import read
from pipeline.homepage.site import Site, look


def scan(page, known=None):
    return document(read(page.encode()), known, site=Site())


def test_papers_are_listed_with_what_is_known(card, data):
    told = scan(f"# Papers\n{card(1)}\n{card(2)}", data(1))
    first, second = told["papers"]
    assert first | {"title": ""} == {
        "title": "",
        "ids": ["arxiv:2401.00001"],
        "is_commented_out": False,
        "has_span": False,
        "matched_by": "id",
        "key": "arxiv:2401.00001",
        "cited_by_count": 10,
        "provider": "openalex",
        "as_of": "2026-03-01T03:00:00+00:00",
    }
    assert (second["key"], second["cited_by_count"], second["provider"]) == (None, None, None)


def test_a_commented_paper_is_flagged_and_not_counted(card, data):
    told = scan(f"# Papers\n{card(1)}\n<!-- {card(2)} -->", data(1, 2))
    assert [p["is_commented_out"] for p in told["papers"]] == [False, True]
    assert told["listed"] == 1


def test_without_data_papers_are_listed_all_the_same(card):
    told = scan(f"# Papers\n{card(1)}")
    assert (told["data"], told["broken_spans"]) == (None, None)
    assert told["papers"][0]["cited_by_count"] is None


def test_what_is_on_the_page_is_told(card, data, annotate):
    page = f"# Papers\n{card(1)}\n{card(2)}"
    before = scan(page, data(1, 2))
    _, after = annotate(page, data(1, 2), address="https://example.org/badge.json")
    told = scan(after, data(1))
    assert (before["has_total"], before["has_badge"], before["spans"]) == (False, False, 0)
    assert (told["has_total"], told["has_badge"], told["spans"]) == (True, True, 2)
    assert told["broken_spans"] == ["arxiv:2401.00002"]
    assert all(p["has_span"] for p in told["papers"])


def test_layouts_and_includes_above_the_page_are_looked_at(tmp_path):
    (tmp_path / "_includes").mkdir()
    (tmp_path / "_pages").mkdir()
    page = tmp_path / "_pages" / "about.md"
    assert look(page) == Site()
    script = tmp_path / "_includes" / "stats.html"
    script.write_text("<script>x('total_cit'); y('show_paper_citations')</script>")
    assert look(page) == Site(has_script=True)
    (tmp_path / "_includes" / "side.html").write_text("<b id='total_cit'></b>")
    assert look(page) == Site(has_total=True, has_script=True)
