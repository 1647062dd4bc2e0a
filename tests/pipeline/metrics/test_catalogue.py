from pathlib import Path

import pytest

from pipeline.metrics import CATALOGUE, CORE

COLUMNS = {"cited_by_count", "year", "authors_count", "self_citations", "recent_citations"}
DOCS = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"


@pytest.mark.parametrize("metric", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_metric_says_what_it_is(metric):
    assert CATALOGUE[metric.name] is metric
    assert metric.title
    assert metric.definition.endswith(".")
    assert metric.convention.endswith(".")
    assert metric.needs <= COLUMNS
    assert metric.unit in {"papers", "citations", "index", "index/year", "citations/year"}


@pytest.mark.parametrize("metric", CATALOGUE.values(), ids=list(CATALOGUE))
def test_the_documentation_says_what_the_catalogue_says(metric):
    row = f"| `{metric.name}`<br>{metric.title} | {metric.definition} | {metric.convention} |"

    assert row in DOCS.read_text(encoding="utf-8")


def test_indices_name_their_source():
    unnamed = {n for n, m in CATALOGUE.items() if not m.source}

    assert unnamed == {
        "papers",
        "papers_unknown_citations",
        "papers_unknown_year",
        "cited_papers",
        "citations",
        "citations_mean",
        "citations_median",
        "citations_max",
    }


def test_core_names_are_in_the_catalogue():
    assert set(CORE) <= set(CATALOGUE)
