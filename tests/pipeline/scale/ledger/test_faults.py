"""A ledger whose runs fail, are killed or meet another, and whose files are damaged."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.errors import ConfigError, HistoryDamaged, Locked, StorageError
from pipeline.scale.ledger import Ledger, files
from pipeline.scale.ledger.book import Book

LISTS = ("ledger.json", "ledger.copy.json")
FIRST = {(1, 10): 5, (1, 11): 0, (2, 10): 5, (2, 12): None}


@pytest.mark.parametrize("at", ["write", "fsync", "replace"])
def test_a_run_that_fails_anywhere_leaves_the_ledger_of_before(
    keep, ledger, content, monkeypatch, at
):
    """Every write, sync and rename of a run is made to fail once, month's end included."""
    keep(FIRST, "2026-10-30")
    keep(FIRST | {(1, 10): 6}, "2026-10-31")
    later = {(1, 10): 7, (3, 1): 2, (2, 12): 1}
    for number in range(1, 30):
        with monkeypatch.context() as patch:
            left = fail_at(patch, at, number)
            try:
                keep(later, "2026-11-01")
            except StorageError:
                assert content(ledger) in (FIRST | {(1, 10): 6}, later)
                assert content(ledger, "2026-10-30") == FIRST
                assert len({(ledger.root / name).read_bytes() for name in LISTS}) == 1
                continue
        assert left[0] > 0
        assert number > 3
        break
    assert content(ledger) == later
    assert ledger.problems() == []


def fail_at(patch, what, number):
    """The n-th call of `os.fsync`, of a rename, or of a data file's writing fails."""
    left = [number]
    target, name = {
        "fsync": (os, "fsync"),
        "replace": (Path, "replace"),
        "write": (files, "packed"),
    }[what]
    real = getattr(target, name)

    def fails(*given, **more):
        left[0] -= 1
        if not left[0]:
            raise StorageError("x: cannot be written") if what == "write" else OSError(28, "full")
        return real(*given, **more)

    patch.setattr(target, name, fails)
    return left


def test_what_a_killed_run_left_goes_with_the_next(keep, ledger, content, monkeypatch):
    keep(FIRST, "2026-11-01")

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Book, "tidy", killed)
        patch.setattr("pipeline.scale.ledger.files.Files.settle", lambda _: None)
        with pytest.raises(Killed):
            keep({(1, 10): 9, (4, 4): 4}, "2026-11-02")
    assert list(ledger.root.rglob("run-000002.parquet"))
    assert content(ledger) == FIRST
    keep(FIRST, "2026-11-02")
    assert not list(ledger.root.rglob("run-000002.parquet"))


def test_a_damaged_file_is_named_and_never_read(keep, ledger, content):
    keep(FIRST, "2026-11-01")
    keep(FIRST | {(1, 10): 6}, "2026-11-02")
    path = next(ledger.root.rglob("changes/**/run-000002.parquet"))
    whole = path.read_bytes()
    for place in (10, len(whole) // 2, len(whole) - 20):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        (said,) = ledger.problems()
        assert said.startswith(str(path))
        with pytest.raises(HistoryDamaged, match="run-000002"):
            ledger.author(1)
        assert content(ledger, "2026-11-01") == FIRST
        assert content(ledger) == FIRST | {(1, 10): 6}
    path.write_bytes(whole)
    assert ledger.problems() == []


def test_damaged_latest_counts_are_made_again_from_the_changes(keep, ledger, content):
    keep(FIRST, "2026-11-01")
    keep(FIRST | {(1, 10): 6}, "2026-11-02")
    for path in ledger.root.rglob("latest/*.parquet"):
        path.write_bytes(b"no such file")
    assert content(ledger) == FIRST | {(1, 10): 6}
    assert keep(FIRST | {(1, 10): 8}, "2026-11-03").run.changed == 1


@pytest.mark.parametrize("kind", ["pairs", "pairs-copy"])
@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_damaged_pairs_are_read_from_their_copy_and_mended(keep, ledger, content, kind, damage):
    keep(FIRST, "2026-11-01")
    (path,) = ledger.root.glob(f"*/{kind}/**/*.parquet")
    whole = path.read_bytes()
    path.unlink() if damage == "gone" else path.write_bytes(whole[:9] + b"x" + whole[10:])
    assert content(ledger) == FIRST
    (said,) = ledger.problems()
    assert "its copy is whole" in said
    assert not path.is_file() or path.read_bytes() != whole
    if (kind, damage) == ("pairs-copy", "flipped"):
        assert "remove it" in said
        path.unlink()
    keep(FIRST | {(9, 9): 9}, "2026-11-02")
    assert path.read_bytes() == whole
    assert ledger.problems() == []


def test_pairs_that_are_damaged_twice_are_named(keep, ledger, content):
    keep(FIRST, "2026-11-01")
    for path in ledger.root.glob("*/pairs*/**/*.parquet"):
        path.write_bytes(b"x")
    with pytest.raises(HistoryDamaged, match=r"pairs-copy.*take it from a backup"):
        content(ledger)
    assert all("take it from a backup" in line for line in ledger.problems())


def test_either_list_of_files_does(keep, ledger, content):
    keep(FIRST, "2026-11-01")
    for name, other in (("ledger.json", "ledger.copy.json"), ("ledger.copy.json", "ledger.json")):
        whole = (ledger.root / name).read_bytes()
        (ledger.root / name).write_bytes(whole.replace(b"2026", b"2025"))
        assert content(ledger) == FIRST
        (ledger.root / name).write_bytes(whole)
        (ledger.root / other).unlink()
        assert content(ledger) == FIRST
        (ledger.root / other).write_bytes(whole)
    for name in ("ledger.json", "ledger.copy.json"):
        (ledger.root / name).write_bytes(b"{}")
    with pytest.raises(HistoryDamaged, match="no other file was touched"):
        content(ledger)


def test_a_folder_of_something_else_is_refused(tmp_path, keep):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").write_bytes(b"x")
    with pytest.raises(ConfigError, match="something else than a ledger"):
        keep(FIRST, "2026-11-01", to=Ledger(tmp_path / "photos"))


def test_two_at_once_are_one_too_many(keep, ledger):
    keep(FIRST, "2026-11-01")
    with FileLock(ledger.root / "ledger.lock"), pytest.raises(Locked, match="wait for it"):
        keep(FIRST, "2026-11-02")
