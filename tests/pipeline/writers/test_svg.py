from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from base64 import b64decode
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipeline.model import Looks, Repository
from pipeline.writers import badges, svg
from pipeline.writers.endpoint import Endpoint, badge, parse
from pipeline.writers.svg import draw

WIDTHS = json.loads(Path(__file__).with_name("badge_widths.json").read_bytes())
"""badge-maker's own, by `python benchmarks/badge_sheet.py --record FILE`."""


def tree(drawn):
    """An SVG without its namespace, by element."""
    root = ET.fromstring(drawn)  # noqa: S314 - what was just drawn
    for element in root.iter():
        element.tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
    return root


def fills(drawn):
    """The colours of areas in reading order, and of the text on them."""
    areas, letters = tree(drawn).findall("g")
    texts = [t for t in letters.findall("text") if "aria-hidden" not in t.attrib]
    colours = [a.get("fill") for a in areas if not a.get("fill").startswith("url")]
    return colours, [t.get("fill", letters.get("fill")) for t in texts]


def of(label="citations", message="1.3k", **fields):
    return Endpoint(label=label, message=message, **fields)


@pytest.fixture
def drawings(make):
    """Writes the pictures of a snapshot, and gives them by path."""

    def written(found=None, earlier=None, **looks):
        found = make.changed(found or make.snapshot(), looks=Looks(**looks))
        return {a.path: a.data for a in svg.artifacts(found, (earlier or {}).get)}

    return written


@pytest.fixture
def with_stars(make):
    stars = Repository(id="github:ada/thing", stars=1250, as_of=make.AS_OF)
    return make.snapshot(make.author(repositories=(stars,)))


def test_each_badge_has_a_picture_of_its_name_that_says_the_same(with_stars, drawings):
    pictures = {p.removesuffix(".svg"): tree(d) for p, d in drawings(with_stars).items()}
    documents = {
        a.path.removesuffix(".json"): json.loads(a.data)
        for a in badges.artifacts(with_stars, {}.get)
        if not a.path.endswith("/index.json")
    }
    assert {p.split("/")[2] for p in documents} >= {"papers", "repositories", "h_index"}
    assert {p: f"{d['label']}: {d['message']}" for p, d in documents.items()} == {
        p: root.get("aria-label") for p, root in pictures.items()
    }
    for place, document in documents.items():
        assert pictures[place].find("g")[1].get("fill") == document["color"]


def test_without_pictures_there_are_none(drawings):
    assert drawings(svg=False) == {}


def test_the_configured_style_is_drawn(drawings):
    square = drawings(badge_style="flat-square")["badges/me/citations.svg"]
    assert b"Gradient" not in square
    assert b"clip" not in square
    assert b"Gradient" in drawings(badge_style="flat")["badges/me/citations.svg"]


def test_square_text_has_no_shadow(drawings):
    texts = tree(draw(of(), style="flat-square")).findall("g/text")
    assert [t.text for t in texts] == ["citations", "1.3k"]


def test_a_stale_badge_is_grey_and_dated(make, drawings):
    author = make.author(sources=(make.source(is_stale=True),))
    drawn = drawings(make.snapshot(author))["badges/me/h_index.svg"]
    assert fills(drawn)[0] == ["#555", "#939393"]
    assert tree(drawn).findtext("title") == "h-index: 2 (Mar 2026)"


def test_who_cannot_see_a_badge_hears_it_once():
    root = tree(draw(of("a <b> & 'c'", '"d"')))
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.findtext("title") == "a <b> & 'c': \"d\""
    shadows = [t for t in root.findall("g/text") if t.get("y") == "150"]
    assert [t.get("aria-hidden") for t in shadows] == ["true", "true"]


def test_the_logo_is_a_picture_within(make, drawings):
    image = tree(drawings()["badges/me/citations.svg"]).find("g/image")
    kind, _, data = image.get("href").partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert [e.tag for e in tree(b64decode(data)).iter()] == ["svg", "path"]
    papers = [d for p, d in drawings().items() if "/papers/openalex" in p]
    assert len(papers) == 1
    assert b"<image" not in papers[0]


def test_a_logo_takes_the_colour_it_is_given():
    image = tree(draw(of(named_logo="orcid", logo_color="red"))).find("g/image")
    assert b'fill="#dd4343"' in b64decode(image.get("href").partition(",")[2])


@pytest.mark.parametrize(
    ("colour", "text"),
    [
        ("#007ec6", "#fff"),
        ("#939393", "#fff"),
        ("#d8b800", "#fff"),
        ("#b1b1b1", "#fff"),
        ("#b2b2b2", "#333"),
        ("#9cf", "#333"),
        ("f6f6f6", "#333"),
    ],
)
def test_text_is_dark_on_light_colours_as_badge_maker_draws_it(colour, text):
    assert fills(draw(of(color=colour)))[1] == ["#fff", text]
    assert fills(draw(of(color="#000", label_color=colour)))[1] == [text, "#fff"]


def test_dark_text_has_a_light_shadow():
    shadows = tree(draw(of(color="#9cf"))).findall("g/text[@aria-hidden]")
    assert [s.get("fill") for s in shadows] == ["#010101", "#ccc"]


def test_colour_names_are_those_of_shields_today():
    assert fills(draw(of(color="brightgreen", label_color="gray")))[0] == ["#555", "#4b0"]
    assert fills(draw(of()))[0] == ["#555", "#939393"]


def test_an_empty_label_leaves_no_stub():
    root = tree(draw(of("", "1.3k", color="#007ec6"), style="flat-square"))
    assert [a.get("width") for a in root.find("g")] == ["0", root.get("width")]
    (text,) = root.findall("g/text")
    assert int(text.get("x")) == int(root.get("width")) * 5
    assert root.get("aria-label") == "1.3k"


def test_a_logo_without_a_label_lies_on_the_colour():
    assert fills(draw(of("", color="#9cf", named_logo="orcid")))[0] == ["#9cf", "#9cf"]


def test_badges_on_one_page_do_not_share_ids():
    pages = [draw(of(m, color=c)) for m in ("1", "2") for c in ("#007ec6", "#939393")]
    ids = [i for page in pages for i in re.findall(r' id="([^"]+)"', page)]
    assert len(set(ids)) == len(ids) == 8
    for page in pages:
        own = set(re.findall(r' id="([^"]+)"', page))
        assert set(re.findall(r"url\(#([^)]+)\)", page)) == own


def test_equal_figures_give_equal_bytes(drawings):
    assert drawings() == drawings()


def test_equal_badges_of_a_run_are_drawn_once(make, drawings, monkeypatch):
    works = tuple(make.work(f"doi:10/{n}", counts=[make.count(f"openalex:W{n}", 7)]) for n in "abc")
    found = make.snapshot(make.author(works=works))
    drawn = []

    def counting(badge, *, style):
        drawn.append(badge)
        return draw(badge, style=style)

    monkeypatch.setattr(svg, "draw", counting)
    pictures = drawings(found, metrics=("citations",))
    assert len(pictures) == 4
    assert len(drawn) == 2


def test_a_night_without_news_draws_nothing(drawings, monkeypatch):
    earlier = drawings()
    monkeypatch.setitem(sys.modules, "badgepy", None)
    assert drawings(earlier=earlier) == earlier


def test_what_draws_is_not_even_loaded():
    code = (
        "import sys, pipeline.writers.svg;"
        "print(sorted({'badgepy', 'jinja2', 'requests'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_picture_is_drawn_again_once_it_would_differ(make, drawings):
    earlier, path = drawings(), "badges/me/citations.svg"
    assert drawings(earlier=earlier, badge_style="flat-square") == drawings(
        badge_style="flat-square"
    )
    author = make.author(metrics=(make.metrics(values={"citations": 1350}),))
    assert b"1.4k" in drawings(make.snapshot(author), earlier)[path]
    damaged = earlier | {path: earlier[path].replace(b"1.3k", b"9.9k")}
    assert drawings(earlier=damaged) == earlier


def test_nothing_is_fetched(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a badge went to the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert "image" in draw(of("https://example.org/a.svg", named_logo="github"))


def test_latin_text_is_as_wide_as_badge_maker_draws_it():
    apart = {}
    for known in WIDTHS:
        root = tree(draw(parse(known["badge"])))
        areas = [float(area.get("width")) for area in root.find("g")]
        assert areas[0] + areas[1] == areas[2] == float(root.get("width"))
        apart[root.get("aria-label")] = abs(areas[2] - known["width"])
    assert len(apart) > 30
    assert {text: px for text, px in apart.items() if px > 3} == {}


def test_text_stays_inside_its_part():
    root = tree(draw(badge("citations since 2021", "551074", as_of=None, is_stale=False)))
    areas, letters = root.findall("g")
    edges = [0, *(float(a.get("x", 0)) + float(a.get("width")) for a in areas[:2])]
    texts = [t for t in letters.findall("text") if "aria-hidden" not in t.attrib]
    for (left, right), text in zip(pairwise(edges), texts, strict=True):
        middle, half = float(text.get("x")) / 10, float(text.get("textLength")) / 20
        assert left < middle - half < middle + half < right
