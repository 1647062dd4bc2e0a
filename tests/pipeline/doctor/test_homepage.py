import json

import pytest

from pipeline.doctor import homepage
from pipeline.doctor.repository import Place

TOTAL = "<span id='total_cit'>9</span>"
SPAN = "<strong><span class='show_paper_citations' data='{}'></span></strong>\n"
KNOWN = frozenset({"SAMPLEadaAAJ:one", "arxiv:2401.00001"})


def states(findings):
    return [f.state for f in findings]


@pytest.mark.parametrize("name", homepage.TEMPLATES)
def test_the_templates_repository_is_wrong_in_any_spelling(name):
    (found,) = homepage.settings(f"title: x\nrepository : '{name.upper()}'  # here\n", slug="a/b")
    assert found.state == "wrong"
    assert "another person's figures" in found.what
    assert found.what.endswith("set it to a/b")


def test_a_repository_other_than_that_of_the_data_is_wrong():
    (found,) = homepage.settings('repository: "ada/old"\n', slug="ada/new")
    assert found.state == "wrong"
    assert "ada/new" in found.what


@pytest.mark.parametrize("slug", ["Ada/Page", None])
def test_the_right_repository_is_fine(slug):
    (found,) = homepage.settings("repository: ada/page # mine\n", slug=slug)
    assert found == ("ok", "_config.yml: `repository: ada/page`")


def test_a_missing_repository_is_wrong_where_the_theme_wants_it():
    (found,) = homepage.settings("repository:\ngoogle_scholar_stats_use_cdn: false\n", slug=None)
    assert found.state == "wrong"
    assert "is missing" in found.what


def test_a_site_of_another_theme_needs_no_repository():
    assert not list(homepage.settings("title: x\nnested:\n  repository: a/b\n", slug="a/b"))


def test_the_cdn_comes_with_a_note_on_its_delay():
    found = list(
        homepage.settings("repository: a/b\ngoogle_scholar_stats_use_cdn : true\n", slug="a/b")
    )
    assert states(found) == ["ok", "note"]
    assert "12 hours" in found[1].what
    assert "7 days" in found[1].what


def test_spans_without_the_total_stay_empty():
    (found, _) = homepage.spans("p", SPAN.format("SAMPLEadaAAJ:one"), known=KNOWN, has_total=False)
    assert found.state == "wrong"
    assert "id='total_cit'" in found.what


def test_a_total_in_the_layout_is_enough():
    found = homepage.spans("p", SPAN.format("SAMPLEadaAAJ:one"), known=KNOWN, has_total=True)
    assert states(found) == ["ok"]


def test_spans_of_unknown_papers_are_listed():
    text = TOTAL + "".join(SPAN.format(f"SAMPLEadaAAJ:no{n}") for n in range(10))
    (found,) = homepage.spans(
        "p", text + SPAN.format("arxiv:2401.00001"), known=KNOWN, has_total=False
    )
    assert found.state == "wrong"
    assert "SAMPLEadaAAJ:no0, SAMPLEadaAAJ:no1" in found.what
    assert "and 2 more" in found.what
    assert "arxiv:2401.00001" not in found.what


def test_what_is_commented_out_or_put_in_by_liquid_is_no_span():
    text = TOTAL + "<!-- " + SPAN.format("SAMPLEadaAAJ:no") + "-->" + SPAN.format("{{ id }}")
    assert states(homepage.spans("p", text, known=KNOWN, has_total=False)) == ["ok"]


def test_a_span_without_data_blanks_the_rest():
    text = TOTAL + "<span class='a show_paper_citations' data-id='x'></span>"
    found = list(homepage.spans("p", text, known=KNOWN, has_total=False))
    assert found[0].state == "wrong"
    assert "has no `data`" in found[0].what


def test_without_data_there_is_nothing_to_compare_with():
    text = TOTAL + SPAN.format("SAMPLEadaAAJ:one")
    (found,) = homepage.spans("p", text, known=None, has_total=False)
    assert found.state == "note"
    assert "scholar-metrics refresh" in found.what


def test_a_page_without_spans_says_nothing():
    assert not list(homepage.spans("p", "# Me < you & <b>\n", known=None, has_total=False))


@pytest.mark.parametrize(
    ("url", "count"),
    [
        ("https%3A%2F%2Fgithub.com%2Fa%2Fb%2Fraw%2Fx.json", 1),
        ("http://raw.githubusercontent.com/a/b/c/x.json", 1),
        ("https%3A%2F%2Fraw.githubusercontent.com%2Fa%2Fb%2Fc%2Fx.json", 0),
        ("{{url|url_encode}}", 0),
        ("{{", 0),
    ],
)
def test_badges_that_shields_would_refuse_are_found(url, count):
    text = f"![x](https://img.shields.io/endpoint?logo=x&amp;url={url}&color=blue)"
    assert len(list(homepage.badges("index.md", text))) == count


def test_a_whole_homepage_is_looked_through(tmp_path):
    for name in ("_pages", "_layouts", "_includes", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "_config.yml").write_text("repository: RayeRen/acad-homepage.github.io\n")
    (tmp_path / "_pages" / "about.md").write_text(SPAN.format("SAMPLEadaAAJ:gone"))
    (tmp_path / "_layouts" / "default.html").write_text(TOTAL)
    (tmp_path / "_includes" / "fetch.html").write_text(
        "<script>document.getElementById('total_cit')</script>"
    )
    (tmp_path / "out" / "gs_data.json").write_text(json.dumps({"publications": {"a": {}}}))
    place = Place(folder=tmp_path, remote="origin", slug="ada/page")
    found = list(homepage.examine(tmp_path, place=place, branch="stats", output=tmp_path / "out"))
    assert states(found) == ["ok", "ok", "wrong", "wrong"]
    assert "_pages/about.md: SAMPLEadaAAJ:gone: no paper" in found[3].what


def test_a_script_that_mentions_the_total_is_not_the_total(tmp_path):
    (tmp_path / "_includes").mkdir()
    (tmp_path / "_includes" / "fetch.html").write_text("<script>'<i id=\"total_cit\">'</script>")
    (tmp_path / "index.md").write_text(SPAN.format("x"))
    found = list(homepage.examine(tmp_path, place=None, branch="stats", output=tmp_path))
    assert states(found) == ["wrong", "note"]


def test_a_folder_without_a_homepage_says_nothing(tmp_path):
    (tmp_path / "index.html").write_bytes(b"\xff" * 3_000_000)
    assert not list(homepage.examine(tmp_path, place=None, branch="x", output=tmp_path))
