"""Damage is never read as different data in silence, and what is sound stays readable."""

from __future__ import annotations

import errno
import json
import os
import random
from pathlib import Path

import pytest

from pipeline.errors import HistoryDamaged, StorageError
from pipeline.history import History, Problem, disk
from pipeline.history import manifest as listing
from pipeline.history.files import Files

KINDS = (
    "manifest.json",
    "manifest.copy.json",
    "state/authors.parquet",
    "state/records.parquet",
    "state/summary.json",
    "state/previous/authors.parquet",
    "state/previous/records.parquet",
    "changes/year=2026/month=03/run4.parquet",
    "runs/year=2026/month=03/run4.parquet",
)
FLIPS = 40


@pytest.fixture
def trial(kit, lived):
    """Puts other bytes in the place of a file, and tells what a fresh look then finds."""
    root = lived()
    sound = kit.tree(root)
    truth = (kit.everything(root), kit.figures(History(root)))

    def run(kind: str, data: bytes) -> list[Problem]:
        (root / kind).write_bytes(data)
        history = History(root)
        seen = (history.states(), history.series(), history.runs(), history.summary())
        if not history.problems:
            assert seen == truth[0], f"{kind} was read as different data, in silence"
        assert kit.figures(history) == truth[1], f"a figure is lost with {kind}"
        for path in set(kit.tree(root)) - set(sound):
            (root / path).unlink()
        (root / kind).write_bytes(sound[kind])
        return history.problems

    run.sound = sound
    return run


@pytest.mark.parametrize("kind", KINDS)
def test_no_flipped_bit_is_read_as_different_data(trial, kind):
    chance = random.Random(kind)
    data = trial.sound[kind]
    noticed = 0
    for _ in range(FLIPS):
        bit = chance.randrange(len(data) * 8)
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        noticed += bool(trial(kind, bytes(flipped)))
    spare = kind == "manifest.copy.json" or "previous" in kind
    assert noticed == (0 if spare else FLIPS), "what is read is verified"


@pytest.mark.parametrize("kind", KINDS)
def test_no_truncation_is_read_as_different_data(trial, kind):
    data = trial.sound[kind]
    for percent in range(0, 100, 5):
        trial(kind, data[: len(data) * percent // 100])


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_is_made_up_for(kit, lived, kind):
    root = lived()
    figures = kit.figures(History(root))
    (root / kind).unlink()
    assert kit.figures(History(root)) == figures
    kit.run(History(root), kit.answer({1: 70}), day=3)
    assert kit.figures(History(root))["ada", "openalex", "openalex:W1"] == (70, False)
    assert History(root).verify() == []


def test_a_damaged_file_is_set_aside_named_and_the_rest_stays(lived):
    root = lived()
    path = root / "changes/year=2026/month=03/run4.parquet"
    before = History(root).series()
    path.write_bytes(b"PAR1 garbage PAR1")
    history = History(root)
    left = history.series()
    assert left == [c for c in before if c.sequence != 4]
    assert not path.exists()
    (aside,) = (root / "quarantine").iterdir()
    assert aside.read_bytes() == b"PAR1 garbage PAR1"
    (problem,) = history.problems
    assert problem.path == "changes/year=2026/month=03/run4.parquet"
    assert "its checksum differs" in problem.what
    assert f"set aside as quarantine/{aside.name}" in problem.what


def test_what_is_lost_is_told_again_until_a_run_forgets_it(kit, lived):
    root = lived()
    (root / "changes/year=2026/month=03/run4.parquet").write_bytes(b"")
    History(root).series()
    again = History(root)
    again.series()
    assert "missing" in again.problems[0].what
    assert "quarantine" in str(again.verify())
    kit.run(again, kit.answer({1: 90}), day=3)
    assert "are lost" in str(again.problems)
    after = History(root)
    after.series()
    assert after.problems == []


def test_a_damaged_state_is_made_again_and_written_again(kit, lived):
    root = lived()
    figures = kit.figures(History(root))
    (root / "state/records.parquet").write_bytes(b"x")
    history = History(root)
    assert kit.figures(history) == figures
    assert any("made again from the generation of run" in p.what for p in history.problems)
    titles = {o.record.title for s in history.states() for o in s.works}
    assert None not in titles
    untouched = history.states()[0].works[0]
    assert (untouched.record.cited_by_count, untouched.as_of) == (4, kit.day(1))
    same = kit.answer({1: 9, 2: 3, 3: 42}, cited_by_count=54)
    kit.run(history, same, day=3)
    fresh = History(root)
    assert kit.figures(fresh) == figures
    assert fresh.problems == []


def test_a_state_without_its_previous_generation_comes_from_the_changes(kit, lived):
    root = lived()
    figures = kit.figures(History(root))
    for name in ("state", "state/previous"):
        for kind in ("authors", "records"):
            (root / name / f"{kind}.parquet").write_bytes(b"x")
    history = History(root)
    assert kit.figures(history) == figures
    by_key = {(s.author_key, s.provider): s for s in history.states()}
    assert by_key["bob", "openalex"].author.h_index == 4
    assert by_key["ada", "openalex"].author.cited_by_count == 54
    assert by_key["ada", "openalex"].author.name is None
    assert all(o.record.title is None for s in by_key.values() for o in s.works)
    assert all(o.first_seen == kit.day(-3) for o in by_key["bob", "openalex"].works)
    assert any("nothing but" in p.what for p in history.problems)


def test_a_lost_row_of_a_run_leaves_its_changes_without_a_moment(kit, lived):
    root = lived()
    (root / "runs/year=2026/month=03/run4.parquet").unlink()
    found = {c.sequence: c for c in History(root).series()}
    assert (found[4].at, found[4].run_id) == (None, "")
    assert found[4].date == kit.day(1).date()
    assert found[5].run_id == "run5"


def test_a_lost_summary_is_made_again_from_runs_and_states(kit, lived):
    root = lived()
    before = kit.everything(root)
    (root / "state/summary.json").write_text("{}")
    assert kit.everything(root) == before


def test_a_copy_stands_in_for_a_damaged_manifest(kit, lived):
    root = lived()
    before = kit.everything(root)
    (root / "manifest.json").write_bytes(b"{")
    history = History(root)
    assert history.states() == before[0]
    assert {p.path for p in history.problems} == {"manifest.json"}
    kit.run(history, kit.answer({1: 70}), day=3)
    assert len(History(root).runs()) > len(before[2])
    assert [p.path for p in History(root).verify()] == [
        p.relative_to(root).as_posix() for p in (root / "quarantine").iterdir()
    ]


def test_an_older_copy_still_finds_its_own_generation(kit, lived):
    root = lived()
    copy = (root / "manifest.copy.json").read_bytes()
    before = kit.everything(root)
    kit.run(History(root), kit.answer({1: 70}, h_index=1), day=3)
    (root / "manifest.copy.json").write_bytes(copy)
    (root / "manifest.json").write_bytes(b"{")
    assert kit.everything(root)[:3] == before[:3]
    kit.run(History(root), kit.answer({1: 71}), day=4)
    assert kit.figures(History(root))["ada", "openalex", "openalex:W1"] == (71, False)


def test_a_history_without_any_manifest_is_found_again(kit, lived):
    root = lived()
    before = kit.everything(root)
    for name in ("manifest.json", "manifest.copy.json"):
        (root / name).unlink()
    history = History(root)
    assert (history.states(), history.series(), history.runs()) == before[:3]
    assert "made again from the files" in history.problems[0].what
    kit.run(history, kit.answer({1: 70}), day=3)
    assert History(root).verify() == []
    assert len(History(root).series()) > len(before[1])


def test_a_history_of_which_nothing_is_left_is_an_error_each_time(lived):
    root = lived()
    for path in root.rglob("*"):
        if path.is_file():
            path.write_bytes(b"x")
    for _ in range(2):
        with pytest.raises(HistoryDamaged, match="restore that folder"):
            History(root).states()


def test_a_newer_layout_is_refused_and_left_alone(kit, lived):
    root = lived()
    body = json.loads((root / "manifest.json").read_bytes())
    body.pop("sha256")
    body["schema"] = 2
    body["sha256"] = listing.digest(
        json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    )
    (root / "manifest.json").write_text(json.dumps(body))
    tree = kit.tree(root)
    for read in (History(root).states, History(root).summary, History(root).runs):
        with pytest.raises(StorageError, match="written by a newer version"):
            read()
    assert kit.tree(root) == tree
    assert "newer version" in str(History(root).verify())


def test_a_manifest_never_names_a_path_outside(lived):
    root = lived()
    manifest = listing.load((root / "manifest.json").read_bytes())
    entry = manifest.files["state/records.parquet"]
    for path in ("../x.parquet", "/etc/passwd", "changes/../../x.parquet", "quarantine/x"):
        text = listing.dump(listing.Manifest(files={path: entry}))
        with pytest.raises(listing.Unreadable, match="no path of a history"):
            listing.load(text)


def test_a_reader_that_meets_a_commit_reads_again(kit, lived, monkeypatch):
    root = lived()
    stale = Files(root, []).manifest()
    kit.run(History(root), kit.answer({1: 70}), day=3)
    kit.run(History(root), kit.answer({1: 71}), day=4)
    real, served = Files.manifest, []

    def manifest(self):
        served.append(stale if not served else real(self))
        return served[-1]

    monkeypatch.setattr(Files, "manifest", manifest)
    history = History(root)
    assert {(s.author_key, s.provider): s for s in history.states()}["ada", "openalex"].works[
        0
    ].record.cited_by_count == 71
    assert len(served) == 2
    assert history.problems == []
    assert not (root / "quarantine").exists()


def test_a_reader_that_never_catches_up_says_so(kit, lived, monkeypatch):
    root = lived()
    stale = Files(root, []).manifest()
    for day in (3, 4):
        kit.run(History(root), kit.answer({1: 70 + day}), day=day)
    monkeypatch.setattr(Files, "manifest", lambda self: stale)
    with pytest.raises(StorageError, match="changes too fast"):
        History(root).states()


def test_a_reader_between_the_renames_of_a_commit_finds_every_file(kit, lived, monkeypatch):
    root = lived()
    monkeypatch.setattr(Files, "_settle", lambda *_: None)
    kit.run(History(root), kit.answer({1: 70, 2: 3, 3: 42}, cited_by_count=54), day=3)
    history = History(root)
    assert kit.figures(history)["ada", "openalex", "openalex:W1"] == (70, False)
    assert {r.run_id for r in history.summary()} == {"run5", "run6"}
    assert history.problems == []
    assert (root / "state/records.parquet.new").exists()


def test_damage_that_another_run_holds_is_named_and_stays(kit, lived):
    root = lived()
    (root / "state/records.parquet").write_bytes(b"x")
    history = History(root)
    with History(root).lock():
        figures = kit.figures(history)
    assert (root / "state/records.parquet").read_bytes() == b"x"
    assert "while another run holds" in history.problems[0].what
    assert figures == kit.figures(History(root))


def test_damage_on_a_disk_that_refuses_writing_is_named(kit, lived, monkeypatch):
    root = lived()
    figures = kit.figures(History(root))
    (root / "state/records.parquet").write_bytes(b"x")

    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    history = History(root)
    assert kit.figures(history) == figures
    assert "could not be set aside" in history.problems[0].what


def test_a_sound_file_that_makes_no_sense_is_left_out_and_named(kit, lived):
    root = lived()
    path = "state/records.parquet"
    manifest = listing.load((root / "manifest.json").read_bytes())
    entry = manifest.files[path]
    other = listing.Entry(
        sha256=listing.digest(b"sound"), size=5, rows=0, first=entry.first, last=entry.last
    )
    figures = kit.figures(History(root))
    (root / path).write_bytes(b"sound")
    text = listing.dump(
        listing.Manifest(
            sequence=manifest.sequence,
            last_at=manifest.last_at,
            files={**manifest.files, path: other},
        )
    )
    (root / "manifest.json").write_bytes(text)
    history = History(root)
    assert kit.figures(history) == figures
    assert any("no readable Parquet file" in p.what for p in history.problems)


def test_foreign_files_are_left_alone(kit, lived):
    root = lived()
    foreign = {
        "README.md": b"mine",
        "changes/year=2026/month=03/mine.parquet": b"not of ours",
        "changes/year=2026/month=03/.swp.tmp": b"an editor's",
        "state/notes.txt": b"mine",
    }
    for name, data in foreign.items():
        (root / name).write_bytes(data)
    (root / "state/link.parquet").symlink_to(root / "README.md")
    kit.run(History(root), kit.answer({1: 70}), day=3)
    tree = kit.tree(root)
    assert {name: tree[name] for name in foreign} == foreign
    assert {p.path: p.what for p in History(root).verify()} == dict.fromkeys(
        [*foreign, "state/link.parquet"], "not of this history; it is left alone"
    )


def test_leftovers_of_a_killed_run_are_named_and_go_with_the_next(kit, lived):
    root = lived()
    sound = (root / "runs/year=2026/month=03/run4.parquet").read_bytes()
    left = {
        "runs/year=2026/month=03/killed.parquet": sound,
        "changes/year=2026/month=03/.killed.parquet.tmp": b"half",
        "state/.records.parquet.new.tmp": b"half",
        "state/records.parquet.new": b"whole",
        ".manifest.json.tmp": b"half",
    }
    before = kit.everything(root)
    for name, data in left.items():
        (root / name).write_bytes(data)
    assert kit.everything(root) == before
    assert {p.path for p in History(root).verify()} == set(left)
    kit.run(History(root), kit.answer({1: 70}), day=3)
    assert not set(left) & set(kit.tree(root))
    assert History(root).verify() == []


def test_an_unreadable_history_is_no_empty_one(lived, monkeypatch):
    root = lived()

    def refuse(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(StorageError, match="cannot be read"):
        History(root).states()
    assert disk.temporary(root / "x").name == ".x.tmp"
