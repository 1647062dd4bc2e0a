"""What is known: `gs_data.json`, the very file that a page reads.

A paper that is not in it has no number to show, and a span that names it would keep every later
span empty. So this file, and not the history, says what may be written into a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError

NAME = "gs_data.json"
_LARGEST = 64 * 2**20
_SAFE = re.compile(r"[A-Za-z0-9_:./()-]{3,200}")
_USER = re.compile(r"[A-Za-z0-9_-]{6,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One id of a paper that a page may name."""

    key: str
    title: str
    year: int | None
    cited_by_count: int
    provider: str | None
    as_of: str | None
    """When it was confirmed (ISO 8601); `None` where the file does not say."""

    @property
    def is_safe(self) -> bool:
        """Whether its id can stand in an attribute of a page."""
        return _SAFE.fullmatch(self.key) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What `gs_data.json` says."""

    path: Path
    scholar_id: str | None
    name: str | None
    cited_by_count: int | None
    provider: str | None
    updated: str | None
    is_stale: bool
    keys: frozenset[str]
    """Every id that is there."""
    entries: Mapping[str, Entry]
    """Ids with a whole number to show."""


def read(path: Path) -> Known:
    """Read a file of ours, or of the crawler of AcadHomepage.

    Raises:
        ConfigError: it cannot be read, or is something else.
    """
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_LARGEST).decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name another file") from None
    except (ValueError, RecursionError):
        document = None
    papers = document.get("publications") if isinstance(document, dict) else None
    if document is None or not isinstance(papers, dict):
        raise ConfigError(
            f"{path}: is no {NAME} (an object with `publications`): run `scholar-metrics refresh`"
        )
    return _known(path, document, papers)


def _known(path: Path, document: Mapping[str, Any], papers: Mapping[str, Any]) -> Known:
    user = _text(document.get("scholar_id"))
    provider, updated = _text(document.get("provider")), _text(document.get("updated"))
    if provider is None and document.get("source") == "AUTHOR_PROFILE_PAGE":
        provider = "google_scholar"
    found = (_entry(key, said, provider, updated) for key, said in papers.items())
    return Known(
        path=path,
        scholar_id=user if user and _USER.fullmatch(user) else None,
        name=_text(document.get("name")),
        cited_by_count=_count(document.get("citedby")),
        provider=provider,
        updated=updated,
        is_stale=document.get("is_stale") is True,
        keys=frozenset(papers),
        entries={one.key: one for one in found if one},
    )


def _entry(key: str, said: Any, provider: str | None, updated: str | None) -> Entry | None:
    if not isinstance(said, dict) or (count := _count(said.get("num_citations"))) is None:
        return None
    inner = said.get("bib")
    bib: dict[str, Any] = inner if isinstance(inner, dict) else said
    year = str(bib.get("pub_year", ""))
    return Entry(
        key=key,
        title=_text(bib.get("title")) or "",
        year=int(year) if re.fullmatch(r"[12]\d{3}", year, re.ASCII) else None,
        cited_by_count=count,
        provider=_text(said.get("provider")) or provider,
        as_of=_text(said.get("as_of")) or updated,
    )


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
