"""Files written together: all beside their places, then synced and renamed over them in order.

A few are synced one by one. Of many each sync would wait for the disk alone, so the file system is
synced once for all of them (Linux; elsewhere each file is).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.writers.folders import Folders

MOST = 4096
"""Files of one batch: so many a kill leaves to be swept."""
FEW = 64
"""Up to so many are synced one by one, and kept open until then."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class _Part:
    """A file that waits beside its place."""

    path: str
    folder: str
    name: str
    part: str


class Batch:
    """Files that wait for `end`.

    Args:
        folders: of the root; those with new names are added to its `touched`.
    """

    def __init__(self, folders: Folders) -> None:
        self.under_way = ""
        """The path that `end` is at, or was when it failed."""
        self._folders = folders
        self._parts: list[_Part] = []
        self._handles: list[int] = []
        self._paths: set[str] = set()

    def takes(self, path: str) -> bool:
        """Whether there is room for one more, which does not wait already."""
        return len(self._parts) < MOST and path not in self._paths

    def add(self, path: str, data: bytes) -> None:
        """Writes a file beside its place."""
        folder, _, name = path.rpartition("/")
        above = self._folders.at(folder)
        part = _Part(path, folder, name, f".{name}.{os.getpid()}.part")
        self._folders.touched.add(folder)
        handle = os.open(part.part, _NEW, 0o666, dir_fd=above)
        self._handles.append(handle)
        self._parts.append(part)
        self._paths.add(path)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
        except BaseException:
            os.close(self._handles.pop())
            _drop(self._folders, [self._parts.pop()])
            raise
        if len(self._parts) > FEW:
            self._close()

    def end(self) -> None:
        """Syncs the files and puts them in their places.

        Raises:
            OSError: at the file `under_way`. Those before it are in their places, it and those
                after it are gone, and what they were to replace is as it was.
        """
        parts, self._parts = self._parts, []
        placed = 0
        try:
            self.under_way = parts[0].path if parts else ""
            is_synced = len(parts) > FEW and sync_all(self._folders.root())
            for part in parts:
                self.under_way = part.path
                above = self._folders.at(part.folder)
                if not is_synced:
                    self._sync(part, above)
                os.replace(part.part, part.name, src_dir_fd=above, dst_dir_fd=above)
                placed += 1
        finally:
            self._close()
            self._paths.clear()
            _drop(self._folders, parts[placed:])

    def drop(self) -> None:
        """Removes what waits; what it was to replace is as it was."""
        self._close()
        self._paths.clear()
        parts, self._parts = self._parts, []
        _drop(self._folders, parts)

    def _sync(self, part: _Part, above: int) -> None:
        handle = self._handles.pop(0) if self._handles else os.open(part.part, _OLD, dir_fd=above)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _close(self) -> None:
        while self._handles:
            os.close(self._handles.pop())


def sync_folders(folders: Folders) -> None:
    """Makes what was renamed last, each touched folder once or all of many together.

    Raises:
        OSError: a folder cannot be synced, or be come to.
    """
    if len(folders.touched) > FEW and sync_all(folders.root()):
        return
    for folder in sorted(folders.touched):
        os.fsync(folders.at(folder))


def sync_all(handle: int) -> bool:
    """Syncs the file system that a handle is of; says whether that can be done here.

    Raises:
        OSError: something could not be written.
    """
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "syncfs"):
        return False
    if library.syncfs(handle):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return True


def _drop(folders: Folders, parts: Sequence[_Part]) -> None:
    for part in parts:
        with contextlib.suppress(OSError):
            os.unlink(part.part, dir_fd=folders.at(part.folder))
