"""The files behind the manifest: verified when read, replaced together, set aside when damaged.

State files keep their names from run to run. Their new content waits as `<name>.new` until the
manifest that names it is in place; only then do they change places, and whoever reads in between
finds each of them by its checksum.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pipeline.errors import HistoryDamaged, StorageError
from pipeline.history import disk, salvage
from pipeline.history import manifest as listing
from pipeline.history.aside import QUARANTINE, Quarantine
from pipeline.history.lock import Lock
from pipeline.history.manifest import COPY, NAME, PREVIOUS, Entry, Manifest, Unreadable
from pipeline.history.rows import Problem

T = TypeVar("T")

_NEW = ".new"
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file to be stored."""

    data: bytes
    rows: int
    first: int
    last: int

    @property
    def entry(self) -> Entry:
        """What the manifest says of it."""
        return Entry(
            sha256=listing.digest(self.data),
            size=len(self.data),
            rows=self.rows,
            first=self.first,
            last=self.last,
        )


class _Moved(Exception):
    """Another run replaced the manifest while we read."""


class Files:
    """The files of one history."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self._root = root
        self._problems = problems
        self.lock = Lock(root)
        self._quarantine = Quarantine(root, self.lock, self.note)

    def steadily(self, read: Callable[[Manifest], T]) -> T:
        """Reads with one manifest from start to end, again when another run replaced it."""
        for _ in range(_TRIES):
            with suppress(_Moved):
                return read(self.manifest())
        raise StorageError(f"the history in {self._root} changes too fast to be read: run again")

    def manifest(self) -> Manifest:
        """What is stored; an empty one where nothing is.

        Raises:
            HistoryDamaged: there is a history, and nothing of it can be read.
            StorageError: it belongs to a newer version, or may not be read.
        """
        for name in (NAME, COPY):
            data = disk.read(self._root / name)
            if data is None:
                self._quarantine.take_odd(name)
                continue
            try:
                found = self._listed(name, data)
            except Unreadable as error:
                self._quarantine.take(name, f"{error}", listing.digest(data))
                continue
            if name == COPY:
                self.note(NAME, f"missing or damaged; {COPY} was read instead")
            return found
        return self._salvaged()

    def fetch(self, manifest: Manifest, path: str, parse: Callable[[bytes], T]) -> T | None:
        """A file of the manifest, parsed; `None` when it is damaged, which is then a problem."""
        entry = manifest.files[path]
        data = self._matching(path, entry.sha256)
        if data is not None:
            try:
                return parse(data)
            except ValueError as error:
                self.note(path, f"{error}: it was left out")
                return None
        if self._is_moved(manifest):
            raise _Moved
        self._damaged(manifest, path)
        return None

    def is_sound(self, path: str, entry: Entry) -> bool:
        """Whether the file holds what the manifest says."""
        return self._matching(path, entry.sha256) is not None

    def place(self, path: str, entry: Entry) -> Path | None:
        """Where the bytes of an entry are by now; `None` when they are nowhere."""
        for candidate in self._candidates(path):
            data = disk.read(candidate)
            if data is not None and listing.digest(data) == entry.sha256:
                return candidate
        return None

    def replace(
        self,
        old: Manifest,
        new: Manifest,
        *,
        blobs: Mapping[str, Blob],
        drop: tuple[str, ...] = (),
    ) -> Manifest:
        """Stores files and the manifest that names them, as one step; the lock must be held.

        Args:
            old: what is stored.
            new: sequence and moment; its files are made here.
            blobs: new files by their path.
            drop: files that these replace.
        """
        files = {p: e for p, e in old.files.items() if p not in drop}
        for path, blob in blobs.items():
            if path in PREVIOUS and path in old.files and self.is_sound(path, old.files[path]):
                files[PREVIOUS[path]] = old.files[path]
            files[path] = blob.entry
        new = replace(new, files=MappingProxyType(files))
        text = listing.dump(new)
        new = replace(new, sha256=listing.digest(text))
        batch = disk.Batch(self._root)
        with disk.storage("the history could not be written"):
            if not old.sha256:  # so that a killed first run leaves no history, not half of one
                batch.write(self._root / NAME, listing.dump(old))
                batch.sync()
            for path, blob in blobs.items():
                is_state = listing.DATA.fullmatch(path) is None
                batch.write(self._root / (path + _NEW if is_state else path), blob.data)
            batch.sync()
            batch.write(self._root / NAME, text)
            batch.sync()
        try:
            self._settle(new, batch)
            for path in drop:
                batch.remove(self._root / path)
            batch.write(self._root / COPY, text)
            batch.sync()
        except OSError as error:
            self.note(NAME, f"stored, but not tidied up: {error}; the next run does that")
        return new

    def tidy(self, manifest: Manifest) -> Manifest:
        """Finishes what a killed run began, and forgets files that are gone; lock held."""
        batch = disk.Batch(self._root)
        self._quarantine.take_odd(COPY)
        with disk.storage("the history could not be tidied up"):
            self._settle(manifest, batch)
            for path in [p for p, is_ours in self.strangers(manifest) if is_ours]:
                batch.remove(self._root / path)
            batch.sync()
        gone = [p for p in manifest.files if self._is_lost(manifest, p)]
        for path in gone:
            is_data = listing.DATA.fullmatch(path)
            rows = f"its {manifest.files[path].rows} rows are lost"
            self.note(path, f"missing: {rows if is_data else 'it is made again with the figures'}")
        files = {p: e for p, e in manifest.files.items() if p not in gone}
        return replace(manifest, files=MappingProxyType(files))

    def strangers(self, manifest: Manifest) -> Iterator[tuple[str, bool]]:
        """Files that the manifest does not name, and whether a killed run of ours left them."""
        known = {NAME, COPY, *manifest.files}
        for path in sorted(self._root.rglob("*")):
            name = path.relative_to(self._root).as_posix()
            is_known = name in known or name in salvage.OWN or name.startswith(QUARANTINE)
            if not is_known and (path.is_symlink() or not path.is_dir()):
                yield name, self._is_leftover(path, name)

    def _is_leftover(self, path: Path, name: str) -> bool:
        if path.is_symlink():
            return False
        if name.removesuffix(_NEW) in (*PREVIOUS, listing.SUMMARY, *PREVIOUS.values()):
            return True
        stem = path.name.removeprefix(".").removesuffix(".tmp").removesuffix(_NEW)
        if path.name in (f".{stem}.tmp", f".{stem}{_NEW}.tmp"):
            written = path.with_name(stem).relative_to(self._root).as_posix()
            return listing.is_ours(written) or written in (NAME, COPY)
        return listing.DATA.fullmatch(name) is not None and salvage.is_marked(path)

    def _salvaged(self) -> Manifest:
        found = salvage.scan(self._root)
        if found.files:
            self.note(NAME, "missing or damaged, and so is its copy; made again from the files")
        elif any((self._root / QUARANTINE).glob("*")) or self._is_noted(NAME, COPY):
            raise HistoryDamaged(
                f"nothing of the history in {self._root} can be read: restore that folder from "
                "the data branch or a backup, or move it away to start anew"
            )
        return found

    def _settle(self, manifest: Manifest, batch: disk.Batch) -> None:
        """Gives state files that wait under another name their own."""
        for path in (*PREVIOUS, listing.SUMMARY):
            entry, own = manifest.files.get(path), self._root / path
            place = self.place(path, entry) if entry else None
            if entry is None or place in (None, own):
                continue
            kept = manifest.files.get(PREVIOUS.get(path, ""))
            data = disk.read(own)
            if kept and data is not None and listing.digest(data) == kept.sha256:
                batch.move(own, self._root / PREVIOUS[path])
            batch.move(place, own)

    def _candidates(self, path: str) -> list[Path]:
        names = [path]
        if path in PREVIOUS:
            names += [path + _NEW, PREVIOUS[path]]
        elif path == listing.SUMMARY:
            names += [path + _NEW]
        names += [own for own, kept in PREVIOUS.items() if kept == path]
        return [self._root / name for name in names]

    def _matching(self, path: str, sha256: str) -> bytes | None:
        """The right bytes, wherever they are; twice, as a file may change its place meanwhile."""
        for candidate in self._candidates(path) * 2:
            data = disk.read(candidate)
            if data is not None and listing.digest(data) == sha256:
                return data
        return None

    def _is_lost(self, manifest: Manifest, path: str) -> bool:
        """Whether nothing stands for the file any more; what is damaged is set aside before."""
        if self.is_sound(path, manifest.files[path]):
            return False
        own = [self._root / name for name in (path, path + _NEW)]
        if any(os.path.lexists(place) for place in own):
            self._damaged(manifest, path)
        return not any(os.path.lexists(place) for place in own)

    def _listed(self, name: str, data: bytes) -> Manifest:
        found = listing.load(data)
        if name == NAME and self.is_foreign(found):
            raise Unreadable(f"it is not the list of these files, as {COPY} is")
        return found

    def is_foreign(self, found: Manifest) -> bool:
        """Whether the copy is of these files and the manifest is not: of others, or outdated.

        A commit replaces the manifest before the copy, so the copy is never ahead of it.
        """
        copy = listing.peek(disk.read(self._root / COPY), known=found)
        if copy is None or copy.sha256 == found.sha256 or not self._is_of_these(copy):
            return False
        is_still = listing.digest(disk.read(self._root / NAME) or b"") == found.sha256
        return is_still and (copy.sequence > found.sequence or not self._is_of_these(found))

    def _is_of_these(self, manifest: Manifest) -> bool:
        return any(self.is_sound(path, entry) for path, entry in manifest.files.items())

    def _is_moved(self, manifest: Manifest) -> bool:
        found = listing.peek(disk.read(self._root / NAME))
        return found is not None and found.sha256 != manifest.sha256

    def _damaged(self, manifest: Manifest, path: str) -> None:
        """Sets aside what stands where the file should be, unless that is another good one."""
        good = {e.sha256 for e in manifest.files.values()}
        rows = manifest.files[path].rows
        found = False
        for candidate in self._candidates(path):
            name, data = candidate.relative_to(self._root).as_posix(), disk.read(candidate)
            if data is None:
                found = self._quarantine.take_odd(name) or found
            elif (sha := listing.digest(data)) not in good and not salvage.waits(candidate, data):
                found = True
                self._quarantine.take(name, f"its checksum differs ({rows} rows)", sha)
        if not found:
            self.note(path, f"missing or unreadable: its {rows} rows cannot be read")

    def _is_noted(self, *paths: str) -> bool:
        return any(problem.path in paths for problem in self._problems)

    def note(self, path: str, what: str) -> None:
        """Names a problem, once."""
        problem = Problem(path=path, what=what)
        if problem not in self._problems:
            self._problems.append(problem)
