"""The only place of the history that touches the disk: whole files, made durable, then renamed.

A file is written beside its place, synced and renamed, so that a kill leaves the old one or the
new one. An error of the disk is one line; nothing that was acknowledged before is touched.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import StorageError


@contextmanager
def storage(doing: str) -> Iterator[None]:
    """Turns an error of the disk into one line that says what was being done."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise StorageError(
            f"{doing}: {error.strerror or error}{where}; what was stored before is untouched, "
            "mend the disk and run again"
        ) from error


def read(path: Path) -> bytes | None:
    """The whole file; `None` when there is none, or the disk itself cannot read it.

    A pipe, a device or a folder in its place is no file: nothing is waited for.

    Raises:
        StorageError: it is there but may not be read, e.g. for its permissions.
    """
    try:
        return path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        if error.errno in (errno.EIO, errno.ELOOP):
            return None
        raise StorageError(
            f"{path} cannot be read: {error.strerror or error}; mend that and run again"
        ) from error


def is_odd(path: Path) -> bool:
    """Whether something that is no file lies where one belongs: a folder, a pipe, a dead link."""
    return os.path.lexists(path) and not os.path.isfile(path)  # noqa: PTH113  pathlib raises


def temporary(path: Path) -> Path:
    """Where `path` is written before it takes its name."""
    return path.with_name(f".{path.name}.tmp")


class Batch:
    """Writes, renames and removals below one root; `sync` makes their names durable together."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: set[Path] = set()

    def write(self, path: Path, data: bytes) -> None:
        """Puts a whole file in place, durably but for its name."""
        self._refuse_links(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = temporary(path)
        try:
            beside.unlink(missing_ok=True)
            _fill(beside, data)
            self.move(beside, path)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise

    def move(self, source: Path, target: Path) -> None:
        """Renames over whatever has that name."""
        self._refuse_links(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        self._touched(source, target)

    def remove(self, path: Path) -> None:
        """Removes a file, and its folder when that was the last one in it."""
        path.unlink(missing_ok=True)
        self._touched(path)
        for folder in path.parents:
            if folder == self._root or not folder.is_relative_to(self._root):
                return
            try:
                folder.rmdir()
            except OSError:
                return

    def sync(self) -> None:
        """Makes all names durable: one call a folder."""
        folders, self._folders = self._folders, set()
        for folder in sorted(folders):
            if folder.is_dir():
                _sync(folder)

    def _refuse_links(self, path: Path) -> None:
        """A link in the place of a folder below the root leads out of it."""
        for folder in path.parents:
            if folder == self._root or not folder.is_relative_to(self._root):
                return
            if folder.is_symlink():
                raise OSError(errno.ELOOP, "a link lies in the place of a folder", str(folder))

    def _touched(self, *paths: Path) -> None:
        for path in paths:
            inside = (p for p in path.parents if p.is_relative_to(self._root))
            self._folders.update(inside)


def _fill(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
