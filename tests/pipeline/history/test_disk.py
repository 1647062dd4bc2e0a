"""Each call that changes a file: in which order, and what a failure of one may cost.

Kills and refusals at every call of a whole refresh are in `tests/faults/kills`.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.errors import StorageError
from pipeline.history import History, disk

CALLS = ("write", "fsync", "replace", "unlink", "mkdir", "rmdir")


class Killed(BaseException):
    """Stands for SIGKILL: no handler of the program may mend anything after it."""


@dataclass
class Fault:
    """Lets `at` calls pass and does its harm at the next one (never, when `at` is `None`)."""

    monkeypatch: pytest.MonkeyPatch
    at: int | None
    error: BaseException
    is_half_written: bool = False
    names: list[str] = field(default_factory=list)

    @contextmanager
    def on(self) -> Iterator[list[str]]:
        with self.monkeypatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, self._wrapped(name, getattr(os, name)))
            yield self.names

    def _wrapped(self, name, real):
        def call(*args, **kwargs):
            if ".holder" in str(args[0]):
                return real(*args, **kwargs)
            self.names.append(name)
            if self.at is not None and len(self.names) > self.at:
                if name == "write" and self.is_half_written and len(self.names) == self.at + 1:
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                raise self.error
            return real(*args, **kwargs)

        return call


@pytest.fixture
def fault(monkeypatch):
    def make(at, error, *, is_half_written=False):
        return Fault(monkeypatch, at, error, is_half_written).on()

    return make


@pytest.fixture
def next_run(kit):
    """A run that changes figures, adds a paper, loses one, and closes a month."""

    def run(root: Path, day: float = 32) -> None:
        answer = kit.answer({1: 77, 4: 1}, cited_by_count=78)
        kit.run(History(root), answer, day=day, outcomes=(kit.outcome(provider="dblp"),))

    return run


def points(fault, next_run, root: Path, copy: Path) -> list[str]:
    """The calls of one run, which are the points where it may be killed."""
    shutil.copytree(root, copy)
    with fault(None, Killed()) as seen:
        next_run(copy)
    return list(seen)


def copies(tmp_path: Path, root: Path, number: int) -> Path:
    return Path(shutil.copytree(root, tmp_path / f"copy{number}"))


def test_a_kill_in_the_first_run_leaves_no_history_or_the_whole(kit, fault, next_run, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    calls = points(fault, next_run, empty, tmp_path / "new")
    new = kit.everything(tmp_path / "new")
    for number, name in enumerate(calls):
        copy = copies(tmp_path, empty, number)
        with fault(number, Killed()), pytest.raises(Killed):
            next_run(copy)
        seen = kit.everything(copy)
        assert seen in (((), [], [], []), new), f"call {number}, {name}"
        next_run(copy, day=33)
        assert History(copy).verify() == []
        shutil.rmtree(copy)


def test_a_commit_that_cannot_tidy_up_is_still_a_commit(kit, fault, history, root, monkeypatch):
    kit.run(history, kit.answer({1: 5}))
    monkeypatch.setattr(
        disk.Batch, "move", lambda self, a, b: a.replace(b) if b.name == "manifest.json" else None
    )

    def write(self, path, data):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.name == "manifest.copy.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        path.write_bytes(data)

    monkeypatch.setattr(disk.Batch, "write", write)
    kit.run(history, kit.answer({1: 6}), day=1)
    assert "not tidied up" in history.problems[0].what
    monkeypatch.undo()
    assert kit.figures(History(root)) == {("ada", "openalex", "openalex:W1"): (6, False)}
    kit.run(History(root), kit.answer({1: 7}), day=2)
    assert History(root).verify() == []


def test_each_folder_is_synced_once_a_batch(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(disk, "_sync", synced.append)
    batch = disk.Batch(tmp_path)
    for name in ("a/one", "a/two", "a/b/three"):
        batch.write(tmp_path / name, b"x")
    batch.sync()
    assert synced == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
    batch.sync()
    assert len(synced) == 3


def test_a_write_never_follows_a_link(tmp_path):
    target = tmp_path / "elsewhere"
    target.write_bytes(b"precious")
    place = tmp_path / "root" / "file"
    place.parent.mkdir()
    for link in (place, disk.temporary(place)):
        link.symlink_to(target)
    disk.Batch(place.parent).write(place, b"new")
    assert target.read_bytes() == b"precious"
    assert place.read_bytes() == b"new"
    assert not place.is_symlink()


def test_removing_the_last_file_removes_its_folders_up_to_the_root(tmp_path):
    batch = disk.Batch(tmp_path)
    batch.write(tmp_path / "a" / "b" / "c", b"x")
    batch.write(tmp_path / "a" / "d", b"x")
    batch.remove(tmp_path / "a" / "b" / "c")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "d"]
    batch.remove(tmp_path / "a" / "d")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_be_read_is_no_damage(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "manifest.json").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(StorageError, match=r"cannot be read: Permission denied; mend that"):
        disk.read(tmp_path / "manifest.json")


def test_a_bad_sector_reads_as_nothing(tmp_path, monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "x").touch()
    monkeypatch.setattr(Path, "read_bytes", fail)
    assert disk.read(tmp_path / "x") is None


def test_a_file_is_synced_before_it_takes_its_name(tmp_path, monkeypatch):
    done = []
    for name in CALLS:
        real = getattr(os, name)

        def call(*args, name=name, real=real, **kwargs):
            done.append(name)
            return real(*args, **kwargs)

        monkeypatch.setattr(os, name, call)
    disk.Batch(tmp_path).write(tmp_path / "file", b"data")
    assert [name for name in done if name in ("write", "fsync", "replace")] == [
        "write",
        "fsync",
        "replace",
    ]
