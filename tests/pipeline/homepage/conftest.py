"""Pages and data of plainly synthetic people."""

import difflib
import json

import pytest

from pipeline.homepage import Wish, apply, plan
from pipeline.homepage.data import read as read_data
from pipeline.homepage.page import read as read_page
from pipeline.homepage.site import Site

USER = "AAAAAAAAAAAJ"


def title(number):
    return f"Paper number {number} on synthetic homepages"


def entry(key, said, count, **more):
    return {"bib": {"title": said, "pub_year": "2024"}, "num_citations": count} | more


CARD = """<div class='paper-box'><div class='paper-box-image'><div>\
<div class="badge">ICML 2024</div></div></div>
<div class='paper-box-text' markdown="1">

[{title}](https://arxiv.org/pdf/2401.0000{number}){star}

**Ada Test**, Bo Sample
{below}
</div>
</div>
"""
LINKS = """
<div style="display: inline">
    <a href="https://arxiv.org/pdf/2401.0000{number}">Paper</a>
    <a class="fakelink" onclick="$(this).siblings('.abstract').slideToggle()">Abstract</a>
    <div class="abstract" style="overflow: hidden; display: none;">
        <p>We test. See <a href="https://example.org/code">code</a>.</p>
    </div>
</div>
"""


@pytest.fixture(scope="session")
def card():
    """A card of AcadHomepage, with a line of links unless `below` says otherwise."""

    def make(number, *, below=LINKS, star="", named=None):
        return CARD.format(
            title=named or title(number),
            number=number,
            star=star,
            below=below.replace("{number}", str(number)),
        )

    return make


@pytest.fixture
def data(tmp_path):
    """A `gs_data.json` of papers by number, read; keywords replace what it says of the author."""

    def make(*numbers, papers=None, **about):
        found = {
            f"arxiv:2401.0000{n}": entry(f"arxiv:2401.0000{n}", title(n), n * 10) for n in numbers
        }
        document = {
            "scholar_id": USER,
            "name": "Ada Test",
            "citedby": 161,
            "publications": found | (papers or {}),
            "updated": "2026-03-01T03:00:00+00:00",
            "provider": "openalex",
        }
        path = tmp_path / "gs_data.json"
        said = {k: v for k, v in (document | about).items() if v is not None}
        path.write_text(json.dumps(said), encoding="utf-8")
        return read_data(path)

    return make


@pytest.fixture
def annotate():
    """The plan for a page and the page after it; text or bytes in, the same out."""

    def make(page, known, *, name="about.md", site=None, **wish):
        body = page.encode() if isinstance(page, str) else page
        found = read_page(body, name=name)
        planned = plan(found, known, Wish(site=site or Site(), **wish))
        after = apply(found, planned.edits)
        return planned, after.decode() if isinstance(page, str) else after

    return make


@pytest.fixture(scope="session")
def inserts():
    """What was put into a text; fails when anything else was done to it."""

    def find(before, after):
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        nothing = before[:0]
        put = []
        for kind, a, b, c, d in changes(old, new):
            was, now = nothing.join(old[a:b]), nothing.join(new[c:d])
            within = changes(was, now) if kind != "equal" else []
            assert {k for k, *_ in within} <= {"equal", "insert"}, (was, now)
            put += [now[start:end] for k, _, _, start, end in within if k == "insert"]
        return put

    def changes(old, new):
        return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()

    return find
