"""Drawings: fit to stand in any page, light or dark, and the same bytes every time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipeline.writers.report import draw_members, draw_style, draw_svg, drawing
from pipeline.writers.report.chart import Chart
from pipeline.writers.report.renderer import CannotDraw, Renderer

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = tuple(
    text
    for texts in json.loads(
        (Path(__file__).parents[3] / "attacks/payloads.json").read_text("utf-8")
    ).values()
    for text in texts
)[: draw_members.MOST]


def chart(name, columns, rows, **told):
    known = {"title": "A title", "summary": 'Words & "figures" <b>.', "note": None}
    return Chart(name=name, columns=tuple(columns.split("|")), rows=tuple(rows), **known | told)


CHARTS = (
    chart(
        "citations-per-year",
        "Year|Citations|Year is over",
        [(2021, 3, "yes"), (2023, 12_345, "yes"), (2024, 2, "no")],
    ),
    chart(
        "history",
        "Provider|Date|Citations|h-index",
        [
            ("Google Scholar", "2024-12-01", 10_100, 3),
            ("Google Scholar", "2025-06-01", 11_900, 4),
            ("OpenAlex", "2024-12-01", 10_400, None),
            ("OpenAlex", "2025-06-01", 10_400, None),
        ],
    ),
    chart("h-core", "From rank|To rank|Citations each", [(1, 1, 900), (2, 3, 3), (4, 9, 0)]),
    chart(
        "coverage",
        "Listed by|Google Scholar|OpenAlex|Papers",
        [("Both", "yes", "yes", 5), ("2 other sets", None, None, 4), ("In all", 7, 7, 9)],
    ),
    chart(
        "members",
        "Member|Citations|h-index|Provider|As of",
        [(text, 50 - n, None if n else 3, "OpenAlex", None) for n, text in enumerate(HOSTILE)]
        + [("One too many", 0, 0, "OpenAlex", None)],
    ),
)


@pytest.fixture(scope="module")
def specs():
    return {one.name: drawing.spec(one) for one in CHARTS}


@pytest.fixture(scope="module")
def svg():
    """Draws a specification."""
    with Renderer() as renderer:
        yield partial(drawing.svg, renderer=renderer)


@pytest.fixture(scope="module")
def svgs(specs, svg):
    return {name: svg(spec) for name, spec in specs.items()}


def _parsed(svg):
    return ET.XML(svg)


def _texts(svg):
    return [element.text for element in _parsed(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", [one.name for one in CHARTS])
class TestEveryDrawing:
    def test_holds_shapes_and_words_only(self, name, svgs):
        root = _parsed(svgs[name])
        for element in root.iter():
            if element is not root:
                assert element.tag.removeprefix(SVG) in {"g", "path", "rect", "line", "text"}
                assert set(element.attrib) <= draw_svg.ATTRIBUTES

    def test_has_no_id_style_script_or_reference(self, name, svgs):
        tags = " ".join(re.findall(r"<[^>]*>", svgs[name].replace(f'"{SVG[1:-1]}"', "")))
        assert not re.search(r'\b(id|class|style|href|on\w+)=|url\(|://|="\s*javascript:', tags)

    def test_is_one_image_with_its_words(self, name, svgs):
        root = _parsed(svgs[name])
        assert root.get("role") == "img"
        assert root.get("aria-label") == 'A title. Words & "figures" <b>.'
        assert not any(
            "aria" in key or key == "role" for e in root.iter() if e is not root for key in e.attrib
        )

    def test_fits_its_place(self, name, svgs):
        root = _parsed(svgs[name])
        assert root.get("viewBox").startswith("0 0 420 ")
        assert (root.get("width"), root.get("height")) == ("100%", None)

    def test_takes_the_colour_of_its_page(self, name, svgs):
        known = {"none", "transparent", "currentColor", *draw_style.COLOURS}
        assert draw_style.TEXT not in svgs[name]
        assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', svgs[name])) <= known
        for element in _parsed(svgs[name]).iter(f"{SVG}text"):
            assert element.get("fill") == "currentColor"

    def test_loads_nothing(self, name, specs):
        assert '"url"' not in json.dumps(specs[name])


def test_each_drawing_is_a_sound_specification(specs):
    import altair as alt
    from altair.utils.schemapi import validate_jsonschema

    for spec in specs.values():
        validate_jsonschema(spec, alt.load_schema())
        assert not any(name in json.dumps(spec) for name in ('"rows:', '"datasets"'))


def test_the_same_chart_is_the_same_bytes(svg, svgs):
    assert svg(drawing.spec(CHARTS[2])) == svgs["h-core"]


def test_a_year_that_nobody_speaks_of_keeps_its_place_without_a_bar(svgs):
    texts = _texts(svgs["citations-per-year"])
    assert "2022" in texts
    assert "0" not in texts


def test_the_running_year_is_an_outline(svgs):
    bars = re.findall(r"<path[^>]*>", svgs["citations-per-year"])
    assert ["stroke-dasharray" in bar for bar in bars] == [False, False, True]


def test_lines_differ_in_more_than_colour(svgs):
    samples = re.findall(r'<line[^>]*stroke="#[^>]*stroke-width="2.5"[^>]*>', svgs["history"])
    assert ["dasharray" in one for one in samples] == [False, True]


def test_ticks_that_would_round_to_one_word_are_told_in_full(svgs):
    axis = [text for text in _texts(svgs["history"]) if text.endswith("00")]
    assert len(set(axis)) > 3
    assert "10,500" in axis


def test_an_unknown_h_index_is_neither_drawn_nor_told(svgs):
    assert len(re.findall(rf'<path[^>]*"{draw_style.COLOURS[0]}"', svgs["history"])) == 2
    assert len(re.findall(rf'<path[^>]*"{draw_style.COLOURS[1]}"', svgs["history"])) == 1
    assert "–" in _texts(svgs["members"])


def test_a_thousand_papers_stay_light(svg):
    rows = [(n, n, 2000 - n) for n in range(1, 1001)]  # no two alike: the worst case
    heavy = svg(drawing.spec(replace(CHARTS[2], rows=tuple(rows))))
    assert len(heavy) < 20_000
    assert len(list(_parsed(heavy).iter())) < 60


def test_the_h_core_is_a_square(svgs):
    corners = re.search(r'd="M0,(\d+(?:\.\d+)?)h([\d.]+)v([\d.]+)h-', svgs["h-core"])
    assert corners
    assert float(corners[2]) == pytest.approx(float(corners[3]), abs=0.01)


def test_the_rest_of_the_sets_is_named(svgs):
    assert "the rest" in _texts(svgs["coverage"])


def test_thirty_members_are_drawn_and_no_more(svgs):
    texts = _texts(svgs["members"])
    assert "One too many" not in texts
    assert any("alert(1)" in text for text in texts)


def test_a_control_character_does_not_end_the_process(specs, svg):
    assert not re.search(r"[\x00-\x1f]", json.dumps(specs["members"], ensure_ascii=False))
    one = chart("members", "Member|Citations|h-index", [("a\x0bb\x00\ufffe", 1, 1)], title="\x0c")
    assert "a b" in _texts(svg(drawing.spec(one)))


def test_a_name_of_wide_letters_is_cut_to_its_room():
    assert draw_members._fitting("漢" * 30) == "漢" * 9 + "…"
    assert draw_members._fitting("Ada Example") == "Ada Example"


@pytest.mark.parametrize("colour", draw_style.COLOURS)
@pytest.mark.parametrize("page", ["#ffffff", "#12161c"])
def test_each_colour_stands_out_on_white_and_dark(colour, page):
    light, dark = sorted((_luminance(colour), _luminance(page)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_each_provider_has_a_look_of_its_own():
    looks = [draw_style.look(title) for title in draw_style._COUNTING]
    assert len(set(looks)) == len(looks)
    assert len(set(draw_style.DASHES)) == len(draw_style.DASHES) == len(draw_style.COLOURS)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 9, [0, 2, 4, 6, 8, 10]),
        (0, 0, [0]),
        (0, 1, [0, 1]),
        (41, 44, [41, 42, 43, 44]),
        (0, 1055, [0, 500, 1000, 1500]),
        (97, 203, [50, 100, 150, 200, 250]),
    ],
)
def test_ticks_are_round_and_hold_the_values(low, high, expected):
    assert draw_style.ticks(low, high) == expected


def test_a_refused_specification_says_why_and_the_next_is_drawn(specs, svg, svgs, caplog):
    with pytest.raises(CannotDraw):
        svg({"usermeta": {"name": "mine"}, "mark": 7})
    assert "chart=mine why=" in caplog.text
    assert svg(specs["h-core"]) == svgs["h-core"]


def test_asking_whether_charts_can_be_drawn_loads_nothing():
    asked = (
        "import sys; from pipeline.writers.report import charts, drawing; drawing.is_available();"
        "sys.exit(any(name in sys.modules for name in ('altair', 'vl_convert', 'jinja2')))"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_nothing_can_be_drawn_where_a_library_is_missing(monkeypatch):
    assert drawing.is_available()
    monkeypatch.setattr(
        drawing, "find_spec", lambda name: None if name == "vl_convert" else object()
    )
    assert not drawing.is_available()


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
