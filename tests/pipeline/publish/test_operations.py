"""File operations out of both sides, as values."""

import hashlib

import pytest

from pipeline.errors import PublishRefused
from pipeline.publish.operations import (
    Kind,
    Operation,
    compute_operations,
    is_material,
    is_publishable,
)


def blob(data: bytes, kind="sha1") -> str:
    return hashlib.new(kind, b"blob %d\0" % len(data) + data).hexdigest()


def told(ours, theirs, **more):
    return [(o.kind, o.path) for o in compute_operations(ours, theirs, **more)]


def test_what_is_missing_is_added_and_what_differs_is_changed():
    ours = {"gs_data.json": b"{}", "metrics.json": b"new", "works.csv": b"same"}
    theirs = {"metrics.json": blob(b"old"), "works.csv": blob(b"same")}
    assert told(ours, theirs) == [(Kind.ADD, "gs_data.json"), (Kind.CHANGE, "metrics.json")]


def test_equal_content_is_no_operation_in_a_repository_with_sha256_either():
    assert told({"works.csv": b"x"}, {"works.csv": blob(b"x", "sha256")}) == []


def test_files_of_others_and_badges_no_longer_made_stay():
    theirs = {"README.md": blob(b"hi"), "badges/ada/papers/gone.json": blob(b"{}")}
    assert told({"run.json": b"1"}, theirs) == [(Kind.ADD, "run.json")]


def test_a_superseded_file_of_the_history_is_removed_and_nothing_else_ever():
    old = "history/changes/year=2026/month=01/a.parquet"
    theirs = {old: blob(b"a"), "README.md": blob(b"b"), "gs_data.json": blob(b"c")}
    assert told({}, theirs, superseded=list(theirs)) == [(Kind.REMOVE, old)]


def test_a_file_that_is_not_on_the_branch_is_not_removed():
    assert told({}, {}, superseded=["history/runs/a.parquet"]) == []


def test_the_content_of_an_operation_is_not_in_its_words():
    operation = Operation(kind=Kind.ADD, path="run.json", data=b"secret")
    assert "secret" not in repr(operation)


@pytest.mark.parametrize(
    "path",
    [
        "gs_data.json",
        "gs_data_total_citation.json",
        "citations.yml",
        "works.bib",
        "run.json",
        "authors/ada/works.parquet",
        "badges/ada/h_index.json",
        "badges/ada/h_index.svg",
        "badges/ada/papers/doi-10.5555-x-0123456789.json",
        "badges/ada/repositories/ada.thing.json",
        "groups/lab/gs_data.json",
        "groups/lab/works.csv",
        "report/index.html",
        "report/ada.html",
        "report/charts/ada.h-core.svg",
        "report/charts/ada.h-core.json",
        "scholar-metrics.js",
        "history/manifest.json",
        "history/runs/year=2026/month=11/20261120T143553Z-855a.parquet",
        "history/state/previous/records.parquet",
    ],
)
def test_the_catalogue_may_leave(path):
    assert is_publishable(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "notes.txt",
        "../gs_data.json",
        "/gs_data.json",
        "gs_data.json/",
        "gs_data.json\n",
        "badges/../gs_data.json",
        "badges/.hidden/citations.json",
        "badges/ada/.citations.json",
        "badges/ada/papers/deeper/x.json",
        "authors/ada/run.json",
        "authors/ada/secret.txt",
        "groups/lab/deeper/gs_data.json",
        "report/notes.txt",
        "report/ada.html/x.html",
        "report/charts/ada.html",
        "other.js",
        "history/.lock",
        "history/.holder.json",
        "history/quarantine/a.parquet",
        "history/changes/../x.parquet",
        ".git/config",
        "scholar-metrics.toml",
        "badges/ADA/citations.json",
    ],
)
def test_nothing_else_leaves(path):
    assert not is_publishable(path)
    with pytest.raises(PublishRefused, match="it is no artifact"):
        compute_operations({path: b""}, {})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("badges/ada/citations.json", "badges"), ("gs_data.json", "gs_data.json/index.html")],
)
def test_somebodys_file_is_not_replaced_by_a_folder_nor_the_other_way_round(ours, theirs):
    with pytest.raises(PublishRefused, match="something else in the place"):
        compute_operations({ours: b""}, {theirs: blob(b"")})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("run.json", False),
        ("history/manifest.json", False),
        ("history/manifest.copy.json", False),
        ("history/state/summary.json", False),
        ("history/runs/year=2026/month=11/a.parquet", False),
        ("history/changes/year=2026/month=11/a.parquet", True),
        ("history/state/records.parquet", True),
        ("gs_data.json", True),
    ],
)
def test_the_trace_that_every_run_leaves_is_no_news(path, expected):
    assert is_material(Operation(kind=Kind.CHANGE, path=path)) is expected
