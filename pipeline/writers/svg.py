"""Each badge drawn, beside its endpoint file: for pages that ask no third party for a picture.

Both come from one value, so they never disagree. badgepy draws; what it leaves out of shields' own
drawing is put in afterwards: what a screen reader says, dark text on light colours, an empty label.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from typing import Any
from xml.etree import ElementTree as ET

from pipeline.model import Artifact, Snapshot
from pipeline.writers import Previous
from pipeline.writers.badges import badges
from pipeline.writers.colours import in_hex, is_light
from pipeline.writers.endpoint import Endpoint
from pipeline.writers.kept import kept
from pipeline.writers.logos import data_uri
from pipeline.writers.verdana import width

_DRAWING = 1
"""Raised when a badge is drawn otherwise, so that those that lie there are drawn again."""
_FONTS = "Verdana,Geneva,DejaVu Sans,sans-serif"
_LABEL_COLOUR = "#555"
_COLOUR = "#939393"
"""shields' light grey, of a badge that names no colour."""
_DARK, _DARK_SHADOW = "#333", "#ccc"
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:
    """A picture of every badge that has a file, in the configured style."""
    if not snapshot.looks.svg:
        return
    style = snapshot.looks.badge_style
    maker = [_DRAWING, version("badgepy"), style]
    drawn = cache(partial(draw, style=style))
    for place, badge in badges(snapshot):
        path = f"{place}.svg"
        data = kept(previous(path), [*maker, badge.document()], partial(drawn, badge))
        yield Artifact(path=path, data=data)


def draw(badge: Endpoint, *, style: str = "flat") -> str:
    """One badge as SVG, `flat` or `flat-square`, without anything that is loaded from elsewhere.

    An endpoint's own picture (`logo_svg`) is left out: no badge of ours has one.
    """
    import badgepy

    label, message = badge.label.strip(), badge.message.strip()
    colour = in_hex(badge.color or _COLOUR)
    left = in_hex(badge.label_color or (_LABEL_COLOUR if label else colour))
    tint = in_hex(badge.logo_color) if badge.logo_color else None
    logo = data_uri(badge.named_logo, colour=tint) if badge.named_logo else None
    text = f"{label}: {message}" if label else message
    key = repr((label, message, left, colour, logo, style))
    measurer: Any = _Verdana(has_logo=logo is not None)
    drawn = badgepy.badge(
        left_text=label,
        right_text=message,
        left_color=left,
        right_color=colour,
        logo=logo,
        measurer=measurer,
        whole_title=text,
        font_family=_FONTS,
        id_suffix=f"-{hashlib.sha256(key.encode()).hexdigest()[:12]}",
        style=style,
    )
    return _finished(drawn, text, colours=(left, colour), style=style)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdana:
    """Measures for badgepy, in tenths of a pixel."""

    has_logo: bool

    def text_width(self, text: str) -> int:
        """An empty label takes back the room that badgepy would paint for it."""
        if text:
            return width(text) * 10
        return -60 if self.has_logo else -100


def _finished(drawn: str, text: str, *, colours: tuple[str, str], style: str) -> str:
    """The drawing of badgepy as shields would have it, with `text` for who does not see it."""
    root = ET.fromstring(drawn)  # noqa: S314 - badgepy's own, no entities in it
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        plain = {k.removeprefix(f"{{{_XLINK}}}"): v for k, v in element.attrib.items()}
        element.attrib = {k: v.removesuffix(".0") for k, v in plain.items()}
    root.attrib = {"xmlns": _SVG, **root.attrib, "role": "img", "aria-label": text}
    areas, letters = root.findall("g")
    letters.set("text-rendering", "geometricPrecision")
    if style == "flat-square":
        areas.set("shape-rendering", "crispEdges")
    for number, one in enumerate(letters.findall("text")):
        _finish_text(one, colours[number // 2], is_alone=text == one.text)
        is_shadow = "fill-opacity" in one.attrib
        if not one.text or (is_shadow and style == "flat-square"):
            letters.remove(one)
    return ET.tostring(root, encoding="unicode")


def _finish_text(text: ET.Element, background: str, *, is_alone: bool) -> None:
    is_shadow = "fill-opacity" in text.attrib
    if is_shadow:
        text.set("aria-hidden", "true")
    if is_light(background):
        text.set("fill", _DARK_SHADOW if is_shadow else _DARK)
    if is_alone:  # badgepy leaves a pixel for the label's edge
        text.set("x", str(int(text.attrib["x"]) + 10))
