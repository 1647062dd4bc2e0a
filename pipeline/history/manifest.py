"""The list of all files with their SHA-256: what it does not name does not exist.

It is replaced last, so it is the moment at which a commit takes place. It carries a checksum of
itself, and that checksum is made the same way in every version of the format.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pipeline.errors import StorageError
from pipeline.history.encode import moment

SCHEMA = 1
"""Version of the layout; a higher one is refused, never guessed at."""

NAME = "manifest.json"
COPY = "manifest.copy.json"
"""The same text once more: read when the first cannot be."""

AUTHORS = "state/authors.parquet"
RECORDS = "state/records.parquet"
SUMMARY = "state/summary.json"
PREVIOUS = {
    AUTHORS: "state/previous/authors.parquet",
    RECORDS: "state/previous/records.parquet",
}
"""Where the generation before the last one of each state file is kept."""

DATA = re.compile(
    r"(?P<kind>changes|runs)/(?:year=(?P<year>\d{4})/month=(?P<month>\d{2})/)?"
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.parquet"
)
"""Paths of the files that are never rewritten."""


class Unreadable(ValueError):
    """No manifest, or one that fails its own checksum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file."""

    sha256: str
    size: int
    rows: int
    first: int
    """Number of the first run in it."""
    last: int
    """Number of the last run in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything that is stored."""

    sequence: int = 0
    """Number of the last run; 0 before the first."""
    last_at: datetime | None = None
    """Moment of the last run, as its clock had it."""
    files: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    """Path below the root to what is known of the file."""
    sha256: str = ""
    """Of the text that it was read from."""

    def of(self, kind: str) -> list[str]:
        """Paths of one kind (`changes` or `runs`), in the order of runs."""
        paths = (p for p in self.files if p.startswith(kind + "/"))
        return sorted(paths, key=lambda p: (self.files[p].first, p))


def is_ours(path: str) -> bool:
    """Whether a manifest may name this path."""
    state = (AUTHORS, RECORDS, SUMMARY, *PREVIOUS.values())
    return path in state or DATA.fullmatch(path) is not None


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def dump(manifest: Manifest) -> bytes:
    """JSON with one line a file."""
    head = {
        "schema": SCHEMA,
        "sequence": manifest.sequence,
        "last_at": manifest.last_at.isoformat() if manifest.last_at else None,
    }
    files = {path: asdict(entry) for path, entry in sorted(manifest.files.items())}
    rows = ",\n".join(f"  {json.dumps(p)}: {json.dumps(e)}" for p, e in files.items())
    lines = [
        *(f'"{key}": {json.dumps(value)}' for key, value in head.items()),
        f'"files": {{\n{rows}\n}}',
        f'"sha256": "{_checksum(head | {"files": files})}"',
    ]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def load(data: bytes) -> Manifest:
    """The manifest that `dump` was given.

    Raises:
        Unreadable: it is damaged.
        StorageError: it is sound, and of a later version of the layout.
    """
    try:
        body = json.loads(data)
        claimed = body.pop("sha256")
        if claimed != _checksum(body):
            raise Unreadable("its checksum differs")
        if body["schema"] > SCHEMA:
            raise StorageError(
                f"the history was written by a newer version (layout {body['schema']}, this one "
                f"reads {SCHEMA}): update scholar-metrics"
            )
        files = {path: _entry(path, entry) for path, entry in body["files"].items()}
        return Manifest(
            sequence=int(body["sequence"]),
            last_at=moment(body["last_at"]),
            files=MappingProxyType(files),
            sha256=digest(data),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Unreadable(str(error) or "it is no manifest") from error


def peek(data: bytes | None, *, known: Manifest | None = None) -> Manifest | None:
    """The manifest, or `None` where there is none that can be read.

    Args:
        data: its text.
        known: one that need not be read again where this is its text.
    """
    if data is not None and known is not None and digest(data) == known.sha256:
        return known
    try:
        return None if data is None else load(data)
    except (Unreadable, StorageError):
        return None


def _entry(path: str, values: Mapping[str, Any]) -> Entry:
    if not is_ours(path):
        raise Unreadable(f"it names {path!r}, which is no path of a history")
    return Entry(**{name: values[name] for name in Entry.__slots__})


def _checksum(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return digest(text.encode())
