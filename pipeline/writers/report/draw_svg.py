"""Vega's SVG made fit to stand inside a page: only shapes and words are left of it.

Whatever is not on the lists below is dropped, so there is no script, style, link, reference or id,
and several drawings on one page cannot disturb each other. Colours of words and axes are the
page's own; opened by itself, a drawing is black on white.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from pipeline.writers.report.draw_style import TEXT

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif"
ELEMENTS = frozenset(["g", "path", "rect", "line", "text"])
ATTRIBUTES = frozenset(
    (
        *("d", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "transform"),
        *("fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray"),
        *("opacity", "text-anchor", "font-size", "font-weight"),
    )
)
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_IDLE = {
    ("opacity", "1"),
    ("transform", "translate(0,0)"),
    ("stroke-width", "1"),
    ("stroke-dasharray", "1,0"),
    ("x2", "0"),
    ("y2", "0"),
}
_LONG = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|none|transparent|currentColor")
_UNSEEN = frozenset(["none", "transparent"])


def cleaned(drawn: str, *, usermeta: Mapping[str, Any], label: str) -> str:
    """The SVG for a page.

    Args:
        drawn: what the renderer wrote.
        usermeta: `width` and `height` of the drawing.
        label: text alternative.
    """
    root = ET.fromstring(drawn)  # noqa: S314 - our own renderer wrote it
    inner = "".join(
        part for child in root if child.tag != f"{_NAMESPACE}rect" for part in _part(child)
    )
    box = f"0 0 {int(usermeta['width'])} {int(usermeta['height'])}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="100%" role="img" '
        f'aria-label={quoteattr(label)} fill="currentColor" font-family="{FONTS}" '
        f'overflow="visible">{inner}</svg>'
    )


def _part(element: ET.Element) -> Iterator[str]:
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in ELEMENTS or element.get("display") == "none":
        return
    kept = dict(_attributes(element))
    if name == "g":
        inner = "".join(part for child in element for part in _part(child))
        if inner:
            yield f"<g{_written(kept)}>{inner}</g>" if kept else inner
    elif name == "text":
        yield f"<text{_written(kept)}>{escape(''.join(element.itertext()))}</text>"
    elif _is_seen(element, name, kept):
        yield f"<{name}{_written(kept)}/>"


def _is_seen(element: ET.Element, name: str, kept: Mapping[str, str]) -> bool:
    if name == "path" and not kept.get("d"):
        return False
    if "background" in element.get("class", "").split():
        return any(kept.get(paint, "none") not in _UNSEEN for paint in ("fill", "stroke"))
    return True


def _attributes(element: ET.Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key not in ATTRIBUTES or (key, value) in _IDLE:
            continue
        if key in {"fill", "stroke"}:
            colour = "currentColor" if value == TEXT else value
            if _COLOUR.fullmatch(colour):
                yield key, colour
        else:
            yield key, _LONG.sub(_rounded, value).removesuffix("px")


def _rounded(found: re.Match[str]) -> str:
    return f"{round(float(found[0]), 2) + 0:g}"


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
