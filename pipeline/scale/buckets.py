"""A table of (author, work) rows cut by author into Parquet files, each measured on its own.

All rows of an author are in one bucket: a fixed mix of the id, modulo the number of buckets.
A folder of buckets appears whole or not at all: the manifest is written last, into a folder
beside it that then takes the name. What a killed writer left behind goes with the next one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError
from pipeline.scale.disk import Making, storage
from pipeline.scale.shelf import Shelf

MANIFEST = "buckets.json"
FORMAT = "scholar-metrics/buckets/1"
MOST_BUCKETS = 512
"""Each is an open file and a buffer while rows come in."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_SLICE = 1 << 16
_GATHERED = 1 << 22


def bucket_of(authors: NDArray[Any], buckets: int) -> NDArray[np.uint16]:
    """The bucket of each author id; the same everywhere and for ever."""
    ids = authors.astype(np.int64, copy=False) if authors.dtype.kind == "i" else authors
    mixed = ids.astype(np.uint64, copy=False).view(np.uint64) * _MIX
    mixed ^= mixed >> _HALF
    mixed *= _MIX
    mixed >>= _HALF
    return (mixed % np.uint64(buckets)).astype(np.uint16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """Rows by author in Parquet files; made by `BucketWriter`, found by `Buckets.open`."""

    files: tuple[tuple[Path, ...], ...]
    """Files of each bucket; one, or several where folders were put together."""
    rows: tuple[int, ...]
    """Rows of each bucket."""
    columns: tuple[str, ...]
    """`author_id`, `cited_by_count`, and where they were given `year` and others."""
    made_of: Mapping[str, Any]
    """What the writer said the rows come from."""
    owner: str = "int64"
    """Type of the ids: `int64` or `uint64`."""

    def __len__(self) -> int:
        """How many buckets there are."""
        return len(self.files)

    @property
    def total_rows(self) -> int:
        """Rows of all buckets."""
        return sum(self.rows)

    @classmethod
    def open(cls, folder: Path) -> Buckets:
        """The buckets of a folder, after a look at the manifest and the size of each file.

        The pages of the files carry checksums, which are verified as they are read.

        Raises:
            ConfigError: it is no such folder, or a file is missing, cut or changed in size.
        """
        manifest = _manifest(folder)
        files, rows = [], []
        for entry in manifest["files"]:
            path = folder / entry["name"]
            size = path.stat().st_size if path.is_file() else None
            if size != entry["bytes"]:
                state = "is missing" if size is None else f"has {size} bytes, not {entry['bytes']}"
                raise ConfigError(f"{path}: {state}; make the buckets again")
            files.append((path,))
            rows.append(int(entry["rows"]))
        return cls(
            files=tuple(files),
            rows=tuple(rows),
            columns=tuple(manifest["columns"]),
            made_of=manifest["made_of"],
            owner=manifest["owner"],
        )

    @classmethod
    def exist(cls, folder: Path) -> bool:
        """Whether a folder says that it holds buckets; `open` says whether they are whole."""
        return (folder / MANIFEST).is_file()

    @classmethod
    def together(cls, parts: Sequence[Buckets]) -> Buckets:
        """Buckets whose rows are those of all parts; a bucket is made of several files then.

        Raises:
            ValueError: no part, or parts of different columns or numbers of buckets.
        """
        if len({(len(part), part.columns, part.owner) for part in parts}) != 1:
            raise ValueError("parts of one number of buckets with the same columns are needed")
        return cls(
            files=tuple(
                tuple(path for files in bucket for path in files)
                for bucket in zip(*(part.files for part in parts), strict=True)
            ),
            rows=tuple(map(sum, zip(*(part.rows for part in parts), strict=True))),
            columns=parts[0].columns,
            owner=parts[0].owner,
            made_of={"parts": [dict(part.made_of) for part in parts]},
        )


class BucketWriter:
    """Takes rows in any order and partitions them by author, in bounded memory.

    A context manager: leaving it whole closes it, leaving it by an exception undoes it.
    Memory is about 100 MB, whatever the number of rows.

    Args:
        folder: where the buckets will be; nothing stands there before `close`, and buckets of
            an earlier writer are replaced at once. Any other folder with something in it is
            refused.
        buckets: how many; aim at 1 to 4 million rows each. 512 at most.
        made_of: what the rows come from (JSON); kept in the manifest.
        rows_a_group: rows that a bucket gathers before they are written; by default four
            million in all buckets together, and 65,536 in one, at most.

    Raises:
        ConfigError: the folder holds something else.
        StorageError: the disk refuses; what was begun is removed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        buckets: int,
        made_of: Mapping[str, Any],
        rows_a_group: int | None = None,
    ) -> None:
        if not 1 <= buckets <= MOST_BUCKETS:
            raise ValueError(f"{buckets} buckets; give 1 to {MOST_BUCKETS}")
        if folder.exists() and not Buckets.exist(folder) and not _is_empty(folder):
            raise ConfigError(f"{folder}: holds something else; name a new or empty folder")
        self._folder = folder
        self._buckets = buckets
        self._made_of = dict(made_of)
        self._rows_a_group = rows_a_group or min(_SLICE, _GATHERED // buckets)
        self._making = Making(folder)
        self._shelf: Shelf | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def add(
        self,
        authors: NDArray[Any],
        counts: NDArray[Any],
        years: NDArray[Any] | None,
        *,
        unknown: NDArray[np.bool_] | None = None,
        unknown_year: NDArray[np.bool_] | None = None,
        others: Mapping[str, tuple[NDArray[Any], NDArray[np.bool_] | None]] | None = None,
    ) -> None:
        """Take rows, at best some 100,000 to a million at once.

        Args:
            authors: ids, int64 or uint64; the first call decides which of the two.
            counts: citations, 0 or more.
            years: years of publication from 1 to 9999; `None` in every call or in none.
            unknown: which counts are not known; what stands there is of no matter.
            unknown_year: the same of years.
            others: further columns of whole numbers by name, each with what is unknown of it;
                the same names in every call.
        """
        columns = {"cited_by_count": (counts, unknown)}
        if years is not None:
            columns["year"] = (years, unknown_year)
        columns |= others or {}
        with storage(self._folder):
            if self._shelf is None:
                self._shelf = self._begin(tuple(columns), unsigned=authors.dtype == np.uint64)
            for at in range(0, len(authors), _SLICE):
                cut = slice(at, at + _SLICE)
                ids = authors[cut]
                self._shelf.add(
                    bucket_of(ids, self._buckets),
                    ids,
                    {
                        name: (values[cut], None if gaps is None else gaps[cut])
                        for name, (values, gaps) in columns.items()
                    },
                )

    def close(self) -> Buckets:
        """Finish the files, then the manifest, then give the folder its name.

        Raises:
            StorageError: the disk refuses; what was begun is removed.
        """
        try:
            with storage(self._folder):
                if self._shelf is None:
                    self._shelf = self._begin(("cited_by_count", "year"), unsigned=False)
                rows = self._shelf.close()
                self._write_manifest(self._shelf, rows)
                self._making.finish()
        except BaseException:
            self.discard()
            raise
        return Buckets.open(self._folder)

    def discard(self) -> None:
        """Remove what was begun; for a writer that was not closed."""
        if self._shelf is not None:
            self._shelf.abandon()
        self._making.discard()

    def _begin(self, names: tuple[str, ...], *, unsigned: bool) -> Shelf:
        return Shelf(
            [self._making.path / f"bucket-{number:04d}.parquet" for number in range(self._buckets)],
            unsigned=unsigned,
            names=names,
            capacity=self._rows_a_group,
        )

    def _write_manifest(self, shelf: Shelf, rows: Sequence[int]) -> None:
        body = {
            "format": FORMAT,
            "owner": shelf.owner.name,
            "columns": ["author_id", *shelf.names],
            "made_of": self._made_of,
            "files": [
                {"name": path.name, "rows": count, "bytes": path.stat().st_size}
                for path, count in zip(shelf.paths, rows, strict=True)
            ],
        }
        self._making.write(MANIFEST, json.dumps({**body, "sha256": _digest(body)}, indent=1))


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        digest = found.pop("sha256")
        is_whole = found["format"] == FORMAT and digest == _digest(found)
    except FileNotFoundError as error:
        raise ConfigError(f"{folder}: no {MANIFEST} in it; make the buckets first") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); make the buckets again") from error
    if not is_whole:
        raise ConfigError(f"{path}: changed, or of another version; make the buckets again")
    return dict(found)


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
