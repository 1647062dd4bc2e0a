"""Which files make up a snapshot's works, in which order they replace each other, and its manifest.

The layouts are those that OpenAlex has published: `data/{jsonl,parquet}/works/` with
`manifest.json` (files under `files`) since 2026, `data/works/` with `manifest` (files under
`entries`) before. Below it lie `updated_date=YYYY-MM-DD/part_*.{gz,parquet}`. A folder may be
given at any of these heights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.scale.openalex.manifest import Manifest

_PLACES = (
    "",
    "works",
    "parquet/works",
    "jsonl/works",
    "data/works",
    "data/parquet/works",
    "data/jsonl/works",
    "legacy-data/works",
)
_MERGED = "merged_ids/works"
_DELETED = ("deleted_ids.csv", "deleted_ids.csv.gz")
_PARTITION = re.compile(r"updated_date=(\d{4}-\d{2}-\d{2})")
_ENDINGS = (".parquet", ".gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One data file of works."""

    path: Path
    name: str
    """Path below the snapshot's folder: what messages and the kept extracts know it by."""
    updated: date
    """Its partition: the day on which its works last changed."""
    size: int
    """Bytes."""
    mtime_ns: int
    rows: int | None
    """Works that the manifest says it holds; `None` when no manifest lists it."""

    @property
    def is_parquet(self) -> bool:
        """Parquet, or else gzipped JSON lines."""
        return self.path.suffix == ".parquet"

    @property
    def order(self) -> tuple[date, str, str]:
        """What comes later replaces what comes before."""
        return self.updated, self.path.name, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A snapshot's works as they lie on the disk."""

    sources: tuple[Source, ...]
    """Data files, the newest first."""
    gone: tuple[Path, ...]
    """Lists of works that were deleted or merged into others."""
    as_of: date
    """The manifest's day, or the newest partition's."""
    unlisted: int
    """Data files that a manifest is there for but does not list; they are read all the same."""

    @property
    def size(self) -> int:
        """Bytes of all data files."""
        return sum(source.size for source in self.sources)


def find(root: Path) -> Layout:
    """The works of the snapshot in `root`.

    Where the Parquet and the JSON copy both have a partition, the Parquet one is taken.

    Raises:
        ConfigError: there are no works, or the files are not what the manifest says.
    """
    folders = [root / place for place in _PLACES if _has_partitions(root / place)]
    if not folders:
        raise ConfigError(
            f"{root}: no OpenAlex works here (looked for updated_date=*/part_* below works/, "
            "data/works/, data/parquet/works/ and data/jsonl/works/); "
            "give the folder that `aws s3 sync` filled"
        )
    taken: dict[date, Path] = {}
    sources: list[Source] = []
    manifests: list[Manifest] = []
    unlisted = 0
    for folder in sorted(folders, key=lambda found: "parquet" not in found.parts):
        manifest = Manifest.beside(folder)
        listed = manifest.check(folder) if manifest else {}
        manifests += [manifest] if manifest else []
        for source in _sources(folder, root, listed):
            if taken.setdefault(source.updated, folder) == folder:
                sources.append(source)
                unlisted += manifest is not None and source.rows is None
    if not sources:
        raise ConfigError(f"{root}: the partitions are empty; download the snapshot again")
    sources.sort(key=lambda source: source.order, reverse=True)
    said = [manifest.date for manifest in manifests if manifest.date]
    return Layout(
        sources=tuple(sources),
        gone=tuple(_gone(root, folders)),
        as_of=max([*said, sources[0].updated]),
        unlisted=unlisted,
    )


def _has_partitions(folder: Path) -> bool:
    return folder.is_dir() and any(_PARTITION.fullmatch(p.name) for p in folder.iterdir())


def _sources(folder: Path, root: Path, listed: dict[str, int]) -> Iterator[Source]:
    for partition in sorted(folder.iterdir()):
        found = _PARTITION.fullmatch(partition.name)
        if not found or not partition.is_dir():
            continue
        try:
            updated = date.fromisoformat(found[1])
        except ValueError as error:
            raise ConfigError(f"{partition}: no such day; rename or remove the folder") from error
        for path in sorted(partition.iterdir()):
            if path.suffix not in _ENDINGS or path.name.startswith(".") or not path.is_file():
                continue
            about = path.stat()
            yield Source(
                path=path,
                name=path.relative_to(root).as_posix(),
                updated=updated,
                size=about.st_size,
                mtime_ns=about.st_mtime_ns,
                rows=listed.get(f"{partition.name}/{path.name}"),
            )


def _gone(root: Path, folders: list[Path]) -> Iterator[Path]:
    """Deletion logs beside the works, and the lists of merged works of snapshots before 2026."""
    for folder in folders:
        yield from (folder / name for name in _DELETED if (folder / name).is_file())
    above = {p for f in folders for p in (f.parent, f.parent.parent) if p.is_relative_to(root)}
    for place in sorted({root, root / "data", root / "legacy-data", *above}):
        if (place / _MERGED).is_dir():
            yield from sorted(p for p in (place / _MERGED).iterdir() if ".csv" in p.suffixes)
