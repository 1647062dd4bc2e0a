"""The files of the report, as a browser gets them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pipeline.writers import report
from pipeline.writers.report import page as pages
from pipeline.writers.report.chart import Chart
from pipeline.writers.report.renderer import CannotDraw

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>1</text></svg>'


def rules(tree):
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    return {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}


def hashed(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_each_author_and_group_has_a_page_and_one_leads_to_them(written, lab):
    files = written(lab.snapshot)
    assert sorted(files) == [f"report/{n}.html" for n in ("ada", "bo", "index", "lab")]


def test_no_pages_are_made_where_none_are_wanted(written, make):
    assert written(make.snapshot(), pages=False) == {}
    assert written(replace(make.snapshot(), authors=())) == {}


def test_only_the_style_and_script_of_the_page_itself_may_run(opened):
    tree = opened()
    assert rules(tree) == {
        "default-src": ["'none'"],
        "script-src": [hashed(tree.xpath("//script")[0].text)],
        "style-src": [hashed(tree.xpath("//style")[0].text)],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    assert tree.xpath("//meta[@name='referrer']/@content") == ["no-referrer"]


def test_the_page_asks_nobody_for_anything(opened):
    tree = opened()
    assert tree.xpath("//@src | //link[@href != 'data:,'] | //iframe | //object") == []
    assert "url(" not in tree.xpath("//style")[0].text
    assert not re.search(r"fetch|XMLHttp|import\b|https?:", tree.xpath("//script")[0].text)


def test_the_page_can_be_read_aloud(opened):
    tree = opened()
    assert tree.get("lang") == "en"
    assert len(tree.xpath("//h1")) == 1
    assert tree.xpath("//a[@class='skip']/@href") == ["#main"]
    assert tree.xpath("//main/@id") == ["main"]
    ids = tree.xpath("//@id")
    assert len(set(ids)) == len(ids)
    for table in tree.xpath("//table"):
        assert table.xpath(".//th[@scope]")


def test_a_stale_figure_says_in_words_since_when(opened, seen, make):
    tree = opened(make.author(sources=(make.source(is_stale=True),)))
    assert "not renewed since 1 Mar 2026" in seen(tree.xpath("//dl")[0])
    assert "as of" not in seen(tree.xpath("//dl")[0])


def test_all_figures_stand_behind_a_summary(opened, seen, make):
    stated = make.metrics(stated=frozenset({"citations_recent"}))
    tree = opened(make.author(metrics=(stated,)))
    (details,) = tree.xpath("//details[summary='All figures']")
    rows = [[seen(cell) for cell in row] for row in details.xpath(".//tbody/tr")]
    assert ["i100-index", "1", "Number of papers with 100 citations or more."] in rows
    assert ["Citations since 2021", "900", ""] in rows


def test_a_row_has_title_authors_venue_and_counts(opened, seen):
    tree = opened()
    row = tree.xpath("//table[@id='papers']/tbody/tr")[0]
    assert seen(row).startswith("A Paper on Synthetic Data Ada Example, Bo Sample")
    assert row.xpath(".//a[@class='t']/@href") == ["https://doi.org/10.1000/one"]
    assert row.xpath(".//b/text()") == ["Ada Example", "1,000"]
    assert row.xpath(".//small/text()") == ["OpenAlex 800"]
    assert (row.get("data-c"), row.get("data-d"), row.get("data-y")) == ("1000", "2024", "2024")


def test_an_unknown_count_is_a_dash_and_sorts_as_nothing(opened, seen):
    tree = opened()
    (row,) = [r for r in tree.xpath("//table[@id='papers']/tbody/tr") if "Two" in seen(r)]
    assert row.get("data-c") is None
    assert row.xpath(".//td[@class='n']/b/text()") == ["–"]
    assert row.get("data-k") is not None


def test_an_abstract_opens_on_demand(opened, seen, make):
    tree = opened(make.author(works=(make.work(abstract="What we did."),)))
    (details,) = tree.xpath("//table[@id='papers']//details")
    assert seen(details) == "AbstractWhat we did."
    assert details.get("open") is None


def test_controls_are_hidden_until_the_script_runs(opened):
    tree = opened()
    (find,) = tree.xpath("//*[@role='search']")
    assert find.get("hidden") is not None
    assert tree.xpath("//th//button") == []
    assert find.xpath(".//*[@aria-live='polite']")
    assert [name for name in tree.xpath("//@*") if name.attrname.startswith("on")] == []


def test_a_person_without_anything_known_has_a_page(opened, seen, make):
    tree = opened(make.author(shown=None, sources=(), works=(), metrics=()))
    text = seen(tree.xpath("//main")[0])
    assert "No provider that counts citations" in text
    assert "No papers are known yet" in text
    assert "0" not in seen(tree.xpath("//dl")[0])


def test_a_group_lists_members_and_joint_papers(opened, seen, lab):
    tree = opened(snapshot=lab.snapshot, path="report/lab.html")
    assert tree.xpath("//table[@id='members']//a/@href") == ["ada.html", "bo.html"]
    assert "members: Ada Example, Bo Sample" in seen(tree.xpath("//table[@id='joint']")[0])
    assert "A joint paper counts once" in seen(tree)


def test_the_first_page_leads_to_all(opened, lab):
    tree = opened(snapshot=lab.snapshot, path="report/index.html")
    assert tree.xpath("//table[@id='groups']//a/@href") == ["lab.html"]
    assert tree.xpath("//table[@id='people']//a/@href") == ["ada.html", "bo.html"]


def test_equal_figures_give_equal_pages(written, make):
    assert written(make.snapshot()) == written(make.snapshot())


def test_a_night_without_news_renders_nothing(written, make, monkeypatch):
    first = written(make.snapshot())
    monkeypatch.setattr(pages, "_render", lambda *_, **__: pytest.fail("rendered again"))
    assert written(make.snapshot(), first) == first


def test_a_page_that_was_touched_is_made_again(written, make):
    first = written(make.snapshot())
    touched = {p: d.replace(b"1,250", b"9,999") for p, d in first.items()}
    assert written(make.snapshot(), touched) == first


def test_news_make_the_page_anew(written, make):
    first = written(make.snapshot())
    more = make.author(metrics=(make.metrics(values={"citations": 1251}),))
    assert b"1,251" in written(make.snapshot(more), first)["report/me.html"]


def test_nothing_heavy_is_loaded_before_a_page_is_made():
    heavy = "{'jinja2', 'vl_convert', 'numpy', 'lxml'}"
    code = f"import sys, pipeline.writers.report; print({heavy} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"


@pytest.fixture
def charted(monkeypatch):
    """Charts that are drawn by a stand-in; `drawn` counts the drawings."""
    from pipeline.writers.report import charts, drawing

    told = SimpleNamespace(drawn=0, is_available=True, svg=SVG, rows=((2024, 7), (2025, None)))

    def chart(author, **_):
        return (
            Chart(
                name="years",
                title="By year",
                summary="Seven.",
                columns=("Year", "Citations"),
                rows=told.rows,
                note="As of once.",
            ),
        )

    def svg(spec, *, renderer):
        told.drawn += 1
        if told.svg is None:
            raise CannotDraw
        return told.svg

    monkeypatch.setattr(charts, "charts", chart)
    monkeypatch.setattr(drawing, "is_available", lambda: told.is_available)
    monkeypatch.setattr(drawing, "spec", lambda chart: {"data": [list(r) for r in chart.rows]})
    monkeypatch.setattr(drawing, "svg", svg)
    return told


def test_a_chart_stands_in_the_page_and_beside_it(written, make, charted):
    files = written(make.snapshot(), charts=True)
    assert SVG.encode() in files["report/charts/me.years.svg"]
    assert json.loads(files["report/charts/me.years.json"]) == {"data": [[2024, 7], [2025, None]]}
    page = files["report/me.html"].decode()
    assert SVG in page
    assert 'href="charts/me.years.json"' in page
    assert "<td>2025</td><td>–</td>" in page
    for text in ("By year", "Seven.", "As of once."):
        assert text in page


def test_a_chart_of_the_same_figures_is_not_drawn_again(written, make, charted):
    first = written(make.snapshot(), charts=True)
    assert written(make.snapshot(), first, charts=True) == first
    assert charted.drawn == 1
    charted.is_available = False
    assert written(make.snapshot(), first, charts=True) == first
    charted.is_available = True
    charted.rows = ((2024, 8),)
    again = written(make.snapshot(), first, charts=True)
    assert charted.drawn == 2
    assert json.loads(again["report/charts/me.years.json"]) == {"data": [[2024, 8]]}


@pytest.mark.parametrize(
    ("charts", "words"), [(True, "extra <code>charts</code>"), (False, "charts = true")]
)
def test_where_nothing_is_drawn_the_numbers_stand_alone(written, make, charted, charts, words):
    charted.is_available = False
    files = written(make.snapshot(), charts=charts)
    assert set(files) == {"report/index.html", "report/me.html"}
    page = files["report/me.html"].decode()
    assert "<td>2,024</td>" not in page
    assert "<td>2024</td><td>7</td>" in page
    assert words in page
    assert "<svg" not in page


@pytest.mark.parametrize(
    "inside",
    [
        *("<script>1</script>", '<g onload="1"/>', '<a href="https://e.example"><text/></a>'),
        *('<rect style="fill:url(https://e.example)"/>', "<foreignObject/>", "<unclosed>"),
    ],
)
def test_a_drawing_that_is_more_than_a_picture_is_left_out(written, make, charted, inside):
    charted.svg = SVG.replace("<text>1</text>", inside)
    page = written(make.snapshot(), charts=True)["report/me.html"].decode()
    assert "<svg" not in page
    assert "<td>7</td>" in page


def test_a_drawing_that_came_to_nothing_leaves_the_page_its_table(written, make, charted):
    charted.svg = None
    files = written(make.snapshot(), charts=True)
    assert set(files) == {"report/index.html", "report/me.html"}
    assert b"<td>2024</td><td>7</td>" in files["report/me.html"]


def test_a_style_in_a_drawing_is_allowed_by_its_hash():
    found = pages.policy("a", "b", '<svg style="x"><style>c</style></svg>')
    assert f"style-src {hashed('a')} {hashed('c')}; style-src-attr 'unsafe-inline'" in found


def test_everything_that_pages_are_made_with_is_in_their_mark(written, make, monkeypatch):
    first = written(make.snapshot())
    monkeypatch.setattr(report, "digest", lambda: "another")
    assert written(make.snapshot(), first) != first


def test_names_of_drawings_tell_authors_apart(written, make, charted):
    one, other = make.author("ada"), make.author("index")
    files = written(make.snapshot(one, replace(other)), charts=True)
    drawings = [path for path in files if path.endswith(".svg")]
    assert len(drawings) == len(set(drawings)) == 2
