"""From extracts to buckets: the last version of each work, once for each of its authors.

Files are gone through from the newest, and a work counts where it is first met; deleted and
merged works are met before the first file. So no work is held in memory, only a bit of each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import ConfigError
from pipeline.scale.buckets import MOST_BUCKETS, Buckets, BucketWriter
from pipeline.scale.openalex.disk import durable, synced
from pipeline.scale.openalex.extract import FORM, Extract, read
from pipeline.scale.openalex.gone import gone
from pipeline.scale.openalex.layout import Layout
from pipeline.scale.openalex.progress import Progress
from pipeline.scale.openalex.seen import Seen
from pipeline.scale.openalex.works import Works

ROWS_A_BUCKET = 2_000_000
"""About what a bucket holds while there are fewer than the most: 300 MB when it is measured."""
_AUTHORS_A_WORK = 3.5
"""For the number of buckets only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What came together in the buckets."""

    works: int
    """Different works that are there today."""
    works_read: int
    """Rows of the data files: earlier versions, deleted and merged works among them."""
    works_without_authors: int
    authorships: int
    """Pairs of a work and an author."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """The buckets and what is in them."""

    buckets: Buckets
    counted: Counted
    is_kept: bool
    """They were there already, of the very same files."""


def partition(
    folder: Path,
    layout: Layout,
    extracts: Sequence[Extract],
    *,
    progress: Progress,
    buckets: int | None = None,
    keeps_works: bool = False,
) -> Partition:
    """The buckets of these extracts, which come newest first; made unless they are there.

    Args:
        buckets: how many; by the number of works when `None`.
        keeps_works: whether each row has the number of its work besides (`work_id`).

    Raises:
        ConfigError: a list of deleted works is damaged.
        StorageError: the disk refuses.
    """
    number = sum(extract.works for extract in extracts) * _AUTHORS_A_WORK / ROWS_A_BUCKET
    number = min(max(int(number), 4), MOST_BUCKETS)
    number = buckets or number
    made_of = _made_of(layout, extracts, number)
    if keeps_works:
        made_of["works"] = True
    place, note = folder / "buckets", folder / "counted.json"
    kept = _kept(place, note, made_of)
    if kept is not None:
        progress.say("the buckets of these files are there already")
        return kept
    note.unlink(missing_ok=True)
    seen = Seen(max((extract.most for extract in extracts), default=0))
    for path in layout.gone:
        for ids in gone(path):
            seen.add(ids)
    with BucketWriter(place, buckets=number, made_of=made_of) as writer:
        counted = _fill(writer, extracts, seen, progress=progress, keeps_works=keeps_works)
    with durable(note) as beside:
        beside.write_text(json.dumps({"made_of": made_of, "counted": asdict(counted)}))
    synced(folder)
    return Partition(buckets=Buckets.open(place), counted=counted, is_kept=False)


def _fill(
    writer: BucketWriter,
    extracts: Sequence[Extract],
    seen: Seen,
    *,
    progress: Progress,
    keeps_works: bool,
) -> Counted:
    works = rows = alone = pairs = 0
    total = sum(extract.works for extract in extracts)
    for extract in extracts:
        for batch in read(extract):
            is_new = seen.newest(batch.work)
            sizes = np.diff(batch.starts)
            rows += batch.rows
            works += int(is_new.sum())
            alone += int((is_new & (sizes == 0)).sum())
            pairs += _add(writer, batch, is_new, sizes, keeps_works=keeps_works)
            progress.count("partitioning", rows, total, unit="works")
    progress.done("partitioning", rows, unit="works")
    return Counted(works=works, works_read=rows, works_without_authors=alone, authorships=pairs)


def _add(writer: BucketWriter, batch: Works, is_new: Any, sizes: Any, *, keeps_works: bool) -> int:
    owners = np.repeat(np.arange(batch.rows), sizes)
    chosen = is_new[owners]
    owners = owners[chosen]
    if not len(owners):
        return 0
    authors = batch.authors[batch.starts[0] : batch.starts[-1]][chosen]
    year = batch.year[owners]
    counts = batch.citations[owners]
    works = {"work_id": (batch.work[owners], None)} if keeps_works else None
    unknown = batch.unknown[owners]
    writer.add(authors, counts, year, unknown=unknown, unknown_year=year == 0, others=works)
    return len(owners)


def _made_of(layout: Layout, extracts: Sequence[Extract], buckets: int) -> dict[str, Any]:
    """A name for exactly these files and lists; another name means other buckets."""
    files = [[e.source.name, e.source.size, e.source.mtime_ns] for e in extracts]
    lists = []
    for path in layout.gone:
        about = path.stat()
        lists.append([path.name, about.st_size, about.st_mtime_ns])
    text = json.dumps([FORM, files, lists])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"openalex_works": digest, "as_of": layout.as_of.isoformat(), "buckets": buckets}


def _kept(place: Path, note: Path, made_of: dict[str, Any]) -> Partition | None:
    """Buckets that are there, when they are whole and of these files."""
    try:
        said = json.loads(note.read_bytes())
        buckets = Buckets.open(place)
        if said["made_of"] != made_of or dict(buckets.made_of) != made_of:
            return None
        return Partition(buckets=buckets, counted=Counted(**said["counted"]), is_kept=True)
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return None
