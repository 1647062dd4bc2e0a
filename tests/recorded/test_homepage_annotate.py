"""Both versions of the owner's homepage, annotated: nothing is changed but by what is added."""

import difflib
import json
import os
import re
from pathlib import Path

import pytest

from pipeline.homepage import Wish, apply, plan
from pipeline.homepage.data import read as read_data
from pipeline.homepage.page import read as read_page
from pipeline.homepage.site import Site

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
SEEDS = RECORDED.resolve().parent / "seeds"

pytestmark = pytest.mark.skipif(
    not SEEDS.is_dir(), reason=f"NO SEEDS at {SEEDS}: set SCHOLAR_METRICS_RECORDED to their sibling"
)

KNOWN = {
    "000": [
        "arxiv:2410.01723",
        "arxiv:2407.19547",
        "arxiv:2405.06001",
        "openreview:UdAcn64u5f",
        "arxiv:2311.16503",
    ],
    "001": ["arxiv:2505.11497", "arxiv:2407.19547", "arxiv:2410.01723", "arxiv:2311.16503"],
}
"""What somebody counted, in the order of the page; MoDES (2511.15690) and LinVideo nobody did."""
OURS = re.compile(
    rb" <strong><span class='show_paper_citations' data='[\w:.]+'></span></strong>"
    rb"|Citations: <span id='total_cit'>161</span> <img [^>]*>(?:\r?\n){2}"
)


@pytest.fixture
def known(tmp_path):
    keys = {key for keys in KNOWN.values() for key in keys} | {"arxiv:2510.08318"}
    papers = {key: {"bib": {"title": f"T {key}"}, "num_citations": 7} for key in keys}
    path = tmp_path / "gs_data.json"
    path.write_text(json.dumps({"citedby": 161, "publications": papers, "provider": "openalex"}))
    return read_data(path)


def source(number, *, ends=b"\n", mark=b""):
    (path,) = SEEDS.glob(f"{number}_*.txt")
    return mark + path.read_bytes().replace(b"\n", ends)


def annotated(body, known):
    page = read_page(body, name="about.md")
    planned = plan(page, known, Wish(site=Site()))
    return planned, apply(page, planned.edits)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("number", KNOWN)
def test_a_page_is_changed_by_what_is_added_only_and_twice_is_once(number, ends, mark, known):
    body = source(number, ends=ends, mark=mark)
    planned, after = annotated(body, known)
    assert planned.added == ("the total", "the badge", f"{len(KNOWN[number])} papers")
    assert OURS.sub(b"", after) == body
    assert kinds(body, after) <= {"equal", "insert"}
    assert annotated(after, known) == (
        type(planned)(edits=(), added=(), notes=planned.notes, is_broken=False),
        after,
    )
    print(f"checked {number}: {len(planned.edits)} edits")


def kinds(before, after):
    """What was done to the bytes of lines that are not the same."""
    done = set()
    old, new = before.split(b"\n"), after.split(b"\n")
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            was, now = b"\n".join(old[a:b]), b"\n".join(new[c:d])
            inner = difflib.SequenceMatcher(None, was, now, autojunk=False)
            done |= {kind for kind, *_ in inner.get_opcodes()}
    return done


@pytest.mark.parametrize("number", KNOWN)
def test_each_paper_has_its_span_in_its_own_card(number, known):
    _, after = annotated(source(number), known)
    assert re.findall(rb"data='([^']+)'", after) == [key.encode() for key in KNOWN[number]]
    for card in re.sub(rb"<!--.*?-->", b"", after, flags=re.DOTALL).split(b"class='paper-box'")[1:]:
        for key in re.findall(rb"data='([^']+)'", card):
            assert key.partition(b":")[2] in card.partition(b"data=")[0]


def test_a_commented_paper_a_project_and_an_unknown_paper_get_nothing(known):
    planned, after = annotated(source("001"), known)
    assert b"data='arxiv:2510.08318'" not in after
    assert [n.partition(": ")[0] for n in planned.notes] == ["arxiv:2511.15690"]
    hidden = re.compile(rb"<!--.*?-->", re.DOTALL)
    assert hidden.findall(after) == hidden.findall(source("001"))


@pytest.mark.parametrize("number", KNOWN)
def test_the_total_is_below_the_heading_and_the_badge_is_liquids(number, known):
    _, after = annotated(source(number), known)
    line = after.partition(b"Publications \n")[2].partition(b"\n")[0]
    assert line.startswith(b"Citations: <span id='total_cit'>161</span> <img src=")
    assert b"/endpoint?url={{ url | url_encode }}&" in line
