"""Which small files are due to become one, so that a history is few files at any time of the year.

A file of few bytes weighs mostly what says what it is (a footer, a line of the manifest). So of
each kind there is one file of all closed years, one of the year so far, and `FEW` runs at most of
their own. A file that has grown is not written again for every few runs: the month that runs is
then joined by itself, and joins the year when it closes; one of closed years that has grown large
is sealed, and the next one begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.history.manifest import DATA, Entry

FEW = 4
"""Files of one kind that the month that runs may hold. Ten years of a person weigh 3 kB more for
each further night, and joining them writes a quarter of the year's 6 kB a night, beside the 14 kB
of the state."""

SMALL = 64 * 2**10
"""Size in bytes from which the year's file is written once a month only."""

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
    places: dict[str, list[str]] = defaultdict(list)
    for path, entry in files.items():
        if place := _place(path, entry, at=at):
            places[place].append(path)
    running = {f"{kind}/{at:year=%Y/month=%m}" for kind in ("changes", "runs")}
    groups = []
    for place, paths in sorted(places.items()):
        if place not in running:
            due_now = paths if len(paths) > 1 else []
        elif len(paths) > FEW:
            before = places.get(_year(place), [])
            is_small = sum(files[p].size for p in before) < SMALL
            due_now = [*before, *paths] if is_small and len(before) == 1 else paths
        else:
            due_now = []
        if due_now:
            groups.append(_group(place, sorted(due_now), files))
    return groups


def _place(path: str, entry: Entry, *, at: datetime) -> str | None:
    """Where the file belongs by now: with all closed years, this year's closed months, or a month.

    `None` when it stays where it is.
    """
    found = DATA.fullmatch(path)
    if found is None or (found["year"] is None and entry.size >= SEALED):
        return None
    if found["year"] is None or int(found["year"]) < at.year:
        return found["kind"]
    folder = path.rpartition("/")[0]
    is_closed = (int(found["year"]), int(found["month"])) < (at.year, at.month)
    return _year(folder) if is_closed else folder


def _year(folder: str) -> str:
    return folder.rpartition("/")[0]


def _group(place: str, paths: Sequence[str], files: Mapping[str, Entry]) -> Group:
    """Files of closed years lie above the years; others in the last month that they hold."""
    first = min(files[p].first for p in paths)
    last = max(files[p].last for p in paths)
    folder = max(path.rpartition("/")[0] for path in paths) if "/" in place else place
    return Group(
        kind=place.partition("/")[0],
        paths=tuple(paths),
        target=f"{folder}/runs-{first}-{last}.parquet",
    )
