from __future__ import annotations

from pipeline.history import History
from pipeline.history import manifest as listing


def test_a_sound_history_has_no_problem(lived):
    assert History(lived()).verify() == []


def test_each_damaged_file_is_named_and_none_is_moved(kit, lived):
    root = lived()
    names = [p for p in kit.tree(root) if not p.startswith((".", "manifest"))]
    for name in names:
        (root / name).write_bytes(b"x")
    tree = kit.tree(root)
    assert [p.path for p in History(root).verify()] == sorted(names)
    assert kit.tree(root) == tree


def test_a_missing_copy_and_a_damaged_manifest_are_named(kit, lived):
    root = lived()
    (root / "manifest.copy.json").unlink()
    assert [(p.path, p.what) for p in History(root).verify()] == [
        ("manifest.copy.json", "missing; the next run writes it")
    ]
    (root / "manifest.json").write_bytes(b"{}")
    assert {p.path for p in History(root).verify()} == {"manifest.copy.json", "manifest.json"}


def test_a_manifest_of_other_files_is_named_and_not_these(kit, lived):
    root = lived()
    tree = kit.tree(root)
    (root / "manifest.json").write_bytes(listing.dump(listing.Manifest(sequence=1)))
    (problem,) = History(root).verify()
    assert (problem.path, problem.what) == (
        "manifest.json",
        "it is not the list of these files, as manifest.copy.json is",
    )
    (root / "manifest.json").write_bytes(tree["manifest.json"])
    (root / "manifest.copy.json").write_bytes(listing.dump(listing.Manifest(sequence=1)))
    assert [p.path for p in History(root).verify()] == ["manifest.copy.json"]


def test_set_aside_files_are_named_until_somebody_looked(lived):
    root = lived()
    (root / "quarantine").mkdir()
    (root / "quarantine" / "changes__x.parquet.12345678").write_bytes(b"x")
    (problem,) = History(root).verify()
    assert problem.path == "quarantine/changes__x.parquet.12345678"
    (root / "manifest.json").unlink()
    (root / "manifest.copy.json").unlink()
    assert problem in History(root).verify()


def test_a_wrong_number_of_rows_is_named(lived):
    root = lived()
    manifest = listing.load((root / "manifest.json").read_bytes())
    path = "runs/year=2026/month=03/run4.parquet"
    entry = manifest.files[path]
    wrong = listing.Entry(
        sha256=entry.sha256, size=entry.size, rows=99, first=entry.first, last=entry.last
    )
    other = listing.Manifest(
        sequence=manifest.sequence,
        last_at=manifest.last_at,
        files={**manifest.files, path: wrong},
    )
    for name in ("manifest.json", "manifest.copy.json"):
        (root / name).write_bytes(listing.dump(other))
    (problem,) = History(root).verify()
    assert problem.what == "it has 4 rows instead of 99"


def test_a_sound_file_that_is_no_parquet_is_named(lived):
    root = lived()
    manifest = listing.load((root / "manifest.json").read_bytes())
    path = "runs/year=2026/month=03/run4.parquet"
    entry = listing.Entry(sha256=listing.digest(b"x"), size=1, rows=1, first=4, last=4)
    other = listing.Manifest(sequence=5, files={**manifest.files, path: entry})
    (root / path).write_bytes(b"x")
    for name in ("manifest.json", "manifest.copy.json"):
        (root / name).write_bytes(listing.dump(other))
    (problem,) = History(root).verify()
    assert "no readable Parquet file" in problem.what


def test_an_empty_folder_is_no_problem(root):
    root.mkdir()
    assert History(root).verify() == []
