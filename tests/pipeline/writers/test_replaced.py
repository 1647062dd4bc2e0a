from __future__ import annotations

import os
import threading
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.errors import StorageError
from pipeline.model import Artifact
from pipeline.writers import save
from pipeline.writers.replaced import Replaced

batch = import_module("pipeline.writers.batch")
replaced = import_module("pipeline.writers.replaced")

PATHS = tuple("abcdef")


def files(data):
    return [Artifact(path=path, data=data) for path in PATHS]


def handles():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def old(monkeypatch, tmp_path):
    """Six files that are many."""
    save(files(b"1"), tmp_path)
    monkeypatch.setattr(batch, "FEW", 3)
    return tmp_path


@pytest.fixture
def freeing(monkeypatch):
    """By which thread a file without a name was let go of."""
    found, real = [], os.close

    def noting(handle):
        if os.fstat(handle).st_nlink == 0:
            found.append(threading.current_thread())
        real(handle)

    monkeypatch.setattr(replaced.os, "close", noting)
    return found


def test_renaming_many_files_waits_for_none_that_is_freed(old, freeing):
    assert len(save(files(b"2"), old).written) == 6
    assert len(freeing) == 6
    assert threading.main_thread() not in freeing
    assert [(old / path).read_bytes() for path in PATHS] == [b"2"] * 6


def test_of_few_files_none_is_held(tmp_path, freeing):
    save(files(b"1"), tmp_path)
    save(files(b"2"), tmp_path)
    assert freeing == []


def test_no_handle_and_no_thread_outlives_a_rename_that_fails(old, monkeypatch):
    real = os.replace

    def failing(part, name, **options):
        if name == "d":
            raise OSError(5, "Input/output error")
        real(part, name, **options)

    before = handles(), threading.active_count()
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(StorageError, match="d: Input/output error"):
        save(files(b"2"), old)
    assert (handles(), threading.active_count()) == before
    assert [(old / path).read_bytes() for path in PATHS] == [b"2"] * 3 + [b"1"] * 3


def test_where_no_thread_starts_files_are_replaced_as_well(old, monkeypatch):
    def refusing(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(replaced.Thread, "start", refusing)
    assert len(save(files(b"2"), old).written) == 6


def test_where_nothing_can_be_held_files_are_replaced_as_well(old, monkeypatch):
    real = os.open

    def refusing(path, flags, *args, **options):
        if flags == replaced._HOLD:
            raise OSError(24, "Too many open files")
        return real(path, flags, *args, **options)

    monkeypatch.setattr(os, "open", refusing)
    assert len(save(files(b"2"), old).written) == 6


def test_more_files_than_handles_are_held_few_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(replaced, "_HELD", 2)
    before = handles()
    folder = os.open(tmp_path, os.O_RDONLY)
    with Replaced(1) as held:
        for number in range(20):
            (tmp_path / "a").write_bytes(b"%d" % number)
            held.hold("a", folder)
            (tmp_path / "a").unlink()
            held.let_go()
            assert handles() <= before + 1 + 5
    os.close(folder)
    assert handles() == before
