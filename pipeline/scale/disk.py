"""Folders and files that appear whole: made beside their place under a lock, then renamed.

What a killed maker left behind is known by its lock being free, and removed by the next one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import StorageError

_LOCK = ".lock"


@contextmanager
def storage(path: Path) -> Iterator[None]:
    """Turns an error of the disk into one line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error).splitlines()[0]
        if error.errno == errno.ENOSPC or "No space left" in str(error):
            reason = "the disk is full"
        raise StorageError(
            f"{path}: cannot be written ({reason}); make room or choose another place"
        ) from error


class Making:
    """A folder on its way to `place`."""

    def __init__(self, place: Path) -> None:
        self._place = place.absolute()
        with storage(place):
            self._place.parent.mkdir(parents=True, exist_ok=True)
            sweep(self._place)
            self.path = Path(tempfile.mkdtemp(prefix=_prefix(self._place), dir=self._place.parent))
            self._lock = _taken(self.path)

    def write(self, name: str, text: str) -> None:
        """A small file, durably."""
        with (self.path / name).open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        """Give the folder its name; one that has it goes."""
        sync(self.path)
        (self.path / _LOCK).unlink(missing_ok=True)
        self.path.chmod(0o777 & ~_umask())
        before = None
        if self._place.exists():
            before = Path(tempfile.mkdtemp(prefix=_prefix(self._place), dir=self._place.parent))
            self._place.rename(before / "replaced")
        self.path.rename(self._place)
        sync(self._place.parent)
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)
        self._release()

    def discard(self) -> None:
        """Remove what was begun."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep(place: Path) -> None:
    """Remove what killed makers of `place` left behind."""
    for left in place.absolute().parent.iterdir():
        lock = _taken(left) if left.name.startswith(_prefix(place)) else None
        if lock is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)


def _prefix(place: Path) -> str:
    return f".{place.name}.making-"


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    sync(path)


def _taken(folder: Path) -> int | None:
    """The lock of a folder that is being made; `None` while its maker lives."""
    with suppress(OSError):
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return None
        return handle
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
