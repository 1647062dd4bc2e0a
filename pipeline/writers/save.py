"""The only place that touches the output folder: each file is wholly old or wholly new.

A file is written beside its place, synced, and renamed over it; what did not change is not
written at all. Nothing is ever written through a link, nor outside the folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.model import Artifact

_PATH = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LEFT_OVER = re.compile(r"\..+\.(\d+)\.part")


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
    written: list[str] = []
    unchanged = 0
    touched: set[str] = set()
    swept: set[str] = set()
    is_made = False
    try:
        for artifact in artifacts:
            with _failing(root, artifact.path):
                if not is_made:
                    root.mkdir(parents=True, exist_ok=True)
                    is_made = True
                if _save(artifact, root, touched=touched, swept=swept):
                    written.append(artifact.path)
                else:
                    unchanged += 1
    finally:
        for folder in sorted(touched):
            with _failing(root, folder), _opened(root, folder, set()) as handle:
                os.fsync(handle)
    return Saved(written=tuple(written), unchanged=unchanged)


def _save(artifact: Artifact, root: Path, *, touched: set[str], swept: set[str]) -> bool:
    if not _PATH.fullmatch(artifact.path):
        raise StorageError(
            f"refused to write {artifact.path!r}: it leads out of {root}; "
            "report it, with the id that it was made from"
        )
    folder, _, name = artifact.path.rpartition("/")
    with _opened(root, folder, touched) as handle:
        if folder not in swept:
            _sweep(handle)
            swept.add(folder)
        if _holds(handle, name, artifact.data):
            return False
        touched.add(folder)
        _replace(handle, name, artifact.data)
    return True


@contextlib.contextmanager
def _failing(root: Path, path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"cannot write {root / path}: {error.strerror or error}; the earlier file was kept: "
            "mend the folder (space, permissions, links) and run again"
        ) from error


@contextlib.contextmanager
def _opened(root: Path, folder: str, touched: set[str]) -> Iterator[int]:
    """Handle of a folder below `root`, made when missing, reached without following a link."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        above = ""
        for name in filter(None, folder.split("/")):
            try:
                below = os.open(name, _FOLDER, dir_fd=handle)
            except FileNotFoundError:
                os.mkdir(name, dir_fd=handle)
                touched.add(above)
                below = os.open(name, _FOLDER, dir_fd=handle)
            os.close(handle)
            handle = below
            above = f"{above}/{name}".lstrip("/")
        yield handle
    finally:
        os.close(handle)


def _holds(folder: int, name: str, data: bytes) -> bool:
    """Whether a file holds these bytes already; a link in its place raises."""
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        return False
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise FileExistsError(0, "something that is no file lies in its place")
        if about.st_size != len(data):
            return False
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read() == data
    finally:
        os.close(handle)


def _replace(folder: int, name: str, data: bytes) -> None:
    part = f".{name}.{os.getpid()}.part"
    handle = os.open(part, _NEW, 0o666, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part, dir_fd=folder)
        raise


def _sweep(folder: int) -> None:
    """Removes what a killed run left half written; a living one's is left alone."""
    for name in os.listdir(folder):
        found = _LEFT_OVER.fullmatch(name)
        if found and not _is_alive(int(found[1])):
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=folder)


def _is_alive(pid: int) -> bool:
    """Whether another process has this id; our own is a former one's, as containers reuse ids."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
