"""The files of a ledger on the disk: written whole and durably, verified as they are read.

The pairs are what all changes stand on, so their files are there twice: `pairs-copy` is read where
a file of `pairs` is damaged or missing, and whoever writes next mends it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import HistoryDamaged, StorageError
from pipeline.scale.disk import storage, sync
from pipeline.scale.ledger.columns import Kind, packed, unpacked
from pipeline.scale.ledger.manifest import COPY, NAME, File, Manifest, load

_TWINS = ("/pairs/", "/pairs-copy/")
_BACKUP = "take it from a backup"


class Files:
    """What a manifest names, and what is about to be named.

    Args:
        root: folder of the ledger.
        manifest: as it was read.
        mends: whether a damaged file is written again from its copy; for the one who has the lock.
    """

    def __init__(self, root: Path, manifest: Manifest, *, mends: bool = False) -> None:
        self._root = root
        self._mends = mends
        self._manifest = manifest
        self._known = dict(manifest.files)
        self._folders: set[Path] = {root}
        self._dropped: list[str] = []

    @property
    def names(self) -> Sequence[str]:
        """Paths of all files below the root."""
        return list(self._known)

    def about(self, name: str) -> File:
        """What is known of a file."""
        return self._known[name]

    def read(
        self,
        name: str,
        *,
        columns: Sequence[str] | None = None,
        within: tuple[str, NDArray[np.int64]] | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Columns of a file, `columns` and `within` as `unpacked` takes them.

        Raises:
            HistoryDamaged: it is missing, or not as it was written.
            StorageError: a run that came in between put another in its place.
        """
        return unpacked(str(self._root / name), self._either(name), columns=columns, within=within)

    def problem(self, name: str) -> str | None:
        """What is wrong with a file, and what becomes of it; `None` of one that is as written."""
        try:
            self._bytes(name)
        except HistoryDamaged as error:
            other = _twin(name) or name.replace(_TWINS[1], _TWINS[0])
            if other == name or other not in self._known or self._is_damaged(other):
                return str(error)
            what = str(error).removesuffix(f"; {_BACKUP}")
            mended = "the next table mends it" if _twin(name) else "remove it, and it is made again"
            return f"{what}; its copy is whole: {mended}"
        return None

    def _is_damaged(self, name: str) -> bool:
        try:
            self._bytes(name)
        except HistoryDamaged:
            return True
        return False

    def _either(self, name: str) -> bytes:
        """What a file was written with, from its copy where that must be."""
        twin = _twin(name)
        if twin is None or twin not in self._known:
            return self._bytes(name)
        try:
            data = self._bytes(name)
        except HistoryDamaged:
            data = self._bytes(twin)
            if self._mends:
                self._write(self._root / name, data)
        if self._mends and not (self._root / twin).is_file():
            self._write(self._root / twin, data)
        return data

    def _bytes(self, name: str) -> bytes:
        path = self._root / name
        try:
            data = path.read_bytes()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and name not in load(self._root).files:
                raise StorageError(
                    f"{self._root}: another run joined its files while they were read; ask again"
                ) from error
            reason = error.strerror or str(error)
            raise HistoryDamaged(f"{path}: {reason}; {_BACKUP}") from error
        if hashlib.sha256(data).hexdigest() != self._known[name].sha256:
            raise HistoryDamaged(f"{path}: not as it was written; {_BACKUP}")
        return data

    def put(
        self,
        name: str,
        kind: Kind,
        columns: Mapping[str, NDArray[Any]],
        *,
        runs: tuple[int, int],
    ) -> None:
        """Writes a new file, durably but for its name."""
        data = packed(kind, columns)
        about = File(
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            rows=len(next(iter(columns.values()))),
            first=runs[0],
            last=runs[1],
        )
        for place in filter(None, (name, _twin(name))):
            self._write(self._root / place, data)
            self._known[place] = about

    def drop(self, name: str) -> None:
        """Leaves a file out of the next list; it goes when that is there."""
        for place in filter(None, (name, _twin(name))):
            del self._known[place]
            self._dropped.append(place)

    def commit(self, manifest: Manifest) -> Manifest:
        """Makes all names durable, then the list that names them; the list as it is now.

        Raises:
            StorageError: the disk refuses; the list is the one of before.
        """
        new = replace(manifest, files=dict(self._known))
        with storage(self._root):
            for folder in sorted(self._folders):
                sync(folder)
        for name in (COPY, NAME):
            self._write(self._root / name, new.text().encode())
        with storage(self._root):
            sync(self._root)
        for name in self._dropped:
            with suppress(OSError):
                (self._root / name).unlink()
        return new

    def settle(self) -> None:
        """Takes back what a killed or refused run left: files and a copy that the list knows not.

        Raises:
            StorageError: the disk refuses.
        """
        for path in self._root.glob("bucket-*/**/*"):
            name = path.relative_to(self._root).as_posix()
            if path.is_file() and name not in self._known and path.suffix in (".parquet", ".part"):
                with suppress(OSError):
                    path.unlink()
        text, copy = self._manifest.text().encode(), self._root / COPY
        if self._manifest.buckets and (not copy.is_file() or copy.read_bytes() != text):
            self._write(copy, text)

    def _write(self, path: Path, data: bytes) -> None:
        beside = path.with_name(f".{path.name}.part")
        self._folders.update(p for p in path.parents if p.is_relative_to(self._root))
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with beside.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)


def _twin(name: str) -> str | None:
    """Where the copy of a file lies, of those that have one."""
    return name.replace(*_TWINS) if _TWINS[0] in name else None
