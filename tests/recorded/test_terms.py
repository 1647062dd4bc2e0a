"""What providers publish about themselves: their rules, their schemas; and no file left unread."""

import json
import os
from pathlib import Path

import pytest
from protego import Protego

from spiders.pages.openalex import WORKS_SELECT
from spiders.pages.semantic_scholar import AUTHOR_FIELDS, PAPER_FIELDS

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)

READ_BY = {
    "ads": "test_ads",
    "arxiv": "test_arxiv",
    "crossref": "test_crossref",
    "crosssource": "test_identity",
    "dblp": "test_dblp",
    "github": "test_github",
    "google_scholar": "test_google_scholar",
    "inspire": "test_inspire",
    "openalex": "test_openalex",
    "opencitations": "test_opencitations",
    "orcid": "test_orcid",
    "semanticscholar": "test_semantic_scholar",
    "serpapi": "test_serpapi",
    "specs": "test_terms",
    "synthesized": "test_openalex",
}
"""Which test goes through a folder of answers."""
SPECS = {"openalex_openapi.json", "openalex_properties_snapshot.json", "s2_graph_swagger.json"}


def spec(name):
    path = RECORDED / "specs" / name
    if not path.is_file():
        pytest.skip(f"NO {path}")
    return json.loads(path.read_text("utf-8"))


def test_every_folder_of_answers_is_gone_through_by_a_test(capsys):
    folders = {path.name for path in RECORDED.iterdir() if path.is_dir()}
    files = sum(path.is_file() for path in RECORDED.rglob("*"))
    with capsys.disabled():
        print(f"\n{files} recorded files in {len(folders)} folders")
    assert folders <= set(READ_BY)
    assert {path.name for path in (RECORDED / "specs").glob("*")} <= SPECS
    assert all((HERE / f"{READ_BY[name]}.py").is_file() for name in folders)


def test_google_scholars_own_rules_allow_the_one_request_and_nothing_else_of_ours():
    found = list((RECORDED / "google_scholar").glob("robots*.txt"))
    assert found
    for path in found:
        rules = Protego.parse(path.read_text("utf-8"))
        site = "https://scholar.google.com"

        def may(target, rules=rules, site=site):
            return rules.can_fetch(f"{site}{target}", "scholar-metrics")

        assert may("/citations?user=LZ5D_p4AAAAJ&hl=en&pagesize=100")
        assert not may("/citations?hl=en&user=LZ5D_p4AAAAJ")
        assert not may("/citations?user=LZ5D_p4AAAAJ&hl=en&cstart=100&pagesize=100")
        assert not may("/scholar?cites=1")


def test_every_field_that_openalex_is_asked_for_is_in_its_schema():
    known = set(spec("openalex_openapi.json")["components"]["schemas"]["Work"]["properties"])
    # Told by the schema of its engine, and by the recorded answers.
    known |= {"is_authors_truncated", "is_xpac"}
    assert set(WORKS_SELECT) <= known


def test_every_field_that_semantic_scholar_is_asked_for_is_in_its_schema():
    known = spec("s2_graph_swagger.json")["definitions"]
    assert set(AUTHOR_FIELDS) <= set(known["AuthorWithPapers"]["properties"])
    assert set(PAPER_FIELDS) <= set(known["FullPaper"]["properties"])
