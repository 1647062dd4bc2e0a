"""The site that a page is part of: what its layouts and includes have, the page need not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.homepage.page import consumers

_FRAMES = ("_layouts/*.html", "_includes/*.html")
_SCRIPT = ("show_paper_citations", "scholar-metrics.js")
_FURTHEST = 3
_LARGEST = 2 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a page's layouts and includes have."""

    has_total: bool = False
    has_badge: bool = False
    has_script: bool | None = None
    """Whether a script fills the spans; `None` when there is no layout to tell by."""


def look(page: Path) -> Site:
    """The site around a page: the nearest folder above it with layouts or includes."""
    folders = list(page.absolute().parents)[:_FURTHEST]
    frames = next((f for folder in folders if (f := _frames(folder))), [])
    found = [consumers(text) for text in frames]
    return Site(
        has_total=any(total is not None for total, _, _ in found),
        has_badge=any(badge for _, _, badge in found),
        has_script=fills(*frames) if frames else None,
    )


def fills(*texts: str) -> bool:
    """Whether a script that fills spans is part of a text."""
    return any(word in text for text in texts for word in _SCRIPT)


def _frames(folder: Path) -> list[str]:
    paths = [p for pattern in _FRAMES for p in sorted(folder.glob(pattern))]
    return [text for path in paths if (text := _text(path)) is not None]


def _text(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_bytes().decode("latin-1")
    except OSError:
        return None
