"""A look at every file of the history that repairs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.history import disk
from pipeline.history import manifest as listing
from pipeline.history.aside import QUARANTINE
from pipeline.history.columns import unpack
from pipeline.history.files import Files
from pipeline.history.manifest import COPY, NAME, SUMMARY, Entry, Manifest, Unreadable
from pipeline.history.rows import Problem


def problems(root: Path) -> list[Problem]:
    """Everything that is not as it should be, by path."""
    found: list[Problem] = []
    files = Files(root, [])
    manifest: Manifest | None = None
    for name in (COPY, NAME):
        try:
            data = disk.read(root / name)
            if data is None:
                found.append(Problem(path=name, what="missing; the next run writes it"))
                continue
            listed = listing.load(data)
        except (Unreadable, StorageError) as error:
            found.append(Problem(path=name, what=str(error)))
            continue
        if manifest is None or not files.is_foreign(listed):
            found += _different(manifest, listed)
            manifest = listed
        else:
            found.append(
                Problem(path=NAME, what=f"it is not the list of these files, as {COPY} is")
            )
    if manifest is None:
        is_new = not root.is_dir() or not any(True for _ in files.strangers(Manifest()))
        return [] if is_new and not _aside(root) else [*found, *_aside(root)]
    found += (p for path, entry in manifest.files.items() for p in _file(files, path, entry))
    found += (_stranger(*stranger) for stranger in files.strangers(manifest))
    return sorted({*found, *_aside(root)}, key=lambda p: (p.path, p.what))


def _different(copy: Manifest | None, listed: Manifest) -> Iterator[Problem]:
    if copy is not None and copy.sha256 != listed.sha256:
        yield Problem(path=COPY, what=f"not the text of {NAME}; the next run writes it")


def _file(files: Files, path: str, entry: Entry) -> Iterator[Problem]:
    place = files.place(path, entry)
    if place is None:
        yield Problem(
            path=path, what="missing, or its checksum differs; the next read sets it aside"
        )
    elif path != SUMMARY:
        try:
            rows = unpack(place.read_bytes()).num_rows
        except (ValueError, OSError) as error:
            yield Problem(path=path, what=str(error))
        else:
            if rows != entry.rows:
                yield Problem(path=path, what=f"it has {rows} rows instead of {entry.rows}")


def _stranger(path: str, is_leftover: bool) -> Problem:
    if is_leftover:
        return Problem(path=path, what="left by a run that was killed; the next run removes it")
    return Problem(path=path, what="not of this history; it is left alone")


def _aside(root: Path) -> list[Problem]:
    return [
        Problem(
            path=path.relative_to(root).as_posix(),
            what="damaged, set aside; look at it, then delete it",
        )
        for path in sorted((root / QUARANTINE).glob("*"))
    ]
