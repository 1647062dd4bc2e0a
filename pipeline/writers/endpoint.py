"""The strict model of shields' endpoint JSON: what it accepts renders, what it refuses would not.

shields rejects a badge with one unknown or mistyped key, and paints an unknown colour bright green
without a word; so both are refused here, before anything is published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pipeline.writers.formatting import clean, cut, month

FRESH = "#007ec6"
"""Colour of current figures: shields' blue, as hex, since palette names change their meaning."""
STALE = "#939393"
"""Colour of figures that are no longer current: shields' light grey."""
CACHE_SECONDS = 3600
"""Figures are a day's; shields' own floor is 300."""

TEXT_LIMIT = 255
_COLOURS = re.compile(
    "brightgreen|green|yellow|yellowgreen|orange|red|blue|gr[ae]y|lightgr[ae]y"
    "|critical|important|success|informational|inactive"
)
_HEX = re.compile(r"#?(?:[0-9a-fA-F]{3}){1,2}|#(?:[0-9a-fA-F]{4}){1,2}")
_SLUG = re.compile(r"[a-z0-9]+")
_STYLES = ("flat", "flat-square", "plastic", "for-the-badge", "social")
_LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One badge as shields reads it; a value that shields would refuse or misread raises."""

    label: str
    """Left side; "" leaves it out."""
    message: str
    """Right side, never empty."""
    color: str | None = None
    """Hex, or a palette name in lower case: shields paints what it does not know bright green."""
    label_color: str | None = None
    is_error: bool | None = None
    named_logo: str | None = None
    """Slug at simple-icons; not beside `logo_svg`."""
    logo_svg: str | None = None
    logo_color: str | None = None
    """Only beside `named_logo`."""
    logo_size: str | None = None
    """Only `auto`, only beside `named_logo`."""
    style: str | None = None
    cache_seconds: int | None = None
    """Seconds that a picture may be kept; shields takes 300 for less."""

    def __post_init__(self) -> None:
        for name in ("label", "message"):
            _check_text(name, getattr(self, name))
        if not self.message.strip():
            raise ValueError("a badge's message must not be empty")
        for name in ("color", "label_color", "logo_color"):
            _check_colour(name, getattr(self, name))
        self._check_logo()
        if self.is_error is not None and not isinstance(self.is_error, bool):
            raise ValueError("a badge's isError must be true or false")
        if self.style is not None and self.style not in _STYLES:
            raise ValueError(f"a badge's style must be one of {', '.join(_STYLES)}")
        seconds = self.cache_seconds
        if seconds is not None and (type(seconds) is not int or not 0 <= seconds <= _LARGEST):
            raise ValueError("a badge's cacheSeconds must be a whole number, 0 or more")

    def _check_logo(self) -> None:
        if self.named_logo is not None and self.logo_svg is not None:
            raise ValueError("a badge has namedLogo or logoSvg, not both")
        if self.named_logo is not None and not _is(self.named_logo, _SLUG):
            raise ValueError("a badge's namedLogo must be a simple-icons slug, e.g. googlescholar")
        if self.logo_svg is not None and not (isinstance(self.logo_svg, str) and self.logo_svg):
            raise ValueError("a badge's logoSvg must be the text of an SVG")
        if self.named_logo is None and (self.logo_color is not None or self.logo_size is not None):
            raise ValueError("a badge's logoColor and logoSize need a namedLogo")
        if self.logo_size not in (None, "auto"):
            raise ValueError("a badge's logoSize can only be auto")

    def document(self) -> dict[str, Any]:
        """Its JSON object: shields' keys only, in a stable order, absent ones left out."""
        said = ((_KEYS[f.name], getattr(self, f.name)) for f in fields(self))
        return {"schemaVersion": 1, **{key: value for key, value in said if value is not None}}

    def data(self) -> bytes:
        """Its file: one line of UTF-8 with a final newline."""
        return (json.dumps(self.document(), ensure_ascii=False) + "\n").encode()


_KEYS = {
    "label": "label",
    "message": "message",
    "color": "color",
    "label_color": "labelColor",
    "is_error": "isError",
    "named_logo": "namedLogo",
    "logo_svg": "logoSvg",
    "logo_color": "logoColor",
    "logo_size": "logoSize",
    "style": "style",
    "cache_seconds": "cacheSeconds",
}


def parse(document: object) -> Endpoint:
    """The badge of a JSON object; `ValueError` says what shields would not take."""
    if not isinstance(document, Mapping):
        raise ValueError("a badge must be a JSON object")  # noqa: TRY004 - one error for callers
    names = {key: name for name, key in _KEYS.items()}
    unknown = sorted(set(map(str, document)) - {"schemaVersion", *names})
    if unknown:
        raise ValueError(f"a badge has no key {', '.join(unknown)}")
    version = document.get("schemaVersion")
    if isinstance(version, bool) or version != 1:
        raise ValueError("a badge's schemaVersion must be 1")
    absent = [key for key in ("label", "message") if key not in document]
    if absent:
        raise ValueError(f"a badge needs {' and '.join(absent)}")
    null = sorted(key for key, value in document.items() if value is None)
    if null:
        raise ValueError(f"a badge's {', '.join(null)} must be left out, not null")
    return Endpoint(**{names[k]: v for k, v in document.items() if k != "schemaVersion"})


def badge(
    label: str,
    value: str,
    *,
    as_of: datetime,
    is_stale: bool,
    is_bound: bool = False,
    logo: str | None = None,
) -> Endpoint:
    """A figure as a badge: blue while current, grey with its month once it is not."""
    return Endpoint(
        label=cut(clean(label), TEXT_LIMIT),
        message=message(value, as_of=as_of, is_stale=is_stale, is_bound=is_bound),
        color=STALE if is_stale else FRESH,
        named_logo=logo,
        cache_seconds=CACHE_SECONDS,
    )


def message(value: str, *, as_of: datetime, is_stale: bool, is_bound: bool = False) -> str:
    """The right side: `551074`, `≥ 20` for a lower bound, `551074 (Mar 2026)` when stale."""
    bound = "≥ " if is_bound else ""
    age = f" ({month(as_of)})" if is_stale else ""
    return cut(clean(f"{bound}{value}{age}"), TEXT_LIMIT)


def _is(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ValueError(f"a badge's {name} must be text")  # noqa: TRY004 - one error for callers
    if value != cut(value, TEXT_LIMIT):
        raise ValueError(f"a badge's {name} must be at most {TEXT_LIMIT} UTF-16 units long")
    if value and value.strip() and clean(value) != value:
        raise ValueError(f"a badge's {name} must not hold control or direction characters")


def _check_colour(name: str, value: object) -> None:
    if value is None or _is(value, _HEX) or _is(value, _COLOURS):
        return
    raise ValueError(f"a badge's {_KEYS[name]} must be hex (#007ec6) or a palette name (blue)")
