"""Finding a history again whose manifest and its copy are both lost.

Each file says in its footer what it is and which runs it holds, so the list can be made anew.
Each file's own seal and its page checksums still guard it; only files of a run that was killed
cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.errors import StorageError
from pipeline.history import disk, lock
from pipeline.history import manifest as listing
from pipeline.history.manifest import AUTHORS, PREVIOUS, RECORDS, SCHEMA, Entry, Manifest

OWN = frozenset({lock.NAME, lock.HOLDER})
"""Files of ours that hold no data."""


def is_marked(path: Path) -> bool:
    """Whether the footer says that the file is ours."""
    from pipeline.history.columns import marked

    data = disk.read(path)
    return data is not None and marked(data) is not None


def waits(path: Path, data: bytes) -> bool:
    """Whether it is sound, and a run that was killed left it before it took its name."""
    from pipeline.history.columns import unpack

    try:
        return path.name.endswith(".parquet.new") and unpack(data) is not None
    except ValueError:
        return False


def scan(root: Path) -> Manifest:
    """A manifest of all files below the root that are readable and ours.

    Raises:
        StorageError: one of them belongs to a newer version.
    """
    files = {path: entry for path, entry in _entries(root) if entry}
    return Manifest(
        sequence=max((e.last for e in files.values()), default=0),
        files=MappingProxyType(files),
    )


def _entries(root: Path) -> Iterator[tuple[str, Entry | None]]:
    for path in sorted(root.rglob("*.parquet")):
        name = path.relative_to(root).as_posix()
        is_state = name in (AUTHORS, RECORDS, *PREVIOUS.values())
        if is_state or listing.DATA.fullmatch(name):
            yield name, _entry(path)


def _entry(path: Path) -> Entry | None:
    from pipeline.history.columns import marked, unpack

    data = disk.read(path)
    mark: dict[str, Any] | None = marked(data) if data is not None else None
    if data is None or mark is None:
        return None
    try:
        rows = unpack(data).num_rows
        if mark["schema"] > SCHEMA:
            raise StorageError(f"{path} was written by a newer version: update scholar-metrics")
        first, last = int(mark["first"]), int(mark["last"])
    except (ValueError, TypeError, KeyError):
        return None
    return Entry(sha256=listing.digest(data), size=len(data), rows=rows, first=first, last=last)
