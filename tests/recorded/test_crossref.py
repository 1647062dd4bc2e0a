"""What was recorded of Crossref, read by the page module: the figures must be its own."""

import json
import os
from pathlib import Path

import pytest

from spiders.errors import BadRequest, NotFound
from spiders.items import PageVerdict
from spiders.pages import crossref

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded") / "crossref"

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)

ERRORS = {
    "hab_test_cursor_fails_cursor_value_00.json": BadRequest,
    "hab_test_works_bad_id_warn_00.txt": NotFound,
    "hab_test_works_query_filters_not_allowed_with_dois_00.json": BadRequest,
}
WORKS = {
    "hab_test_works_with_many_ids_00.json": ("10.1016/j.neurobiolaging.2010.03.024", "2012-03"),
    "hab_test_works_with_many_ids_01.json": ("10.1002/jor.1100150407", "1997-07"),
    "hab_test_works_with_one_id_00.json": ("10.1371/journal.pone.0033693", "2012-03-21"),
}
CURSORS = ("hab_test_cursor_max_00.json", "hab_test_cursor_max_01.json")
SELECTED = "hab_test_works_with_select_param_00.json"
FIRST_OF_MANY = "pqa_test_arxiv_doi_is_used_when_available_00.json"
NOT_APPLICABLE: dict[str, str] = {}


def told(name):
    return json.loads((RECORDED / name).with_suffix(".meta.json").read_text("utf-8"))


def parse(name, *, is_saved=False):
    meta = told(name)
    url = None if is_saved else meta["request"]["url"]
    status = None if is_saved else meta["response"]["status"]
    headers = meta["response"]["headers"]
    body = (RECORDED / name).read_bytes()
    return crossref.parse(body, url=url, status=status, headers=headers)


def message(name):
    return json.loads((RECORDED / name).read_bytes())["message"]


def test_every_recorded_answer_is_covered(capsys):
    answers = {p.name for p in RECORDED.iterdir() if not p.name.endswith(".meta.json")}
    with capsys.disabled():
        print(f"\nCrossref: {len(answers)} recorded answers read")
    assert answers == {*ERRORS, *WORKS, *CURSORS, SELECTED, FIRST_OF_MANY, *NOT_APPLICABLE}
    assert len(answers) == 10


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", ERRORS)
def test_a_recorded_refusal_raises_its_error(name, is_saved):
    with pytest.raises(ERRORS[name]):
        parse(name, is_saved=is_saved)


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", WORKS)
def test_a_recorded_work_has_the_count_that_it_states(name, is_saved):
    (page,) = parse(name, is_saved=is_saved)
    (work,) = page.works
    doi, date = WORKS[name]
    stated = message(name)
    assert work.record_id == f"doi:{doi}"
    assert work.cited_by_count == stated["is-referenced-by-count"]
    assert work.publication_date == date
    assert work.title == stated["title"][0]
    assert work.venue == stated["container-title"][0]
    assert work.authors_count == len(work.authors) == len(stated["author"])


def test_a_recorded_correction_is_no_retraction():
    (page,) = parse("hab_test_works_with_one_id_00.json")
    assert message("hab_test_works_with_one_id_00.json")["updated-by"][0]["type"] == "correction"
    assert page.works[0].is_retracted is None


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", CURSORS)
def test_a_recorded_page_by_cursor_has_all_its_works(name, is_saved):
    (page,) = parse(name, is_saved=is_saved)
    stated = message(name)
    counts = {i["DOI"].lower(): i["is-referenced-by-count"] for i in stated["items"]}
    assert {w.record_id.removeprefix("doi:"): w.cited_by_count for w in page.works} == counts
    assert (page.total, len(page.works)) == (stated["total-results"], 20)
    assert page.next_cursor == stated["next-cursor"]
    assert page.verdict is PageVerdict.PROFILE


def test_a_recorded_date_of_nothing_is_no_year():
    (page,) = parse(CURSORS[0])
    dated = {i["DOI"]: i["issued"]["date-parts"][0][0] for i in message(CURSORS[0])["items"]}
    years = {w.record_id.removeprefix("doi:"): w.year for w in page.works}
    assert years == {doi.lower(): year for doi, year in dated.items()}
    assert None in years.values()


@pytest.mark.parametrize("is_saved", [False, True])
def test_recorded_works_without_counts_that_were_not_asked_for_have_none(is_saved):
    (page,) = parse(SELECTED, is_saved=is_saved)
    assert {work.cited_by_count for work in page.works} == {None}
    assert (page.verdict, len(page.works)) == (PageVerdict.TRUNCATED, 20)


def test_the_recorded_first_of_many_says_that_it_is_cut():
    (page,) = parse(FIRST_OF_MANY)
    (work,) = page.works
    assert (page.verdict, page.total) == (PageVerdict.TRUNCATED, 5466)
    assert (work.record_id, work.cited_by_count, work.year) == (
        "doi:10.18653/v1/n18-2074",
        1197,
        2018,
    )
    assert "\n" not in work.venue
