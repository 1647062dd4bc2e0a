"""What was recorded of ADS: its metrics agree with those of the papers they were made of."""

import json
import os
from pathlib import Path

import pytest

from pipeline.metrics import measure_list
from spiders import ids
from spiders.errors import LayoutChanged
from spiders.pages import ads

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
FOLDER = RECORDED / "ads"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)

METRICS = {
    "metrics_alterman_20250801_7c25c3.json": (133, 741, 15, 17, 27, 97),
    "metrics_alterman_20250804_20b5bd.json": (133, 741, 15, 17, 27, 97),
    "stub_metrics_example_metrics_response.json": (1, 66, 1, 1, 1, 0),
}
PAPERS = {
    "publications_alterman_20250801_7c25c3.json": "metrics_alterman_20250801_7c25c3.json",
    "publications_alterman_20250804_20b5bd.json": "metrics_alterman_20250804_20b5bd.json",
}
"""Lists that a site made of ADS's answers, in a form of its own, with the metrics of each."""
SEARCH = "stub_solr_example_solr_response.json"
NOT_APPLICABLE: dict[str, str] = {}


def body(name):
    return (FOLDER / name).read_bytes()


def stated(name):
    (page,) = ads.parse(body(name))
    return page.author


def test_every_recorded_answer_is_covered(capsys):
    answers = {path.name for path in FOLDER.iterdir()}
    with capsys.disabled():
        print(f"\nADS: {len(answers)} recorded answers read")
    assert answers == {*METRICS, *PAPERS, SEARCH, *NOT_APPLICABLE}


@pytest.mark.parametrize("name", METRICS)
def test_recorded_metrics_are_read_as_they_stand(name):
    author = stated(name)
    found = (author.works_count, author.cited_by_count, author.h_index, author.i10_index)
    assert (*found, author.extra["g_index"], author.extra["self_citations"]) == METRICS[name]


@pytest.mark.parametrize("name", METRICS)
def test_recorded_citations_a_year_add_up_to_the_total(name):
    author = stated(name)
    assert author.counts_by_year_meaning == "received"
    assert sum(year.cited_by_count for year in author.counts_by_year) == author.cited_by_count


@pytest.mark.parametrize(("papers", "metrics"), PAPERS.items())
def test_recorded_metrics_agree_with_those_of_the_recorded_papers(papers, metrics):
    counts = [paper["citations"] for paper in json.loads(body(papers))]
    own, author = measure_list(counts), stated(metrics)
    assert len(counts) == author.works_count == 133
    assert (own["citations"], own["h_index"], own["i10_index"]) == (741, 15, 17)
    assert own["citations"] == author.cited_by_count
    assert own["h_index"] == author.h_index
    assert own["i10_index"] == author.i10_index
    assert own["g_index"] == author.extra["g_index"]


@pytest.mark.parametrize("papers", PAPERS)
def test_every_recorded_bibcode_is_one(papers):
    codes = [paper["bibcode"] for paper in json.loads(body(papers))]
    assert [code for code in codes if ids.normalise(f"bibcode:{code}") is None] == []


@pytest.mark.parametrize("papers", PAPERS)
def test_a_list_in_a_form_of_somebody_elses_is_not_taken_for_an_answer(papers):
    with pytest.raises(LayoutChanged):
        ads.parse(body(papers))


def test_the_recorded_search_is_read_whole():
    (page,) = ads.parse(body(SEARCH))
    docs = json.loads(body(SEARCH))["response"]["docs"]
    assert page.total == len(page.works) == 28
    assert [work.cited_by_count for work in page.works] == [doc["citation_count"] for doc in docs]
    assert sum(work.cited_by_count for work in page.works) == 48
    assert page.author is None


def test_the_recorded_papers_have_ids_that_other_providers_know():
    (page,) = ads.parse(body(SEARCH))
    known = {i for work in page.works for i in work.ids}
    assert {"doi:10.1086/521525", "arxiv:0705.0706", "bibcode:2007ApJ...669..741S"} <= known
    assert {work.publication_date for work in page.works} >= {"2012", "2013-04", "1971-10"}
