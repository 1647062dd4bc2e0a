"""What was recorded of OpenCitations, read by the page module: the figures must be its own."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from spiders.errors import BadRequest, LayoutChanged
from spiders.pages import opencitations

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
FOLDERS = ("opencitations", "synthesized/opencitations")

pytestmark = pytest.mark.skipif(
    not (RECORDED / "opencitations").is_dir(),
    reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED",
)

CITED = {
    "opencitations/citecorp_oc_coci_cites_00.json": "10.1108/jd-12-2013-0166",
    "opencitations/citecorp_oc_coci_cites_many_dois_00.json": "10.1108/jd-12-2013-0166",
    "opencitations/citecorp_oc_coci_cites_many_dois_01.json": "10.1371/journal.pgen.1005937",
}
METADATA = (
    "opencitations/citecorp_oc_coci_meta_00.json",
    "opencitations/citecorp_oc_coci_meta_many_dois_00.json",
)
COUNT = "synthesized/opencitations/citation_count_v2.json"
UNKNOWN = "synthesized/opencitations/citation_count_v2_unknown.json"
TOKEN = "synthesized/opencitations/error_403_token.txt"
_CITATION = "one citation by its own id counts nothing: refused"
_REFERENCES = "what a paper cites is no count of who cites it: refused"
_IDS = "a SPARQL answer about ids holds no count: refused"
NOT_APPLICABLE = {
    "opencitations/citecorp_oc_coci_citation_00.json": _CITATION,
    "opencitations/citecorp_oc_coci_citation_many_dois_00.json": _CITATION,
    "opencitations/citecorp_oc_coci_citation_many_dois_01.json": _CITATION,
    "opencitations/citecorp_oc_coci_refs_00.json": _REFERENCES,
    "opencitations/citecorp_oc_coci_refs_many_dois_00.json": _REFERENCES,
    "opencitations/citecorp_oc_coci_refs_many_dois_01.json": _REFERENCES,
    "opencitations/citecorp_oc_doi2ids_00.json": _IDS,
    "opencitations/citecorp_oc_doi2ids_fewer_columns_00.json": _IDS,
    "opencitations/citecorp_oc_doi2ids_fewer_columns_01.json": _IDS,
    "opencitations/citecorp_oc_pmcid2ids_00.json": _IDS,
    "opencitations/citecorp_oc_pmid2ids_00.json": _IDS,
}


def parse(name, *, is_saved=False):
    meta = json.loads((RECORDED / name).with_suffix(".meta.json").read_text("utf-8"))
    url = None if is_saved else meta["request"]["url"]
    status = None if is_saved else int(meta["response"]["status"])
    body = (RECORDED / name).read_bytes()
    return opencitations.parse(body, url=url, status=status, headers=meta["response"]["headers"])


def rows(name):
    return json.loads((RECORDED / name).read_bytes())


def test_every_recorded_answer_is_covered(capsys):
    answers = {
        f"{folder}/{path.name}"
        for folder in FOLDERS
        for path in (RECORDED / folder).iterdir()
        if not path.name.endswith(".meta.json")
    }
    with capsys.disabled():
        print(f"\nOpenCitations: {len(answers)} recorded answers read")
    assert answers == {*CITED, *METADATA, COUNT, UNKNOWN, TOKEN, *NOT_APPLICABLE}
    assert len(answers) == 19


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", CITED)
def test_recorded_citations_are_counted_by_citing_paper_and_year(name, is_saved):
    (page,) = parse(name, is_saved=is_saved)
    (work,) = page.works
    citing = {row["citing"]: int(row["creation"][:4]) for row in rows(name)}
    assert work.record_id == f"doi:{CITED[name]}"
    assert work.cited_by_count == len(citing)
    assert {y.year: y.cited_by_count for y in work.counts_by_year} == Counter(citing.values())


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", METADATA)
def test_recorded_metadata_has_the_counts_that_it_states(name, is_saved):
    (page,) = parse(name, is_saved=is_saved)
    stated = {row["doi"]: int(row["citation_count"]) for row in rows(name)}
    assert {w.record_id.removeprefix("doi:"): w.cited_by_count for w in page.works} == stated
    assert [w.title for w in page.works] == [row["title"] for row in rows(name)]
    assert page.works[0].authors[0] == "Silvio Peroni"


def test_a_recorded_count_is_that_of_the_address():
    (page,) = parse(COUNT)
    (work,) = page.works
    assert (work.record_id, work.cited_by_count) == ("doi:10.1108/jd-12-2013-0166", 34)


def test_a_count_without_its_address_is_nobodys():
    with pytest.raises(LayoutChanged, match="--url"):
        parse(COUNT, is_saved=True)


def test_a_recorded_zero_says_nothing():
    (page,) = parse(UNKNOWN)
    assert [(w.cited_by_count, w.cited_by_count_raw) for w in page.works] == [(None, "0")]


@pytest.mark.parametrize("is_saved", [False, True])
def test_a_recorded_bad_token_names_its_variable(is_saved):
    with pytest.raises(BadRequest, match="OPENCITATIONS_TOKEN"):
        parse(TOKEN, is_saved=is_saved)


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", NOT_APPLICABLE)
def test_what_is_no_count_is_refused(name, is_saved):
    with pytest.raises(LayoutChanged):
        parse(name, is_saved=is_saved)
