from __future__ import annotations

import errno
import os
import subprocess
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import StorageError
from pipeline.model import Artifact
from pipeline.writers import Saved, save
from pipeline.writers.folders import is_alive
from pipeline.writers.names import slug

module = import_module("pipeline.writers.save")


def files(**contents):
    return [Artifact(path=p.replace("__", "/"), data=d) for p, d in contents.items()]


def below(root):
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if not p.is_dir())


def test_files_and_their_folders_are_made(tmp_path):
    saved = save(files(a=b"1", b__c__d=b"2"), tmp_path / "new" / "output")
    assert saved == Saved(written=("a", "b/c/d"), unchanged=0)
    assert (tmp_path / "new/output/b/c/d").read_bytes() == b"2"
    assert below(tmp_path / "new/output") == ["a", "b/c/d"]


def test_an_unchanged_file_is_not_written_again(tmp_path):
    save(files(a=b"1", b=b"2"), tmp_path)
    os.utime(tmp_path / "a", ns=(1, 1))
    before = (tmp_path / "a").stat()
    assert save(files(a=b"1", b=b"3"), tmp_path) == Saved(written=("b",), unchanged=1)
    after = (tmp_path / "a").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_changed_file_is_replaced_not_truncated(tmp_path):
    save(files(a=b"old"), tmp_path)
    with (tmp_path / "a").open("rb") as reader:
        save(files(a=b"new!"), tmp_path)
        assert reader.read() == b"old"
    assert (tmp_path / "a").read_bytes() == b"new!"


def test_a_file_is_as_readable_as_the_user_wants(tmp_path):
    save(files(a=b"1"), tmp_path)
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_failure_in_the_middle_leaves_whole_files(tmp_path, monkeypatch, call, number):
    save(files(a=b"old a", b=b"old b", c=b"old c"), tmp_path)
    real = getattr(os, call)

    def failing(*args, **kwargs):
        about = (
            str(Path(f"/proc/self/fd/{args[0]}").readlink()) if call == "fsync" else str(args[0])
        )
        if ".b." in about:
            raise OSError(number, os.strerror(number))
        return real(*args, **kwargs)

    monkeypatch.setattr(module.os, call, failing)
    with pytest.raises(StorageError) as caught:
        save(files(a=b"new a", b=b"new b", c=b"new c"), tmp_path)
    assert str(tmp_path / "b") in str(caught.value)
    assert os.strerror(number) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [(tmp_path / n).read_bytes() for n in "abc"] == [b"new a", b"old b", b"old c"]
    assert below(tmp_path) == ["a", "b", "c"]


def test_an_interrupt_removes_the_half_written_file(tmp_path, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    save(files(a=b"old"), tmp_path)
    monkeypatch.setattr(module.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(files(a=b"new"), tmp_path)
    assert below(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_writer_that_fails_keeps_what_was_saved_before_it(tmp_path):
    def artifacts():
        yield Artifact(path="a", data=b"1")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save(artifacts(), tmp_path)
    assert (tmp_path / "a").read_bytes() == b"1"


def test_each_touched_folder_is_synced_once_at_the_end(tmp_path, monkeypatch):
    synced = []
    real = os.fsync

    def noting(handle):
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(module.os, "fsync", noting)
    save(files(a=b"1", b=b"2", d__c=b"3"), tmp_path)
    root = str(tmp_path)
    assert synced[-2:] == [root, f"{root}/d"]
    assert synced.count(root) == 1
    assert len(synced) == 5


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "a/../../x",
        "/etc/x",
        "a//b",
        "",
        ".",
        "..",
        "a/.",
        "a\\b",
        "a\x00b",
        "é",
        "a\n",
        "a/",
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path, path):
    root = tmp_path / "output"
    with pytest.raises(StorageError, match="refused"):
        save([Artifact(path=path, data=b"1")], root)
    assert below(tmp_path) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=20), st.text(alphabet="./\\a\x00~", max_size=12))
def test_no_id_whatever_leads_out_of_the_folder(tmp_path, key, paper):
    root = tmp_path / "output"
    path = f"badges/{slug(key)}/papers/{slug(paper)}.json"
    save([Artifact(path=path, data=b"1")], root)
    assert (root / path).read_bytes() == b"1"
    with suppress(StorageError):
        save([Artifact(path=f"{key}/{paper}", data=b"1")], root / "raw")
    assert [p.name for p in tmp_path.iterdir()] == ["output"]


def test_a_link_in_a_files_place_is_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    root = tmp_path / "output"
    root.mkdir()
    (root / "a").symlink_to(outside)
    with pytest.raises(StorageError, match="links"):
        save(files(a=b"new"), root)
    assert outside.read_bytes() == b"precious"


def test_a_link_in_a_folders_place_is_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "output"
    root.mkdir()
    (root / "badges").symlink_to(outside)
    with pytest.raises(StorageError, match="badges"):
        save(files(badges__a=b"new"), root)
    assert list(outside.iterdir()) == []


def test_a_link_in_a_half_written_files_place_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    root = tmp_path / "output"
    root.mkdir()
    (root / f".a.{os.getpid()}.part").symlink_to(outside)
    save(files(a=b"new"), root)
    assert outside.read_bytes() == b"precious"
    assert below(root) == ["a"]


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_in_a_files_place_is_refused(tmp_path, make):
    make(tmp_path / "a")
    with pytest.raises(StorageError, match="no file"):
        save(files(a=b"1"), tmp_path)


def test_no_handle_is_left_open(tmp_path):
    (tmp_path / "b").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    save(files(a=b"1", c__d=b"2"), tmp_path)
    with pytest.raises(StorageError):
        save(files(b=b"1"), tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_file_in_a_folders_place_is_refused(tmp_path):
    save(files(a=b"1"), tmp_path)
    with pytest.raises(StorageError, match="a/b"):
        save(files(a__b=b"1"), tmp_path)
    assert (tmp_path / "a").read_bytes() == b"1"


def test_the_root_itself_may_be_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "output").symlink_to(tmp_path / "real")
    save(files(a=b"1"), tmp_path / "output")
    assert (tmp_path / "real/a").read_bytes() == b"1"


def test_a_root_that_is_a_file_is_refused_in_one_line(tmp_path):
    (tmp_path / "output").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot write"):
        save(files(a=b"1"), tmp_path / "output")


def test_what_a_killed_run_left_is_swept_and_a_living_ones_is_not(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    alive = os.getppid()
    for pid in (ended.pid, os.getpid(), alive, 1, 10**30):
        (tmp_path / f".a.{pid}.part").write_bytes(b"half")
    save(files(a=b"1"), tmp_path)
    assert below(tmp_path) == sorted([f".a.{pid}.part" for pid in {alive, 1}] + ["a"])


def test_a_process_of_somebody_else_is_alive(monkeypatch):
    def forbidden(pid, signal):
        raise PermissionError

    monkeypatch.setattr(module.os, "kill", forbidden)
    assert is_alive(os.getpid() + 1)


def test_nothing_to_do_touches_nothing(tmp_path):
    assert save([], tmp_path / "output") == Saved(written=(), unchanged=0)
    assert not Path(tmp_path / "output").exists()
