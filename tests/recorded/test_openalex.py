"""What was recorded of OpenAlex, read by the page module: the figures must be the provider's."""

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from spiders.errors import BadRequest, BudgetSpent, LayoutChanged, NotFound, Unavailable
from spiders.items import PageVerdict
from spiders.pages import openalex

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
FOLDERS = ("openalex", "synthesized/openalex")

pytestmark = pytest.mark.skipif(
    not (RECORDED / "openalex").is_dir(),
    reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED",
)

ERRORS = {
    "openalex/pqa_test_does_openalex_work_not_in_openalex__00.xml": (NotFound, None),
    "synthesized/openalex/error_400_cursor_null.json": (BadRequest, None),
    "synthesized/openalex/error_400_too_many_or_values.json": (BadRequest, None),
    "synthesized/openalex/error_400_url_too_long.json": (BadRequest, None),
    "synthesized/openalex/error_401_bad_key.json": (BadRequest, None),
    "synthesized/openalex/error_429_daily_budget.json": (BudgetSpent, 54000.0),
    "synthesized/openalex/error_429_per_second.json": (Unavailable, 1.0),
    "synthesized/openalex/error_429_plan_upgrade.json": (BadRequest, None),
    "synthesized/openalex/error_504_timeout.json": (Unavailable, None),
}
AUTHORS = {
    "openalex/bvit_fixture_A5023888391.json": (62, 3890, 17, 20),
    "openalex/pyopenalex_fixture_author.json": (60, 4269, 17, 20),
}
LISTS = {
    "openalex/works_by_orcid_0000-0001-8457-9889_merged.json": (65, 65, 394, PageVerdict.PROFILE),
    "openalex/pyopenalex_fixture_works_list.json": (2, 10406111, 44100, PageVerdict.PROFILE),
    "synthesized/openalex/page_timed_out_partial.json": (1, 300, 7, PageVerdict.TRUNCATED),
}
SINGLE = "openalex/pyopenalex_fixture_work.json"
WORKS = "openalex/works_by_orcid_0000-0001-8457-9889_merged.json"


def told(name):
    meta = (RECORDED / name).with_suffix(".meta.json")
    response = json.loads(meta.read_text("utf-8"))["response"] if meta.exists() else {}
    return {"status": response.get("status"), "headers": response.get("headers")}


def parse(name):
    (page,) = openalex.parse((RECORDED / name).read_bytes(), **told(name))
    return page


def test_every_recorded_answer_is_covered(capsys):
    answers = {
        f"{folder}/{path.name}"
        for folder in FOLDERS
        for path in (RECORDED / folder).iterdir()
        if not path.name.endswith(".meta.json") and not path.name.startswith("derived_")
    }
    with capsys.disabled():
        print(f"\nOpenAlex: {len(answers)} recorded answers read")
    assert answers == {*ERRORS, *AUTHORS, *LISTS, SINGLE}
    assert len(answers) == 15


@pytest.mark.parametrize("name", ERRORS)
def test_a_recorded_refusal_raises_its_error(name):
    error, wait = ERRORS[name]
    with pytest.raises(error) as caught:
        parse(name)
    assert caught.value.retry_after == wait


def test_the_recorded_web_page_is_not_taken_for_data_when_its_status_is_lost():
    body = (RECORDED / "openalex/pqa_test_does_openalex_work_not_in_openalex__00.xml").read_bytes()
    with pytest.raises(LayoutChanged):
        openalex.parse(body)


@pytest.mark.parametrize("name", AUTHORS)
def test_a_recorded_author_has_the_stated_figures(name):
    author = parse(name).author
    stated = (author.works_count, author.cited_by_count, author.h_index, author.i10_index)
    assert stated == AUTHORS[name]
    assert author.ids[0] == f"openalex:{author.author_id}"
    assert author.ids[1].startswith("orcid:")


def test_years_of_an_author_add_up_to_the_total_since_they_mean_publication_years():
    author = parse("openalex/pyopenalex_fixture_author.json").author
    assert author.counts_by_year_meaning == "publication_year"
    assert sum(y.cited_by_count for y in author.counts_by_year) == author.cited_by_count


@pytest.mark.parametrize("name", [*AUTHORS])
def test_years_of_an_author_come_oldest_first(name):
    years = [y.year for y in parse(name).author.counts_by_year]
    assert all(earlier < later for earlier, later in pairwise(years))


@pytest.mark.parametrize("name", LISTS)
def test_a_recorded_list_is_read_whole(name):
    works, total, cited, verdict = LISTS[name]
    page = parse(name)
    assert len(page.works) == works
    assert page.total == total
    assert sum(work.cited_by_count for work in page.works) == cited
    assert page.verdict is verdict


def test_the_metrics_of_the_recorded_list_are_those_of_the_manifest():
    counts = sorted((work.cited_by_count for work in parse(WORKS).works), reverse=True)
    assert sum(rank <= count for rank, count in enumerate(counts, 1)) == 11
    assert sum(count >= 10 for count in counts) == 13


def test_years_of_the_recorded_works_lack_what_came_before_2012():
    works = parse(WORKS).works
    received = sum(y.cited_by_count for work in works for y in work.counts_by_year)
    assert received == 322
    assert min(y.year for work in works for y in work.counts_by_year) == 2012


def test_the_recorded_list_has_ids_to_resolve_papers_by():
    works = parse(WORKS).works
    without_doi = [w for w in works if not any(i.startswith("doi:") for i in w.ids)]
    preprints = [i for w in works for i in w.ids if i.startswith("arxiv:")]
    shared = {i for i in preprints if preprints.count(i) > 1}
    assert len(without_doi) == 11
    assert len(shared) == 4


def test_the_recorded_single_work_is_read():
    (work,) = parse(SINGLE).works
    assert (work.cited_by_count, work.year, work.authors_count) == (1163, 2018, 9)
    assert {"doi:10.7717/peerj.4375", "pmid:29456894", "mag:2741809807"} <= set(work.ids)
