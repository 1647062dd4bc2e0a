from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize(
    ("name", "label", "message"),
    [
        ("gs_data_total_citation.json", "citations", "1250"),
        ("gs_data_h_index.json", "h-index", "2"),
        ("gs_data_i10_index.json", "i10-index", "2"),
        ("gs_data_total_publications.json", "total-publications", "3"),
    ],
)
def test_each_file_has_its_label_and_plain_digits(make, files, name, label, message):
    found = files(make.snapshot())
    assert json.loads(found[name]) == {"schemaVersion": 1, "label": label, "message": message}
    assert found[name].startswith(b'{\n  "schemaVersion": 1,\n')
    assert found[f"authors/me/{name}"] == found[name]


def test_an_unknown_figure_leaves_its_file_as_it_was(make, files):
    author = make.author(metrics=(make.metrics(values={"citations": 5}),))
    found = files(make.snapshot(author))
    assert "gs_data_total_citation.json" in found
    assert "gs_data_h_index.json" not in found


def test_a_lower_bound_says_so(make, files):
    author = make.author(metrics=(make.metrics(lower_bounds={"h_index"}),))
    assert json.loads(files(make.snapshot(author))["gs_data_h_index.json"])["message"] == "≥ 2"
