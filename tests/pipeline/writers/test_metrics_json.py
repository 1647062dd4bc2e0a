from __future__ import annotations

import json

import numpy as np
import pytest


def document(found, path="metrics.json"):
    return json.loads(found[path], parse_constant=lambda name: pytest.fail(f"{name} in the file"))


def test_every_provider_and_both_series_are_in_it(make, files):
    found = document(files(make.snapshot()))
    assert found["schema"] == 1
    [author] = found["authors"]
    assert (author["key"], author["name"], author["works"]) == ("me", "Ada Example", 3)
    assert author["ids"] == [f"google_scholar:{make.USER}", "openalex:A1"]
    assert author["shown"] == {"provider": "google_scholar", "figures": "stated"}
    scholar = author["sources"]["google_scholar"]
    assert scholar["stated"]["citations"] == scholar["resolved"]["citations"] == 1250
    assert scholar["stated"]["mean"] == 416.7
    assert (scholar["title"], scholar["is_stale"]) == ("Google Scholar", False)
    assert scholar["as_of"] == "2026-03-01T03:17:05+00:00"
    assert scholar["counts_by_year"] == {"2024": 700, "2025": 500}
    assert scholar["rule"] == "max"
    assert "resolved" not in author["sources"]["openalex"]


def test_bounds_and_statements_are_named(make, files):
    stated = make.metrics(
        lower_bounds={"h_index", "unheard"}, stated={"citations"}, counts_by_year_unknown=50
    )
    found = document(files(make.snapshot(make.author(metrics=(stated,)))))
    scholar = found["authors"][0]["sources"]["google_scholar"]
    assert scholar["lower_bounds"] == {"stated": ["h_index"]}
    assert scholar["provider_states"] == ["citations"]
    assert scholar["counts_by_year_unknown"] == 50


def test_years_come_from_the_papers_where_the_profile_has_none(make, files):
    series = (
        make.metrics(counts_by_year={}),
        make.metrics(series="resolved", counts_by_year={2020: 1}),
    )
    found = document(files(make.snapshot(make.author(metrics=series))))
    assert found["authors"][0]["sources"]["google_scholar"]["counts_by_year"] == {"2020": 1}


def test_unknown_and_impossible_values_are_left_out(make, files):
    values = {
        "citations": np.int64(4),
        "mean": np.float64(1.5),
        "h_index": None,
        "g_index": float("nan"),
        "e_index": float("inf"),
    }
    author = make.author(metrics=(make.metrics(values=values, counts_by_year={}),))
    found = document(files(make.snapshot(author)))
    scholar = found["authors"][0]["sources"]["google_scholar"]
    assert scholar["stated"] == {"citations": 4, "mean": 1.5}
    assert "counts_by_year" not in scholar


def test_combined_figures_stand_beside_the_sources(make, files):
    combined = make.metrics("combined", "combined", rule="max", values={"citations": 9})
    found = document(files(make.snapshot(make.author(metrics=(combined,)))))
    assert found["authors"][0]["combined"] == {
        "as_of": "2026-03-01T03:17:05+00:00",
        "values": {"citations": 9},
        "lower_bounds": [],
        "rule": "max",
        "counts_by_year": {"2024": 700, "2025": 500},
    }


def test_somebody_whom_nobody_answered_for_is_listed(make, files):
    author = make.author(shown=None, sources=(), metrics=(), works=())
    found = files(make.snapshot(author))
    [listed] = document(found)["authors"]
    assert listed["sources"] == {}
    assert "shown" not in listed
    figures = {path for path in found if not path.startswith("report/")}
    assert figures == {"metrics.json", "authors/me/metrics.json"}


def test_the_root_has_all_and_each_folder_one(make, files):
    found = files(make.snapshot(make.author(), make.author("two")))
    assert [a["key"] for a in document(found)["authors"]] == ["me", "two"]
    assert [a["key"] for a in document(found, "authors/two/metrics.json")["authors"]] == ["two"]


def test_keys_are_sorted_and_the_file_ends_in_a_newline(make, files):
    data = files(make.snapshot())["metrics.json"]
    assert data.decode() == json.dumps(json.loads(data), indent=2, sort_keys=True) + "\n"


def test_no_authors_give_an_empty_document(files):
    from pipeline.model import Snapshot

    assert files(Snapshot(authors=(), provider_order=())) == {
        "metrics.json": b'{\n  "authors": [],\n  "schema": 1\n}\n'
    }
