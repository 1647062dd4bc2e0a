from __future__ import annotations

import os
import subprocess
import time
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.errors import StorageError
from pipeline.model import Artifact
from pipeline.publish.operations import is_publishable
from pipeline.writers import Saved, save
from pipeline.writers.written import NAME

saving = import_module("pipeline.writers.save")
batch = import_module("pipeline.writers.batch")
written = import_module("pipeline.writers.written")

PATHS = tuple(f"badges/{author}/{name}" for author in "abc" for name in ("h", "papers/x"))


def files(**changed):
    contents = {path: b"1 of " + path.encode() for path in PATHS} | changed
    return [Artifact(path=path, data=data) for path, data in contents.items()]


def names(root):
    return sorted(path.name for path in root.iterdir())


def is_right(root):
    return all((root / a.path).read_bytes() == a.data for a in files())


@pytest.fixture
def opened(monkeypatch):
    """Names that are opened to be read; folders are not among them."""
    found, real = [], os.open

    def noting(path, flags, *args, **options):
        if not flags & (os.O_DIRECTORY | os.O_WRONLY):
            found.append(os.fspath(path))
        return real(path, flags, *args, **options)

    monkeypatch.setattr(os, "open", noting)
    return found


@pytest.fixture
def many(monkeypatch):
    """Six files are many."""
    monkeypatch.setattr(saving, "_READ_ANYWAY", 1)
    monkeypatch.setattr(saving, "WORTH", 6)


@pytest.fixture
def later(many, monkeypatch):
    """An hour has passed whenever a save begins."""
    real = time.time_ns
    monkeypatch.setattr(written.time, "time_ns", lambda: real() + 3600 * 10**9)


@pytest.fixture
def known(later, tmp_path):
    """A folder whose files are in the index."""
    save(files(), tmp_path)
    save(files(), tmp_path)
    return tmp_path


def test_files_that_nobody_touched_are_not_read(known, opened):
    before = (known / NAME).stat()
    assert save(files(), known) == Saved(written=(), unchanged=6)
    assert opened == [NAME]
    assert (known / NAME).stat() == before


def test_an_index_that_says_the_same_is_not_written_again(known, monkeypatch):
    monkeypatch.setattr(saving, "_READ_ANYWAY", 3)
    save(files(), known)
    before = (known / NAME).stat()
    assert save(files(), known) == Saved(written=(), unchanged=6)
    assert (known / NAME).stat() == before


def test_only_what_is_new_is_written_and_what_was_written_is_read_once(known, opened):
    assert save(files(**{PATHS[0]: b"2"}), known) == Saved(written=(PATHS[0],), unchanged=5)
    assert (known / PATHS[0]).read_bytes() == b"2"
    assert save(files(**{PATHS[0]: b"2"}), known) == Saved(written=(), unchanged=6)
    opened.clear()
    assert save(files(**{PATHS[0]: b"2"}), known) == Saved(written=(), unchanged=6)
    assert opened == [NAME]


def test_an_edit_of_the_same_size_and_time_is_found_and_mended(known):
    place = known / PATHS[3]
    about = place.stat()
    place.write_bytes(place.read_bytes()[::-1])
    os.utime(place, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert save(files(), known) == Saved(written=(PATHS[3],), unchanged=5)
    assert is_right(known)


def test_a_file_that_is_gone_is_written_again(known):
    (known / PATHS[3]).unlink()
    assert save(files(), known).written == (PATHS[3],)
    assert is_right(known)


def test_files_that_have_not_rested_are_read_again(many, tmp_path, opened):
    for _ in range(3):
        save(files(), tmp_path)
    opened.clear()
    assert save(files(), tmp_path) == Saved(written=(), unchanged=6)
    assert opened == [NAME, *(path.rpartition("/")[2] for path in PATHS)]


@pytest.mark.parametrize("at", [0, 60, -40, -1])
def test_a_damaged_index_is_not_believed(known, at, opened):
    data = bytearray((known / NAME).read_bytes())
    data[at] ^= 1
    (known / NAME).write_bytes(data)
    assert save(files(), known) == Saved(written=(), unchanged=6)
    assert len(opened) == 7
    opened.clear()
    assert save(files(), known).unchanged == 6
    assert opened == [NAME]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda p: p.symlink_to(p.parent / "no")])
def test_whatever_lies_in_the_indexs_place_the_files_are_right(known, make):
    (known / NAME).unlink()
    make(known / NAME)
    assert save(files(**{PATHS[0]: b"2"}), known).written == (PATHS[0],)
    assert save(files(), known).written == (PATHS[0],)
    assert is_right(known)
    assert not any(name.endswith(".part") for name in names(known))


def test_a_link_in_the_place_of_a_known_folder_is_refused(known, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "b"
    (known / "badges/b").rename(outside)
    (known / "badges/b").symlink_to(outside)
    with pytest.raises(StorageError, match="badges/b"):
        save(files(), known)


def test_a_link_above_a_known_folder_is_refused(known, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "badges"
    (known / "badges").rename(outside)
    (known / "badges").symlink_to(outside)
    with pytest.raises(StorageError, match="badges"):
        save(files(), known)


def test_a_link_in_the_place_of_a_known_file_is_refused(known, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "x"
    (known / PATHS[0]).rename(outside)
    (known / PATHS[0]).symlink_to(outside)
    with pytest.raises(StorageError, match="links"):
        save(files(), known)
    assert outside.read_bytes() == files()[0].data


def test_what_a_killed_run_left_in_a_known_folder_is_swept(known):
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = [known / f"badges/b/.h.{ended.pid}.part", known / f".{NAME}.{ended.pid}.part"]
    for place in left:
        place.write_bytes(b"half")
    save(files(), known)
    assert not any(place.exists() for place in left)


def test_a_disk_that_refuses_the_index_alone_refuses_nothing(later, tmp_path, monkeypatch):
    def refusing(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(written, "_write", refusing)
    assert len(save(files(), tmp_path).written) == 6
    assert save(files(), tmp_path).unchanged == 6
    assert names(tmp_path) == ["badges"]


def test_few_files_leave_no_index(later, tmp_path):
    for _ in range(3):
        save(files()[:5], tmp_path)
    assert names(tmp_path) == ["badges"]


def test_the_index_is_published_by_nobody():
    assert not is_publishable(NAME)
    assert not is_publishable(f"history/{NAME}")


def test_many_files_are_synced_together_before_any_is_in_its_place(tmp_path, monkeypatch):
    order = []
    replace, sync = os.replace, batch.sync_all
    monkeypatch.setattr(batch, "FEW", 3)
    monkeypatch.setattr(os, "fsync", lambda _: order.append("one"))
    monkeypatch.setattr(os, "replace", lambda *a, **o: (order.append("place"), replace(*a, **o)))
    monkeypatch.setattr(batch, "sync_all", lambda root: (order.append("all"), sync(root))[1])
    save(files(), tmp_path)
    if "one" not in order:
        assert order == ["all", *["place"] * 6, "all"]
    assert is_right(tmp_path)


def test_where_nothing_syncs_all_each_is_synced(tmp_path, monkeypatch):
    synced, real = [], os.fsync
    monkeypatch.setattr(batch, "FEW", 3)
    monkeypatch.setattr(batch, "sync_all", lambda _: False)
    monkeypatch.setattr(
        os, "fsync", lambda h: (synced.append(Path(f"/proc/self/fd/{h}").readlink().name), real(h))
    )
    save(files(), tmp_path)
    assert sum(name.endswith(".part") for name in synced) == 6
    assert is_right(tmp_path)


def test_a_sync_of_many_that_fails_leaves_all_of_them_old(tmp_path, monkeypatch):
    def failing(_):
        raise OSError(5, "Input/output error")

    save(files(), tmp_path)
    monkeypatch.setattr(batch, "FEW", 3)
    monkeypatch.setattr(batch, "sync_all", failing)
    with pytest.raises(StorageError, match="Input/output error"):
        save([Artifact(path=path, data=b"2") for path in PATHS], tmp_path)
    assert is_right(tmp_path)
    assert not list(tmp_path.rglob("*.part"))


def test_a_batch_that_is_full_is_put_in_place_before_the_next_one(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "MOST", 2)

    def artifacts():
        for number, artifact in enumerate(files()):
            assert len(list(tmp_path.rglob("*.part"))) <= 2
            if number >= 3:
                assert (tmp_path / PATHS[0]).is_file()
            yield artifact

    assert len(save(artifacts(), tmp_path).written) == 6
    assert is_right(tmp_path)


def test_a_path_that_comes_twice_holds_what_came_last(tmp_path):
    save([Artifact(path="a", data=b"1"), Artifact(path="a", data=b"2")], tmp_path)
    assert (tmp_path / "a").read_bytes() == b"2"
    assert names(tmp_path) == ["a"]
