from __future__ import annotations

import json

import pytest

from pipeline.errors import StorageError
from pipeline.history import manifest as listing
from pipeline.history.manifest import Entry, Manifest, Unreadable


@pytest.fixture
def manifest(kit):
    entry = Entry(sha256="ab" * 32, size=12, rows=3, first=1, last=2)
    files = {"state/records.parquet": entry, "runs/year=2026/month=03/run1.parquet": entry}
    return Manifest(sequence=2, last_at=kit.day(0), files=files)


def test_a_manifest_comes_back_as_it_was(manifest):
    found = listing.load(listing.dump(manifest))
    assert (found.sequence, found.last_at) == (manifest.sequence, manifest.last_at)
    assert dict(found.files) == manifest.files


def test_an_empty_manifest_comes_back_as_it_was():
    found = listing.load(listing.dump(Manifest()))
    assert (found.sequence, found.last_at, dict(found.files)) == (0, None, {})


def test_it_has_one_line_a_file_in_order(manifest):
    lines = listing.dump(manifest).decode().splitlines()
    named = [line for line in lines if ".parquet" in line]
    assert len(named) == 2
    assert named == sorted(named)


def test_any_difference_of_content_is_noticed(manifest):
    body = json.loads(listing.dump(manifest))
    for key, value in (("sequence", 3), ("last_at", None), ("files", {}), ("more", 1)):
        with pytest.raises(Unreadable, match="checksum"):
            listing.load(json.dumps(body | {key: value}).encode())


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'"x"'])
def test_what_is_no_manifest_is_unreadable(data):
    with pytest.raises(Unreadable):
        listing.load(data)


def test_a_newer_layout_says_to_update(manifest):
    body = json.loads(listing.dump(manifest)) | {"schema": listing.SCHEMA + 1}
    body.pop("sha256")
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    body["sha256"] = listing.digest(text.encode())
    with pytest.raises(StorageError, match=r"newer version .* update scholar-metrics"):
        listing.load(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("state/summary.json", True),
        ("state/previous/authors.parquet", True),
        ("state/previous/summary.json", False),
        ("changes/runs-1-2.parquet", True),
        ("changes/year=2026/month=03/a.parquet", True),
        ("changes/year=2026/a.parquet", False),
        ("changes/year=2026/month=03/.a.parquet", False),
        ("changes/../a.parquet", False),
        ("other/year=2026/month=03/a.parquet", False),
        ("changes/year=2026/month=03/a.csv", False),
    ],
)
def test_only_paths_of_the_layout_are_ours(path, is_ours):
    assert listing.is_ours(path) is is_ours
