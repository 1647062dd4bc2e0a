"""The sample's report in a browser, opened as a file, as people get it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = "#papers tbody tr:visible"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Folder of the report that `refresh --sample` makes."""
    out = tmp_path_factory.mktemp("sample")
    command = [sys.executable, "-m", "pipeline", "refresh", "--sample", "--output", str(out)]
    done = subprocess.run(
        command,
        cwd=out,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out / "report"


@pytest.fixture(scope="module")
def ada(report):
    """Address of the page of the sample's person."""
    (path,) = [p for p in report.glob("*.html") if p.name != "index.html"]
    return path.as_uri()


@pytest.fixture
def at(page, ada):
    """The page of the person, opened; with a hash where one is given."""

    def go(fragment=""):
        page.goto("about:blank")
        page.goto(ada + fragment)
        return page

    return go


def titles(page):
    return page.locator("#papers tbody tr:not([hidden]) .t").all_inner_texts()


def counts(page):
    texts = page.locator("#papers tbody tr:not([hidden]) .n b").all_inner_texts()
    return [None if text == "–" else int(text.replace(",", "")) for text in texts]


def test_the_first_page_leads_to_a_person_without_a_word_on_the_console(page, report):
    page.goto((report / "index.html").as_uri())
    page.locator("#people a").first.click()
    page.wait_for_url(re.compile(r"/report/(?!index)[\w.-]+\.html$"))
    assert page.locator("h1").inner_text()
    page.get_by_role("link", name="Overview").click()
    page.wait_for_url(re.compile(r"/index\.html$"))


def test_a_search_finds_any_spelling_and_says_how_many(at):
    page = at()
    every = titles(page)
    assert len(every) > 3
    word = max(re.findall(r"[A-Za-z]{4,}", every[0]), key=len)
    box = page.get_by_role("searchbox")
    box.fill(word.upper())
    status = page.get_by_role("status").first
    status.get_by_text(" of ").wait_for()
    found = titles(page)
    assert every[0] in found
    assert len(found) < len(every)
    assert status.inner_text() == f"{len(found)} of {len(every)} papers"
    page.get_by_role("button", name="Show all").click()
    assert status.inner_text() == f"{len(every)} papers"
    assert titles(page) == every


def test_diacritics_make_no_difference(at):
    page = at()
    page.evaluate("document.querySelector('#papers .t').textContent = 'Łódź, Ångström und Straße'")
    page.get_by_role("searchbox").fill("lodz angstrom strasse")
    page.get_by_text(re.compile("^1 of ")).wait_for()


def test_columns_sort_by_keyboard_and_say_so(at):
    page = at()
    known = [count for count in counts(page) if count is not None]
    assert known == sorted(known, reverse=True)
    head = page.locator("#papers th[data-sort=c]")
    assert head.get_attribute("aria-sort") == "descending"
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    ascending = [count for count in counts(page) if count is not None]
    assert ascending == sorted(known)
    page.locator("#papers th[data-sort=t] button").click()
    assert [t.lower() for t in titles(page)] == sorted(t.lower() for t in titles(page))
    assert head.get_attribute("aria-sort") is None


def test_a_filter_by_year_is_in_the_address_and_comes_back_with_it(at):
    page = at()
    years = [int(y) for y in page.locator("#papers .y").all_inner_texts() if y.isdigit()]
    page.get_by_label("From").fill(str(max(years)))
    page.wait_for_url(re.compile("#from="))
    page.locator("#papers th[data-sort=d] button").click()
    page.wait_for_url(re.compile("#from=.*sort="))
    found, fragment = titles(page), page.evaluate("location.hash")
    assert len(found) == years.count(max(years))
    again = at(fragment)
    assert titles(again) == found
    assert again.get_by_label("From").input_value() == str(max(years))
    assert again.locator("#papers th[data-sort=d]").get_attribute("aria-sort") == "descending"


def test_a_hostile_address_does_nothing(at):
    page = at("#q=<img src=x onerror=alert(1)>&sort=__proto__-down&cat=%00&from=x")
    assert page.get_by_role("searchbox").input_value().startswith("<img")
    assert page.locator("img").count() == 0


def test_charts_show(at):
    page = at()
    drawings = page.locator("figure svg")
    if not drawings.count():
        pytest.skip("NO DRAWINGS: the extra `charts` is not installed")
    for box in (drawings.nth(n).bounding_box() for n in range(drawings.count())):
        assert box["width"] > 250
        assert box["height"] > 60
    page.locator("figure summary").first.click()
    assert page.locator("figure table").first.is_visible()


LOOKS = [("light", 1440), ("dark", 360), ("dark", 1440), ("light", 360)]


def test_every_width_and_colour_fits(page, ada, report):
    for address in ((report / "index.html").as_uri(), ada):
        page.goto(address)
        for scheme, width in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (int(re.search(r"\d+", paper)[0]) < 60) is (scheme == "dark")


@pytest.mark.parametrize(("scheme", "width"), LOOKS[:2])
def test_nothing_serious_stands_in_anybodys_way(new_page, ada, report, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="NO AXE")
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    for address in ((report / "index.html").as_uri(), ada):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        found = axe.Axe().run(page).response["violations"]
        serious = [v for v in found if v["impact"] in {"serious", "critical"}]
        assert [(v["id"], v["nodes"][0]["html"]) for v in serious] == []


def test_paper_shows_all_papers_and_no_controls(at):
    page = at("#q=no+such+words")
    assert page.locator(ROWS).count() == 0
    page.emulate_media(media="print")
    assert page.locator(ROWS).count() == page.locator("#papers tbody tr").count() > 0
    assert not page.get_by_role("searchbox").is_visible()


def test_without_script_everything_is_there_and_no_control(new_page, ada):
    page = new_page(java_script_enabled=False)
    page.goto(ada)
    assert page.locator("#papers tbody tr").first.is_visible()
    assert not page.locator("[role=search]").first.is_visible()
    assert page.locator("th button").count() == 0
