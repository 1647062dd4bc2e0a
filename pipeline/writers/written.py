"""What was found whole in an earlier save, so that thousands of files need not be read again.

After git's index: a file is taken for what it was only while its size, inode and times are the
same to the nanosecond, and only if it had rested when it was looked at, so that a change within
one tick of the clock cannot hide. The index is a set of stamps, each the digest of what the file
system says of a file and of its bytes. An index that is damaged or missing costs time only.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from hashlib import blake2b, sha256
from struct import Struct

from pipeline.writers.folders import Folders

NAME = ".written"
"""The index, in the root of what it is about."""
WORTH = 2000
"""Fewer files are read faster than the index is kept."""

_HEAD = b"scholar-metrics: files as they were last seen whole, 1\n"
_STAMP = 16
"""Bytes of a stamp."""
_RESTED = 2_000_000_000
"""Nanoseconds: the coarsest clock of file systems."""
_PACK = Struct("<qqqq").pack


class Written:
    """The stamps of one save, and of the one before it.

    Args:
        folders: of the root.
    """

    def __init__(self, folders: Folders) -> None:
        self.is_loaded = False
        self._folders = folders
        self._before: frozenset[bytes] = frozenset()
        self._same: list[bytes] = []
        self._new: list[bytes] = []
        self._rested = time.time_ns() - _RESTED
        self._root = -1
        self._real: set[str] = set()
        self._folder: str | None = None

    def load(self) -> None:
        """Reads what the save before left."""
        self._root = self._folders.root()
        self._folders.sweep("")
        self._real.add("")
        self._before = _read(self._root)
        self._same = [stamp for stamp in self._new if stamp in self._before]
        self._new = [stamp for stamp in self._new if stamp not in self._before]
        self.is_loaded = True

    def is_same(self, path: str, data: bytes) -> bool:
        """Whether a file is as it was when it held these bytes; the others are to be read.

        The folder of a file that is the same has been swept, and no link leads to it.
        """
        folder = path.rpartition("/")[0]
        if folder != self._folder:
            self._folder = folder if self._come_to(folder) else None
            if self._folder is None:
                return False
        if not self._before:
            return False
        try:
            a = os.stat(path, dir_fd=self._root, follow_symlinks=False)
        except OSError:
            return False
        # The same as `_stamp`, which would cost a tenth of everything here.
        said = _PACK(a.st_size, a.st_ino, a.st_mtime_ns, a.st_ctime_ns)
        stamp = blake2b(said + data).digest()[:_STAMP]
        if stamp not in self._before:
            return False
        self._same.append(stamp)
        return True

    def note(self, about: os.stat_result, data: bytes) -> None:
        """A file was found to hold these bytes; `about` is from before it was read."""
        if about.st_ctime_ns < self._rested and about.st_mtime_ns < self._rested:
            self._new.append(_stamp(about, data))

    def store(self) -> None:
        """Keeps what is known now, where it differs; a disk that refuses costs time only."""
        if not self._new and len(self._same) == len(self._before):
            return
        body = _HEAD + b"".join({*self._same, *self._new})
        root, part = self._folders.at(""), f".{NAME}.{os.getpid()}.part"
        with contextlib.suppress(OSError):
            try:
                _write(root, part, body + sha256(body).digest())
                os.replace(part, NAME, src_dir_fd=root, dst_dir_fd=root)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(part, dir_fd=root)
                raise

    def _come_to(self, folder: str) -> bool:
        """Whether this is a folder, and those above it are; sweeps it, if names came or went."""
        if folder in self._real:
            return True
        if not self._come_to(folder.rpartition("/")[0]):
            return False
        try:
            about = os.stat(folder, dir_fd=self._root, follow_symlinks=False)
        except OSError:
            return False
        if not stat.S_ISDIR(about.st_mode):
            return False
        stamp = _stamp(about)
        if stamp in self._before:
            self._folders.hold_swept(folder)
            self._same.append(stamp)
        else:
            self._folders.sweep(folder)
            self.note(about, b"")
        self._real.add(folder)
        return True


def _stamp(about: os.stat_result, data: bytes = b"") -> bytes:
    said = _PACK(about.st_size, about.st_ino, about.st_mtime_ns, about.st_ctime_ns)
    return blake2b(said + data).digest()[:_STAMP]


def _read(root: int) -> frozenset[bytes]:
    """The stamps of an index; none of one that is not as it was written."""
    try:
        handle = os.open(NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=root)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return frozenset()
            data = file.read()
    except OSError:
        return frozenset()
    body, digest = data[:-32], data[-32:]
    if not body.startswith(_HEAD) or sha256(body).digest() != digest:
        return frozenset()
    return frozenset(body[n : n + _STAMP] for n in range(len(_HEAD), len(body), _STAMP))


def _write(root: int, name: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(name, flags, 0o666, dir_fd=root)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
