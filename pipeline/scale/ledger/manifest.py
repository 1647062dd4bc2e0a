"""The list of a ledger's runs and files: what it does not name does not exist.

It is replaced last, so a killed run was not. It carries its own digest, and stands there twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, HistoryDamaged

NAME = "ledger.json"
COPY = "ledger.copy.json"
"""The same once more, written first: read when the other cannot be."""
FORMAT = "scholar-metrics/ledger/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One table that was taken."""

    number: int
    """From 1."""
    as_of: date
    """Day that the table speaks of."""
    at: datetime
    """When it was taken."""
    source: str
    """Name of the file or folder."""
    rows: int
    authors: int
    citations: int
    """Sum of the known counts: a work of two authors counts twice."""
    unknown: int
    """Rows without a count."""
    new: int
    """Rows that the table before did not have."""
    changed: int
    """Rows with another count than in the table before."""
    gone: int
    """Rows of the table before that are there no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file, never written again."""

    size: int
    sha256: str
    rows: int
    first: int
    """Number of the first run in it."""
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything that a ledger holds."""

    buckets: int
    """Authors are cut into so many parts, once and for all."""
    runs: tuple[Run, ...]
    files: Mapping[str, File]
    """By path below the root."""

    @property
    def last(self) -> Run | None:
        """The last table; `None` before the first."""
        return self.runs[-1] if self.runs else None

    def text(self) -> str:
        """As it is stored."""
        body = {
            "format": FORMAT,
            "buckets": self.buckets,
            "runs": [
                {**asdict(run), "as_of": run.as_of.isoformat(), "at": run.at.isoformat()}
                for run in self.runs
            ],
            "files": {name: asdict(self.files[name]) for name in sorted(self.files)},
        }
        return json.dumps({**body, "sha256": _digest(body)}, indent=1) + "\n"


def load(root: Path) -> Manifest:
    """What a folder holds; nothing of one that is empty or not there.

    Raises:
        ConfigError: the folder is something else, or of another version.
        HistoryDamaged: neither copy of the list can be read.
    """
    texts = [_bytes(root / name) for name in (NAME, COPY)]
    if texts == [None, None]:
        if root.is_dir() and any(each.suffix != ".lock" for each in root.iterdir()):
            raise ConfigError(f"{root}: holds something else than a ledger; name another folder")
        return Manifest(buckets=0, runs=(), files={})
    for text in filter(None, texts):
        found = _parsed(text)
        if found is None:
            continue
        if found["format"] != FORMAT:
            raise ConfigError(f"{root / NAME}: of another version; update scholar-metrics")
        return _manifest(found)
    raise HistoryDamaged(
        f"{root / NAME}: damaged, and {COPY} too; take one of them from a backup: "
        "no other file was touched"
    )


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); mend that first") from error


def _parsed(text: bytes) -> dict[str, Any] | None:
    """The body of a list that is as it was written."""
    try:
        found = json.loads(text)
        digest = found.pop("sha256")
        return dict(found) if digest == _digest(found) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _manifest(body: Mapping[str, Any]) -> Manifest:
    runs = []
    for each in body["runs"]:
        days = {
            "as_of": date.fromisoformat(each["as_of"]),
            "at": datetime.fromisoformat(each["at"]),
        }
        runs.append(Run(**{**each, **days}))
    files = {name: File(**each) for name, each in body["files"].items()}
    return Manifest(buckets=int(body["buckets"]), runs=tuple(runs), files=files)


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
