"""The files that pages are made with: templates, style and script, as they are shipped."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"


@cache
def digest() -> str:
    """What tells two makers of pages apart."""
    found = hashlib.sha256()
    for path in [*sorted(TEMPLATES.iterdir()), Path(__file__).with_name("page.py")]:
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


@cache
def text(name: str) -> str:
    """A style or script."""
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()
