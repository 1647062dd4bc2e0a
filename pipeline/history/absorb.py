"""Joining the history of another copy into this one, so that no run of either is lost.

Two copies go apart when a laptop and a CI job both run before either publishes. The other copy is
only ever read, and from a duplicate of its files: nothing in it is moved, however damaged it is.
`docs/history.md` says what the joined history holds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.history import disk, merge, summary, writing
from pipeline.history import manifest as listing
from pipeline.history.files import Blob, Files
from pipeline.history.manifest import COPY, DATA, NAME, PREVIOUS, SUMMARY, Entry, Manifest
from pipeline.history.reading import Reader
from pipeline.history.rows import Problem, RunRow

_TRIES = 5
_ASIDE = "; set aside as "


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """The other copy, as far as it is sound."""

    root: Path
    """Where it lies; what is read is a duplicate of it."""
    files: Files
    manifest: Manifest
    reader: Reader
    runs: tuple[RunRow, ...]

    def lacking(self, reader: Reader) -> list[RunRow]:
        """Rows of the runs that another history has not."""
        known = {r.run_id for r in reader.runs()}
        return [r for r in self.runs if r.run_id not in known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be stored."""

    manifest: Manifest
    blobs: dict[str, Blob]
    runs: int
    """How many runs are taken."""


@contextmanager
def opened(other: Path, problems: list[Problem]) -> Iterator[Foreign]:
    """Another history for reading; what is damaged in it is added to `problems`.

    Raises:
        HistoryDamaged: nothing of it can be read.
        StorageError: it belongs to a newer version, or may not be read.
    """
    found: list[Problem] = []
    with tempfile.TemporaryDirectory(prefix="scholar-metrics-") as folder:
        copy = Path(folder) / "history"
        try:
            _duplicate(other, copy)
            files = Files(copy, found)
            manifest = files.manifest()
            reader = Reader(files, manifest)
            yield Foreign(
                root=other,
                files=files,
                manifest=manifest,
                reader=reader,
                runs=tuple(reader.runs()),
            )
        except StorageError as error:
            if str(copy) not in str(error):
                raise
            raise type(error)(str(error).replace(str(copy), str(other))) from error
        finally:
            problems += [p for p in map(_abroad, found) if p not in problems]


def step(reader: Reader, stored: Manifest, theirs: Foreign, *, root: Path) -> Step:
    """What joining changes; writes nothing.

    Args:
        reader: of our history.
        stored: its manifest.
        theirs: the other copy.
        root: where ours lies, for messages.

    Raises:
        StorageError: it is another person's history.
    """
    if not stored.sequence and not stored.files:
        return _whole(reader, theirs)
    runs = theirs.lacking(reader)
    if len(runs) == len(theirs.runs):
        _refuse_strangers(reader, theirs, root=root)
    order = sorted({r.sequence: r.at for r in runs}.items(), key=lambda item: (item[1], item[0]))
    number = {run: n for n, (run, _) in enumerate(order, stored.sequence + 1)}
    own, other = reader.changes(), theirs.reader.changes()
    ours, foreign = reader.states().states, theirs.reader.states().states
    taken = [replace(c, sequence=number[c.sequence]) for c in other if c.sequence in number]
    changes = [*own, *sorted(taken, key=lambda c: c.sequence)]
    after = stored.sequence + len(order)
    untold = merge.untold(ours, own) | merge.untold(foreign, other)
    states = merge.joined(ours, foreign, changes, untold=untold)
    closing = merge.closing(states, changes, after=after)
    sequence = max((c.sequence for c in closing), default=after)
    rows = sorted(
        (replace(r, sequence=number[r.sequence]) for r in runs),
        key=lambda r: (r.sequence, r.author_key, r.provider),
    )
    moments = [at for at in (stored.last_at, *(at for _, at in order)) if at]
    return Step(
        manifest=Manifest(sequence=sequence, last_at=max(moments)),
        blobs=writing.together(
            reader, states, changes=[*taken, *closing], runs=rows, sequence=sequence
        ),
        runs=len(order),
    )


def _whole(reader: Reader, theirs: Foreign) -> Step:
    """Everything that is sound, as it lies there; a state that is not, made again."""
    loaded, sequence = theirs.reader.states(), theirs.manifest.sequence
    blobs = writing.together(reader, loaded.states, changes=(), runs=(), sequence=sequence)
    rows = theirs.reader.glance()
    blobs[SUMMARY] = Blob(data=summary.dump(rows), rows=len(rows), first=sequence, last=sequence)
    for path, entry in theirs.manifest.files.items():
        if DATA.fullmatch(path) or (path in PREVIOUS and path not in loaded.rebuilt):
            data = theirs.files.fetch(theirs.manifest, path, _sound)
            if data is not None:
                blobs[path] = _blob(data, entry)
    return Step(
        manifest=Manifest(sequence=sequence, last_at=theirs.manifest.last_at),
        blobs=blobs,
        runs=len({r.sequence for r in theirs.runs}),
    )


def _refuse_strangers(reader: Reader, theirs: Foreign, *, root: Path) -> None:
    own, other = (
        {(row.author_key, row.provider) for row in one.glance()} for one in (reader, theirs.reader)
    )
    if not own & other:
        raise StorageError(
            f"the history in {theirs.root} is another person's history: it shares no run and no "
            f"author with {root}; name the right folder, or move one of them away"
        )


def _duplicate(other: Path, copy: Path) -> None:
    """Copies the files of a history, all of one moment; links are not followed."""
    for _ in range(_TRIES):
        before = disk.read(other / NAME)
        found = {name: disk.read(path) for name, path in _own(other)}
        if disk.read(other / NAME) == before:
            break
    else:
        raise StorageError(f"the history in {other} changes too fast to be read: run again")
    with disk.storage("the other history could not be copied for reading"):
        copy.mkdir()
        for name, data in found.items():
            if data is not None:
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                (copy / name).write_bytes(data)


def _own(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        is_named = name in (NAME, COPY) or listing.is_ours(name.removesuffix(".new"))
        if is_named and path.is_file() and not path.is_symlink():
            yield name, path


def _sound(data: bytes) -> bytes:
    from pipeline.history.columns import unpack

    unpack(data)
    return data


def _blob(data: bytes, entry: Entry) -> Blob:
    return Blob(data=data, rows=entry.rows, first=entry.first, last=entry.last)


def _abroad(problem: Problem) -> Problem:
    """A problem of the duplicate as one of the other copy, where nothing was moved."""
    what, aside, _ = problem.what.partition(_ASIDE)
    return replace(problem, what=f"in the other copy: {what}{'; not taken' if aside else ''}")
