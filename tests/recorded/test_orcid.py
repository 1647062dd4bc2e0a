"""What was recorded of ORCID, read by the page module."""

import gzip
import json
import os
from pathlib import Path

import pytest

from spiders.errors import Unavailable
from spiders.pages import orcid

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")

pytestmark = pytest.mark.skipif(
    not (RECORDED / "orcid").is_dir(),
    reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED",
)

WORKS = {
    "model_works-3_0.xml.gz": ("8888-8888-8888-8880", 3),
    "rorcid_works_01.json.gz": ("0000-0003-1620-1408", 0),
    "rorcid_works_03.json.gz": ("0000-0003-1444-9135", 111),
    "sul_fetch_works_01.json.gz": ("0000-0002-7262-6251", 157),
}
PERSONS = {
    "rorcid_works_00.json.gz": ("0000-0003-1620-1408", "Thomas Johnson"),
    "rorcid_works_02.json.gz": ("0000-0003-1444-9135", "Scott A Chamberlain"),
}
RECORD = "model_record-full-3_0.json.gz"
FAILURES = ("sul_fetch_works_raises_01.xml.gz", "sul_fetch_works_raises_02.xml.gz")


def body(name):
    return gzip.decompress((RECORDED / "orcid" / name).read_bytes())


def told(name):
    path = (
        RECORDED / "orcid" / name.replace(".json.gz", ".meta.json").replace(".xml.gz", ".meta.json")
    )
    response = json.loads(path.read_text("utf-8"))["response"] if path.exists() else {}
    status = response.get("status")
    return {"status": int(status) if status else None, "headers": response.get("headers")}


def parse(name):
    (page,) = orcid.parse(body(name), **told(name))
    return page


def test_every_recorded_answer_is_covered(capsys):
    answers = {p.name for p in (RECORDED / "orcid").iterdir() if not p.name.endswith(".meta.json")}
    with capsys.disabled():
        print(f"\nORCID: {len(answers)} recorded answers read")
    assert answers == {*WORKS, *PERSONS, RECORD, *FAILURES}


@pytest.mark.parametrize("name", WORKS)
def test_a_list_is_whole_and_about_its_record(name):
    page = parse(name)
    assert (page.author.author_id, len(page.works)) == WORKS[name]
    assert len({work.record_id for work in page.works}) == len(page.works)
    assert all(work.title and work.cited_by_count is None for work in page.works)


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_has_the_name_that_is_published(name):
    author = parse(name).author
    assert (author.author_id, author.name) == PERSONS[name]


def test_a_whole_record_holds_person_and_works():
    page = parse(RECORD)
    assert page.author.name == "Three releasecandidate1"
    (work,) = page.works
    assert (work.record_id, work.publication_date) == ("orcid_work:178602", "2012-10-01")
    # Its one good DOI is that of another version, and its own one is none.
    assert work.ids == ("orcid_work:178602",)


def test_twenty_four_of_the_157_works_have_no_doi():
    works = parse("sul_fetch_works_01.json.gz").works
    assert sum(not any(i.startswith("doi:") for i in work.ids) for work in works) == 24


@pytest.mark.parametrize("name", [n for n in WORKS if n.endswith(".json.gz")])
def test_the_works_have_the_dois_that_the_groups_call_their_own(name):
    groups = json.loads(body(name))["group"]
    for group, work in zip(groups, parse(name).works, strict=True):
        own = {
            e["external-id-normalized"]["value"]
            for e in group["external-ids"]["external-id"]
            if e["external-id-type"] == "doi"
            and e["external-id-relationship"] == "self"
            and e["external-id-normalized"]
        }
        assert {i.removeprefix("doi:") for i in work.ids if i.startswith("doi:")} >= own
        codes = {f"orcid_work:{s['put-code']}" for s in group["work-summary"]}
        assert codes <= set(work.ids)


@pytest.mark.parametrize("name", FAILURES)
def test_the_servers_failure_is_a_web_page_and_passes(name):
    with pytest.raises(Unavailable):
        parse(name)
