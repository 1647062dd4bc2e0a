"""Recorded pages that change their form: no mutant of a real answer becomes a wrong number.

The mutators and the oracle are those of `tests/spiders/pages/mutations`; here they work on what
providers really sent. Long lists are cut to their first works, so that a mutant costs little.
"""

import json
import os
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
KIT = PROJECT / "tests/spiders/pages/mutations"
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
EACH = {"google_scholar": 2, "openalex": 4, "semantic_scholar": 3}
"""Mutants a mutator."""
WORKS = 12
"""Works of a list that are kept."""

pytestmark = pytest.mark.skipif(
    not (RECORDED / "google_scholar").is_dir(),
    reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED",
)
EACH_PROVIDER = pytest.mark.parametrize("provider", EACH)


def scholar():
    return [path.read_bytes() for path in sorted((RECORDED / "google_scholar").glob("profile_*"))]


def openalex():
    folder = RECORDED / "openalex"
    whole = json.loads((folder / "works_by_orcid_0000-0001-8457-9889_merged.json").read_bytes())
    whole["results"] = whole["results"][:WORKS]
    whole["meta"]["count"] = WORKS
    names = ("bvit_fixture_A5023888391", "pyopenalex_fixture_author", "pyopenalex_fixture_work")
    single = [(folder / f"{name}.json").read_bytes() for name in names]
    return [*single, json.dumps(whole).encode()]


def semantic_scholar():
    folder = RECORDED / "semanticscholar"
    batch = (folder / "paper_batch_one_null_00.json").read_bytes()
    authors = sorted(folder.glob("author_2262347_turing_with_papers_20??????.json"))
    return [*(shortened(path.read_bytes()) for path in authors), batch]


def shortened(body):
    """An author with the first papers only, and the totals that Semantic Scholar would state."""
    author = json.loads(body)
    author["papers"] = author["papers"][:WORKS]
    counts = sorted((paper["citationCount"] for paper in author["papers"]), reverse=True)
    author["paperCount"] = len(counts)
    author["citationCount"] = sum(counts)
    author["hIndex"] = sum(count >= rank for rank, count in enumerate(counts, 1))
    return json.dumps(author).encode()


READ = {"google_scholar": scholar, "openalex": openalex, "semantic_scholar": semantic_scholar}


@pytest.fixture(scope="module")
def campaign():
    spec = ModuleSpec("page_mutations", None, is_package=True)
    spec.submodule_search_locations = [str(KIT)]
    sys.modules.setdefault(spec.name, module_from_spec(spec))
    return import_module("page_mutations.campaign")


@pytest.fixture(scope="module")
def originals(campaign):
    return {
        name: [campaign.original(name, f"{name} {i}", body) for i, body in enumerate(read())]
        for name, read in READ.items()
    }


@pytest.fixture(scope="module")
def tallies(campaign, originals):
    return {name: campaign.run(name, originals[name], each=each) for name, each in EACH.items()}


@EACH_PROVIDER
def test_every_recorded_page_is_believed_and_harmless_as_it_is(campaign, originals, provider):
    assert len(originals[provider]) >= 3
    for page in originals[provider]:
        assert page.answers, page.name
        assert campaign.judge(page, page.body) == ("harmless", ""), page.name


@EACH_PROVIDER
def test_no_mutant_of_a_recorded_page_publishes_a_wrong_number(tallies, provider):
    assert tallies[provider].wrong == []


@EACH_PROVIDER
def test_no_mutant_of_a_recorded_page_raises_anything_but_a_refusal(tallies, provider):
    assert tallies[provider].crashed == []


def test_a_thousand_mutants_of_recorded_pages_ran(campaign, tallies, capsys):
    print(campaign.table(tallies.values()))
    with capsys.disabled():
        print(campaign.totals(tallies.values()))
    assert sum(tally.mutants for tally in tallies.values()) >= 1000
