"""The manifest of a snapshot: which files there must be, how large, with how many works.

OpenAlex writes it last, so a snapshot with a manifest whose files are all there is complete.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError

_NAMES = ("manifest.json", "manifest")
_AGAIN = "download it again, or remove the manifest to read the folder as it lies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of the manifest."""

    name: str
    """`updated_date=…/part_…`: the address without what stands before the partition."""
    content_length: int | None
    """Bytes; `None` when it does not say."""
    record_count: int | None
    """Works; `None` when it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a manifest lists."""

    path: Path
    date: date | None
    """Day of the release; manifests before 2026 have none."""
    entries: tuple[Entry, ...]

    @classmethod
    def beside(cls, folder: Path) -> Manifest | None:
        """The manifest of a folder of partitions; `None` when it has none.

        Raises:
            ConfigError: it is no manifest.
        """
        path = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
        if path is None:
            return None
        try:
            document = json.loads(path.read_bytes())
            listed = document["files"] if "files" in document else document["entries"]
            entries = tuple(_entry(item) for item in listed)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(
                f"{path}: not a manifest of OpenAlex ({type(error).__name__}: {error}); {_AGAIN}"
            ) from error
        day = None
        with contextlib.suppress(ValueError):
            day = date.fromisoformat(str(document.get("date"))[:10])
        return cls(path=path, date=day, entries=entries)

    def check(self, folder: Path) -> dict[str, int]:
        """Works by file of the folder; refuses a file that is missing or of another size.

        Raises:
            ConfigError: naming the first such file.
        """
        rows: dict[str, int] = {}
        for entry in self.entries:
            path = folder / entry.name
            if not path.is_file():
                raise ConfigError(f"{path}: {self.path.name} lists it, but it is missing; {_AGAIN}")
            size = path.stat().st_size
            if entry.content_length is not None and size != entry.content_length:
                raise ConfigError(
                    f"{path}: {size:,} bytes, {self.path.name} says {entry.content_length:,}; "
                    f"{_AGAIN}"
                )
            if entry.record_count is not None:
                rows[entry.name] = entry.record_count
        return rows


def _entry(item: Any) -> Entry:
    parts = str(item["url"]).split("/")
    name = "/".join(parts[-2:])
    if len(parts) < 2 or not parts[-2].startswith("updated_date=") or ".." in parts:  # noqa: PLR2004  partition and file
        raise ValueError(f"url {item['url']!r}")
    about = item.get("meta") or {}
    return Entry(
        name=name,
        content_length=_whole(about.get("content_length")),
        record_count=_whole(about.get("record_count")),
    )


def _whole(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"meta {value!r}")
    return value
