"""A page's file is wholly old or wholly new."""

import errno
import os

import pytest

from pipeline.errors import ConfigError, StorageError
from pipeline.homepage import files


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "about.md"
    path.write_bytes(b"old\n")
    return path


def test_the_mode_stays_and_nothing_is_left_over(page):
    page.chmod(0o640)
    files.replace(files.read(page), b"new\n")
    assert (page.read_bytes(), page.stat().st_mode & 0o777) == (b"new\n", 0o640)
    assert [p.name for p in page.parent.iterdir()] == ["about.md"]


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_a_full_disk_and_an_interruption_leave_the_page(fault, page, monkeypatch):
    def fail(*_):
        raise fault

    found = files.read(page)
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError if isinstance(fault, OSError) else KeyboardInterrupt):
        files.replace(found, b"new\n")
    assert page.read_bytes() == b"old\n"
    assert [p.name for p in page.parent.iterdir()] == ["about.md"]


def test_a_page_that_was_changed_meanwhile_is_left(page):
    found = files.read(page)
    page.write_bytes(b"by hand\n")
    with pytest.raises(StorageError, match="changed meanwhile"):
        files.replace(found, b"new\n")
    assert page.read_bytes() == b"by hand\n"


def test_a_write_protected_page_is_left(page):
    page.chmod(0o444)
    with pytest.raises(StorageError, match="write-protected"):
        files.replace(files.read(page), b"new\n")
    assert page.read_bytes() == b"old\n"


def test_a_link_stays_a_link_to_the_changed_page(page):
    link = page.with_name("link.md")
    link.symlink_to(page)
    found = files.read(link)
    assert found.is_link
    files.replace(found, b"new\n")
    assert link.is_symlink()
    assert page.read_bytes() == b"new\n"


@pytest.mark.parametrize("body", [b"\0\1", "page".encode("utf-16")], ids=["nul", "utf-16"])
def test_what_is_no_text_is_refused(body, page):
    page.write_bytes(body)
    with pytest.raises(ConfigError, match="no text"):
        files.read(page)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(ConfigError, match="is no file"):
        files.read(tmp_path / "pipe.md")


def test_a_huge_file_is_refused(page, monkeypatch):
    monkeypatch.setattr(files, "_LARGEST", 3)
    with pytest.raises(ConfigError, match="more than"):
        files.read(page)
