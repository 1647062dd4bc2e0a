"""What was recorded of SerpApi: a sample of its documentation (French) and an excerpt of a run."""

import json
import os
from pathlib import Path

import pytest

from spiders.items import PageVerdict
from spiders.pages import serpapi

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
FOLDER = RECORDED / "serpapi"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)

FRENCH = "serpapi_author_2021_docs-sample_hl-fr.json"
EXCERPT = "serpapi_author_2022_en_excerpt.json"
TABLES = {
    FRENCH: ("LSsXyncAAAAJ", 21934, 45, 59, 2016, 12302, 36, 51),
    EXCERPT: ("_xwYD2sAAAAJ", 2935, 10, 11, 2017, 2348, 10, 10),
}
YEARS = {FRENCH: {2004: 59, 2005: 65, 2006: 159}}
NOT_APPLICABLE: dict[str, str] = {}


def parse(name):
    (page,) = serpapi.parse((FOLDER / name).read_bytes())
    return page


def test_every_recorded_answer_is_covered(capsys):
    answers = {path.name for path in FOLDER.iterdir()}
    with capsys.disabled():
        print(f"\nSerpApi: {len(answers)} recorded answers read")
    assert answers == {*TABLES, *NOT_APPLICABLE}


@pytest.mark.parametrize("name", TABLES)
def test_the_recorded_table_is_read_by_its_places_in_either_language(name):
    author = parse(name).author
    whole = (author.cited_by_count, author.h_index, author.i10_index)
    recent = (author.cited_by_count_recent, author.h_index_recent, author.i10_index_recent)
    assert (author.author_id, *whole, author.recent_since_year, *recent) == TABLES[name]


@pytest.mark.parametrize("name", TABLES)
def test_the_recorded_histogram_is_read_as_text_and_as_numbers(name):
    said = json.loads((FOLDER / name).read_bytes())["cited_by"]["graph"]
    found = {year.year: year.cited_by_count for year in parse(name).author.counts_by_year}
    assert found == {bar["year"]: int(bar["citations"]) for bar in said}
    assert found == YEARS.get(name, found)


def test_the_recorded_articles_have_the_ids_of_google_scholar():
    page = parse(FRENCH)
    assert [(w.record_id, w.cited_by_count, w.year) for w in page.works] == [
        ("google_scholar:LSsXyncAAAAJ:2osOgNQ5qMEC", 9186, 2008),
        ("google_scholar:LSsXyncAAAAJ:9yKSN-GCB0IC", 1464, 2006),
    ]
    assert page.works[0].cites_ids == ("14252090027271643524",)
    assert page.works[0].venue == "Genome biology 9 (9), 1-9"


@pytest.mark.parametrize("name", TABLES)
def test_a_sample_whose_list_was_shortened_is_called_cut(name):
    page = parse(name)
    assert page.verdict is PageVerdict.TRUNCATED
    assert page.author.is_truncated
    assert page.author.works_expected is None


@pytest.mark.parametrize("name", TABLES)
def test_nothing_of_the_account_the_mail_or_the_picture_is_kept(name):
    said = repr(parse(name))
    for word in ("79beba2444307aad", "serpapi.com", "thumbnail", "jimmy", "AdamLobel.com"):
        assert word not in said
