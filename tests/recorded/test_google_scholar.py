"""Recorded pages, where they are present: the figures of their tables, also when changed."""

import os
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from spiders.errors import Blocked, NotFound, ProviderError
from spiders.pages.google_scholar import parse

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("SCHOLAR_METRICS_RECORDED", ROOT / "../shared/recorded"))
PAGES = sorted((FOLDER / "google_scholar").glob("*.html"))
PROFILES = [page for page in PAGES if page.name.startswith("profile_20")]
SHOWN = {
    "amIMrIEAAAAJ": (20, 425, 11, 11),
    "RxmmtT8AAAAJ": (20, 18747, 67, 167),
    "LZ5D_p4AAAAJ": (12, 56, 4, 2),
    "P1RwlvoAAAAJ": (5, 39, 4, 2),
    "compscidr": (58, 1083, 14, 17),
    "cicirello": (78, 2052, 25, 33),
    "8daWuo4AAAAJ": (2, 1338, 17, 21),
    "ZzzoezzZooo": (3, 17, 3, 0),
    "leek": (20, 4631, 24, 37),
    "castellano": (90, 1308, 17, 35),
    "qazvinian": (36, 722, 13, 17),
}
CUT = ("amIMrIEAAAAJ", "RxmmtT8AAAAJ", "8daWuo4AAAAJ", "leek")
COMPLETE = [page for page in PROFILES if not any(name in page.name for name in CUT)]

pytestmark = pytest.mark.skipif(not PAGES, reason=f"no recorded pages in {FOLDER}")


def by_name(page):
    return page.name


def indices(page):
    counts = sorted((w.cited_by_count for w in page.works if not w.is_excluded), reverse=True)
    h_index = sum(n >= rank for rank, n in enumerate(counts, 1))
    return sum(counts), h_index, sum(n >= 10 for n in counts)


def stated(page):
    return page.author.cited_by_count, page.author.h_index, page.author.i10_index


def test_enough_recorded_pages_ran(record_property):
    record_property("recorded google_scholar pages", len(PAGES))
    print(f"{len(PAGES)} recorded google_scholar pages, {len(PROFILES)} of them profiles")
    assert len(PROFILES) >= 6
    assert COMPLETE


@pytest.mark.parametrize("path", PROFILES, ids=by_name)
def test_a_recorded_profile_reads_as_its_table_says(path):
    (page,) = parse(path.read_bytes())
    (known,) = (figures for name, figures in SHOWN.items() if name in path.name)
    assert (len(page.works), *stated(page)) == known
    assert page.author.anomalies == ()
    assert page.author.name
    assert page.author.recent_since_year == int(re.search(r"20\d\d", path.name)[0]) - 5


@pytest.mark.parametrize("path", PROFILES, ids=by_name)
def test_a_recorded_histogram_stays_just_below_the_total(path):
    (page,) = parse(path.read_bytes())
    received = sum(year.cited_by_count for year in page.author.counts_by_year)
    assert 0.95 * page.author.cited_by_count <= received <= page.author.cited_by_count


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("path", COMPLETE, ids=by_name)
def test_a_complete_list_recomputes_with_changed_figures(path, seed):
    chance = random.Random(seed)
    body = re.sub(
        rb'(class="gsc_a_ac[^>]*>)\d+',
        lambda m: m.group(1) + str(chance.randint(1, 400)).encode(),
        path.read_bytes(),
    )
    (changed,) = parse(body)
    cells = iter(value for figure in indices(changed) for value in (figure, 0))
    body = re.sub(
        rb'(class="gsc_rsb_std">)\d+', lambda m: m.group(1) + str(next(cells)).encode(), body
    )
    (page,) = parse(body)
    assert stated(page) == indices(page)
    assert page.author.anomalies == ()


@pytest.mark.parametrize("path", PROFILES, ids=by_name)
def test_a_recorded_profile_that_an_editor_re_indents_says_the_same(path):
    body = path.read_bytes()
    head, tag, rest = body.partition(b'<table id="gsc_rsb_st"')
    (page,) = parse(head + tag + re.sub(rb">([^<]*)<", rb">\n      \1\n    <", rest))
    (whole,) = parse(body)
    assert stated(page) == stated(whole)
    assert page.author.counts_by_year == whole.author.counts_by_year
    assert [replace(work, title=None) for work in page.works] == [
        replace(work, title=None)
        for work in whole.works  # a title may hold italics
    ]


@pytest.mark.parametrize("path", PROFILES, ids=by_name)
def test_a_recorded_profile_cut_anywhere_is_refused_or_says_the_very_same(path):
    body = path.read_bytes()
    (whole,) = parse(body)
    chance = random.Random(1)
    ends = [chance.randrange(len(body)) for _ in range(60)]
    for end in [*ends, *range(len(body) - 1500, len(body), 25)]:
        try:
            (page,) = parse(body[:end])
        except ProviderError:
            continue
        assert page == whole


@pytest.mark.parametrize(
    ("start", "error"), [("block_", Blocked), ("signin", NotFound)], ids=["block", "sign-in"]
)
def test_a_recorded_refusal_is_told_by_its_elements(start, error):
    paths = [path for path in PAGES if path.name.startswith(start)]
    assert paths
    for path in paths:
        with pytest.raises(error):
            parse(path.read_bytes())
