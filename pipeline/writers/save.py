"""The only place that touches the output folder: each file is wholly old or wholly new.

A file is written beside its place, synced, and renamed over it; what did not change is not
written at all. Nothing is ever written through a link, nor outside the folder. Of thousands of
files those that nobody touched since are not even read (`pipeline.writers.written`).
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.model import Artifact
from pipeline.writers.batch import Batch, sync_folders
from pipeline.writers.folders import Folders
from pipeline.writers.written import WORTH, Written

_PATH = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
_OLD = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_READ_ANYWAY = 256
"""Files before the index is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was done."""

    written: tuple[str, ...]
    """Paths whose content is new."""
    unchanged: int
    """How many files held these bytes already."""


def save(artifacts: Iterable[Artifact], root: Path) -> Saved:
    """Writes what differs below `root`, which is made when it is not there.

    Raises:
        StorageError: A file could not be written, or a path leads out of `root`. The files
            before it are whole and new, it and those after it are whole and old.
    """
    with contextlib.closing(_Saving(root)) as saving:
        try:
            for artifact in artifacts:
                saving.take(artifact)
            saving.end_batch()
        except Exception:
            with contextlib.suppress(StorageError):
                saving.end_batch()
            raise
        finally:
            saving.sync()
        saving.store()
        return Saved(written=tuple(saving.written), unchanged=saving.unchanged)


class _Saving:
    """One save on its way."""

    def __init__(self, root: Path) -> None:
        self.written: list[str] = []
        self.unchanged = 0
        self._count = 0
        self._root = root
        self._folders = Folders(root)
        self._batch = Batch(self._folders)
        self._known = Written(self._folders)

    def take(self, artifact: Artifact) -> None:
        """Writes one file beside its place, if it differs."""
        path, data = artifact.path, artifact.data
        try:
            self._count += 1
            if self._count == _READ_ANYWAY:
                self._known.load()
            is_known = self._known.is_loaded and self._known.is_same(path, data)
            if is_known or self._holds(path, data):
                self.unchanged += 1
            else:
                self._write(path, data)
        except OSError as error:
            raise self._refusal(path, error) from error

    def end_batch(self) -> None:
        """Puts what was written in its place."""
        try:
            self._batch.end()
        except OSError as error:
            raise self._refusal(self._batch.under_way, error) from error

    def sync(self) -> None:
        """Makes what was renamed last."""
        try:
            sync_folders(self._folders)
        except OSError as error:
            raise self._refusal("", error) from error

    def close(self) -> None:
        """Leaves nothing half written and no handle open."""
        self._batch.drop()
        self._folders.close()

    def store(self) -> None:
        """Keeps what is known of many files for the next save."""
        if self._known.is_loaded and self._count >= WORTH:
            self._known.store()

    def _holds(self, path: str, data: bytes) -> bool:
        """Whether a file holds these bytes already; a link in its place raises."""
        if not _PATH.fullmatch(path):
            raise StorageError(
                f"refused to write {path!r}: it leads out of {self._root}; "
                "report it, with the id that it was made from"
            )
        folder, _, name = path.rpartition("/")
        above = self._folders.at(folder)
        self._folders.sweep(folder)
        try:
            handle = os.open(name, _OLD, dir_fd=above)
        except FileNotFoundError:
            return False
        try:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise FileExistsError(0, "something that is no file lies in its place")
            if about.st_size != len(data):
                return False
            with os.fdopen(handle, "rb", closefd=False) as file:
                is_same = file.read() == data
        finally:
            os.close(handle)
        if is_same:
            self._known.note(about, data)
        return is_same

    def _write(self, path: str, data: bytes) -> None:
        if not self._batch.takes(path):
            self.end_batch()
        self._batch.add(path, data)
        self.written.append(path)

    def _refusal(self, path: str, error: OSError) -> StorageError:
        return StorageError(
            f"cannot write {self._root / path}: {error.strerror or error}; the earlier file was "
            "kept: mend the folder (space, permissions, links) and run again"
        )
