"""Identity over real lists: one mathematician at OpenAlex, and the same person at arXiv."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.identity import resolve
from pipeline.model import Observed
from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import openalex

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
NOW = datetime(2026, 11, 20, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"no recorded data at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)

# Two OpenAlex records a paper that no plain rule joins; each pair was read side by side in the
# recording: equal authors, and titles that differ by a hyphen, TeX, or a later version.
VERSIONS = {
    ("W2960281742", "W2205679476"),  # 2019 and 2015, TeX apart; arXiv gives the journal's DOI
    ("W3198254723", "W4286987612"),  # 2023 and 2021
    ("W3175304906", "W4287112368"),  # 2023 and 2021
    ("W4415015346", "W4389712594"),  # 2025 and 2023
    ("W1821246645", "W2950535099"),  # 2008 and 2006
    ("W7161840241", "W4294057474"),  # 2026 and 2022
    ("W1932423927", "W3023837999"),  # a title of three words; journal and repository, 2016
    ("W2728784616", "W3124430596"),  # nonsymmetric and non-symmetric, 2014
    ("W3124118014", "W4394638766"),  # K1 and K_1, 2007
    ("W2042646002", "W1836116780"),  # retitled between versions of one arXiv id
}


def observed(record):
    return Observed(record=record, as_of=NOW, first_seen=NOW)


@pytest.fixture(scope="module")
def works_of_openalex():
    body = (RECORDED / "openalex/works_by_orcid_0000-0001-8457-9889_merged.json").read_bytes()
    return [observed(work) for page in openalex.parse(body) for work in page.works]


@pytest.fixture(scope="module")
def works_of_arxiv():
    path = RECORDED / "crosssource/arxiv_a_orcid_feedparser.json"
    return [observed(_entry(e)) for e in json.loads(path.read_text("utf-8"))["entries"]]


def _entry(entry):
    own = f"arxiv:{ids.arxiv(entry['id'])}"
    return WorkRecord(
        provider="arxiv",
        record_id=own,
        title=" ".join(entry["title"].split()),
        year=int(entry["published"][:4]),
        authors=tuple(name.strip() for name in entry["author"].split(",")),
        work_type="preprint",
        ids=(own, *ids.from_doi(entry.get("arxiv_doi"))),
    )


def h_index(counts):
    return sum(c >= rank for rank, c in enumerate(sorted(counts, reverse=True), 1))


def homes(works):
    return {c.record_id.partition(":")[2]: w.work_id for w in works for c in w.counts}


def test_sixty_five_records_are_forty_seven_papers(works_of_openalex):
    assert len(works_of_openalex) == 65
    assert len(resolve(works_of_openalex)) == 47


def test_h_stays_11_by_max_and_by_sum_and_falls_to_10_where_only_doi_records_count(
    works_of_openalex,
):
    """Which record's count stands decides: repositories' copies carry most citations of four.

    The largest count of a paper's records (our rule) and their sum leave h at 11; counting a
    paper by its records with a DOI alone, where it has one, gives 10.
    """
    works = resolve(works_of_openalex)
    records = {o.record.record_id: o.record for o in works_of_openalex}

    def with_doi(work):
        own = [records[c.record_id] for c in work.counts]
        named = [r for r in own if any(i.startswith("doi:") for i in r.ids)]
        return max(r.cited_by_count for r in named or own)

    figures = {"doi": (h_index(with_doi(work) for work in works), None)}
    for rule in ("max", "sum_versions"):
        counts = [work.cited_by_count("openalex", rule) or 0 for work in works]
        figures[rule] = (h_index(counts), sum(counts))
    assert figures == {"max": (11, 358), "sum_versions": (11, 394), "doi": (10, None)}
    stated = [o.record.cited_by_count or 0 for o in works_of_openalex]
    assert (h_index(stated), sum(stated)) == (11, 394)


def test_versions_that_only_the_wider_rules_find_are_found(works_of_openalex):
    home = homes(resolve(works_of_openalex))
    missed = [pair for pair in VERSIONS if home[pair[0]] != home[pair[1]]]
    assert missed == []


def test_parts_of_a_series_stay_apart(works_of_openalex):
    home = homes(resolve(works_of_openalex))
    for first, second in (
        ("W4237537808", "W2097363932"),  # Cohomologically triangulated categories I, II
        ("W3122893125", "W3121618067"),  # Homotopy theory of non-symmetric operads, its part II
        ("W3122893125", "W3105168287"),  # and the correction to both
        ("W4294057474", "W4416830908"),  # The derived Auslander-Iyama correspondence, part II
        ("W1519119224", "W2156296681"),  # A triangulated category / Triangulated categories
    ):
        assert home[first] != home[second]


def test_arxiv_papers_find_their_openalex_work(works_of_openalex, works_of_arxiv):
    """Three of 42 are not at OpenAlex; every other pair was read once and is right."""
    works = resolve([*works_of_openalex, *works_of_arxiv])
    both = [w for w in works if {c.provider for c in w.counts} == {"arxiv", "openalex"}]
    alone = {w.title for w in works if {c.provider for c in w.counts} == {"arxiv"}}
    assert (len(works_of_arxiv), len(both), len(works)) == (42, 39, 50)
    assert alone == {
        "K-theory of derivators revisited",
        "Secondary homotopy groups",
        "The characteristic cohomology class of a triangulated category",
    }


def test_no_two_arxiv_papers_become_one(works_of_openalex, works_of_arxiv):
    for work in resolve([*works_of_openalex, *works_of_arxiv]):
        assert sum(c.provider == "arxiv" for c in work.counts) <= 1


def test_a_second_provider_changes_no_paper_of_the_first(works_of_openalex, works_of_arxiv):
    """At arXiv the author gave two papers each other's DOI: they must not become one."""

    def partition(works):
        own = [{c.record_id for c in w.counts if c.provider == "openalex"} for w in works]
        return {frozenset(group) for group in own if group}

    alone = partition(resolve(works_of_openalex))
    assert partition(resolve([*works_of_openalex, *works_of_arxiv])) == alone
