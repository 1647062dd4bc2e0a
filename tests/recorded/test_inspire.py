"""What was recorded of INSPIRE, read by the page module: the figures must be the provider's."""

import json
import os
from pathlib import Path

import pytest

from spiders.items import PageVerdict
from spiders.pages import inspire

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
FOLDER = RECORDED / "inspire"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)

LISTS = {"literature_search_kohsaku.json": (738, "2"), "readme_search.json": (1, None)}
SINGLE = "readme_single.json"
NOT_APPLICABLE: dict[str, str] = {}


def body(name):
    return (FOLDER / name).read_bytes()


def records(name):
    data = json.loads(body(name))
    return (
        [hit["metadata"] for hit in data["hits"]["hits"]] if "hits" in data else [data["metadata"]]
    )


def test_every_recorded_answer_is_covered(capsys):
    answers = {path.name for path in FOLDER.iterdir()}
    with capsys.disabled():
        print(f"\nINSPIRE: {len(answers)} recorded answers read")
    assert answers == {*LISTS, SINGLE, *NOT_APPLICABLE}


@pytest.mark.parametrize("name", LISTS)
def test_a_recorded_list_says_how_many_there_are_and_what_comes_next(name):
    total, following = LISTS[name]
    (page,) = inspire.parse(body(name))
    assert (page.total, page.next_cursor) == (total, following)
    assert page.verdict is PageVerdict.PROFILE
    assert len(page.works) == len(records(name))


@pytest.mark.parametrize("name", [*LISTS, SINGLE])
def test_every_recorded_paper_has_the_counts_and_the_ids_that_stand_there(name):
    (page,) = inspire.parse(body(name))
    for work, said in zip(page.works, records(name), strict=True):
        cited, by_others = said["citation_count"], said["citation_count_without_self_citations"]
        assert work.record_id == f"inspire:{said['control_number']}"
        assert (work.cited_by_count, work.self_citations) == (cited, cited - by_others)
        assert work.authors_count == said.get("author_count", len(said["authors"]))
        assert len(work.authors) == len(said["authors"])
        dois = {f"doi:{one['value']}" for one in said.get("dois", ())}
        preprints = {f"arxiv:{one['value']}" for one in said.get("arxiv_eprints", ())}
        assert set(work.ids) == {work.record_id, *dois, *preprints}


def test_the_recorded_single_record_is_the_one_of_the_search():
    (one,), (other,) = (inspire.parse(body(name)) for name in (SINGLE, "readme_search.json"))
    assert one.works[0].ids == other.works[0].ids
    assert (one.works[0].year, one.works[0].venue) == (2021, "Nucl.Phys.A")
