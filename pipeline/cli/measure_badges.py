"""Badges of some authors of a measured snapshot: shields' endpoint JSON, a file a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pipeline.model import BADGE_METRICS, Artifact
from pipeline.scale.openalex import rows_of
from pipeline.writers.endpoint import badge
from pipeline.writers.formatting import metric
from pipeline.writers.save import save
from spiders.registry import PROVIDERS

FRESH = timedelta(days=120)
"""A quarterly release and a month; figures of an older snapshot are grey and tell their month."""
_PROVIDER = "openalex"
_UNKNOWN = "papers_unknown_citations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badged:
    """What was written."""

    authors: int
    """Who has badges now."""
    files: int
    """How many of them are new or changed."""
    missing: tuple[str, ...]
    """Ids that the snapshot has no work of."""

    def document(self) -> dict[str, Any]:
        """Its part of the document of `--json`."""
        return {
            "authors": self.authors,
            "files_written": self.files,
            "missing": list(self.missing),
        }


def write_badges(
    result: Path, authors: Sequence[int], *, root: Path, as_of: date, now: datetime
) -> Badged:
    """Badges of these authors below `root`, `badges/a5023888391/h_index.json` and so on.

    Raises:
        StorageError: the disk refuses; files that are there are whole.
    """
    moment = datetime.combine(as_of, time(), tzinfo=UTC)
    rows = list(rows_of(result, authors, columns=(*BADGE_METRICS, _UNKNOWN)))
    saved = save(_artifacts(rows, as_of=moment, is_stale=now - moment > FRESH), root)
    known = {row["author_id"] for row in rows}
    return Badged(
        authors=len(rows),
        files=len(saved.written),
        missing=tuple(f"A{author}" for author in authors if author not in known),
    )


def _artifacts(
    rows: list[dict[str, Any]], *, as_of: datetime, is_stale: bool
) -> Iterator[Artifact]:
    for row in rows:
        is_bound = bool(row.get(_UNKNOWN))
        for name, label in BADGE_METRICS.items():
            value = row.get(name)
            if value is None:
                continue
            bound = is_bound and name != "papers"
            made = badge(
                label,
                metric(int(value), is_bound=bound),
                as_of=as_of,
                is_stale=is_stale,
                is_bound=bound,
                logo=PROVIDERS[_PROVIDER].logo,
            )
            path = f"badges/a{row['author_id']}/{name}.json"
            yield Artifact(path=path, data=made.data())
