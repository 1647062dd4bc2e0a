"""Which small files are due to become one: those of a closed month, and all closed years.

A month that still runs is joined too when it holds many files (runs every hour), so that the
number of files stays bounded whatever the schedule. Ten years of one author are one file of each
kind; a file of closed years that has grown large is sealed, and the next one begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.history.manifest import DATA, Entry

MANY = 32
"""Files that a month may hold while it runs: one a night."""

SEALED = 32 * 2**20
"""Size in bytes from which a file of closed years is not written again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Files that become one."""

    kind: str
    paths: tuple[str, ...]
    target: str


def due(files: Mapping[str, Entry], *, at: datetime) -> list[Group]:
    """Groups that are due at this moment, each of two files at least."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path, entry in files.items():
        if place := _place(path, entry, at=at):
            folders[place].append(path)
    return [
        _group(folder, sorted(paths), files)
        for folder, paths in sorted(folders.items())
        if len(paths) > (MANY if folder.endswith(f"/{at:year=%Y/month=%m}") else 1)
    ]


def _place(path: str, entry: Entry, *, at: datetime) -> str | None:
    """Folder that the file belongs in by now; `None` when it stays where it is."""
    found = DATA.fullmatch(path)
    if found is None or (found["year"] is None and entry.size >= SEALED):
        return None
    if found["year"] is None or int(found["year"]) < at.year:
        return found["kind"]
    return path.rpartition("/")[0]


def _group(folder: str, paths: Sequence[str], files: Mapping[str, Entry]) -> Group:
    first = min(files[p].first for p in paths)
    last = max(files[p].last for p in paths)
    return Group(
        kind=folder.partition("/")[0],
        paths=tuple(paths),
        target=f"{folder}/runs-{first}-{last}.parquet",
    )
