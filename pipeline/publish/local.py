"""The files of this machine that may leave it: the catalogue's artifacts, and the history's own.

Everything else in those folders stays where it is, and nothing is read through a link.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import PublishRefused, StorageError
from pipeline.history import History
from pipeline.publish.operations import HISTORY, is_artifact

_FOLDERS = ("authors", "badges", "groups", "report")
_DEEPEST = 3


def artifacts(root: Path) -> dict[str, bytes]:
    """Content of every artifact of an output folder, by path.

    Raises:
        PublishRefused: a link is in the place of an artifact.
        StorageError: one of them cannot be read.
    """
    return {path: _content(root / path) for path in sorted(_paths(root, ""))}


def history_files(history: History) -> dict[str, bytes]:
    """Content of every file that makes up a history, by its path on the branch.

    Raises:
        PublishRefused: a link is among them.
        StorageError: one of them cannot be read.
    """
    paths = {HISTORY + name.as_posix(): history.root / name for name in history.files()}
    return {path: _content(place) for path, place in paths.items()}


def _paths(root: Path, folder: str) -> Iterator[str]:
    try:
        with os.scandir(root / folder) as entries:
            found = sorted(entries, key=lambda e: e.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise StorageError(f"cannot read {root / folder}: {error.strerror or error}") from error
    for entry in found:
        path = f"{folder}{entry.name}"
        is_way = path.split("/", maxsplit=1)[0] in _FOLDERS and path.count("/") < _DEEPEST
        if entry.is_symlink() and (is_artifact(path) or is_way):
            raise _link(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if is_way and not entry.name.startswith("."):
                yield from _paths(root, f"{path}/")
        elif is_artifact(path):
            yield path


def _content(place: Path) -> bytes:
    try:
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if place.is_symlink():
            raise _link(place) from None
        raise StorageError(
            f"cannot read {place}: {error.strerror or error}; mend that, then publish again"
        ) from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise PublishRefused(f"{place} is no file: remove it, then refresh and publish again")
        return file.read()


def _link(place: os.PathLike[str] | str) -> PublishRefused:
    return PublishRefused(
        f"{os.fspath(place)} is a link, and what it leads to is not published: remove it, then "
        "refresh and publish again"
    )
