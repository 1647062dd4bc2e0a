"""Charts of a page: each with its table, and its drawing where one can be made.

A drawing that lies there already and was made of the same is taken as it is, so that a night
without news loads no drawing library. What would be more than a picture is left out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from pipeline.model import Artifact, AuthorSnapshot, Snapshot
from pipeline.writers import Previous
from pipeline.writers.formatting import json_page
from pipeline.writers.kept import kept
from pipeline.writers.report.renderer import CannotDraw, Renderer

FOLDER = "charts/"
"""Beside the pages."""
_ELEMENTS = frozenset(
    [
        *("circle", "clipPath", "defs", "desc", "ellipse", "g", "line", "metadata", "path"),
        *("polygon", "polyline", "rect", "style", "svg", "text", "title", "tspan"),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One chart of a page."""

    name: str
    title: str
    summary: str
    note: str | None
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    svg: str | None = None
    """The drawing, to be set into the page; `None` where it cannot be drawn."""
    files: tuple[Artifact, ...] = ()
    """The drawing and its Vega-Lite specification."""


def drawn(
    author: AuthorSnapshot,
    *,
    page: str,
    snapshot: Snapshot,
    previous: Previous,
    renderer: Renderer,
) -> tuple[Drawn, ...]:
    """The charts of an author or group.

    Args:
        author: Whose they are.
        page: Name of the page, which the files' names begin with.
        snapshot: What they are part of; it says whether drawings are wanted, tables always come.
        previous: Reads an earlier artifact.
        renderer: Draws what must be.
    """
    from pipeline.writers.report import charts

    found = []
    order, people = snapshot.provider_order, snapshot.authors
    for chart in charts.charts(author, order=order, people=people):
        path = f"report/{FOLDER}{page}.{chart.name}"
        files = _files(chart, path, previous, renderer) if snapshot.looks.charts else ()
        found.append(
            Drawn(
                name=chart.name,
                title=chart.title,
                summary=chart.summary,
                note=chart.note,
                columns=tuple(chart.columns),
                rows=tuple(tuple(row) for row in chart.rows),
                svg=_picture(files[0].data) if files else None,
                files=files,
            )
        )
    return tuple(found)


def _files(chart: Any, path: str, previous: Previous, renderer: Renderer) -> tuple[Artifact, ...]:
    from pipeline.writers.report import drawing

    made: list[dict[str, Any]] = []

    def make() -> str:
        if not drawing.is_available():
            raise CannotDraw
        made.append(drawing.spec(chart))
        return drawing.svg(made[0], renderer=renderer)

    earlier = previous(f"{path}.svg")
    try:
        svg = kept(earlier, {"chart": asdict(chart), "version": drawing.VERSION}, make)
        spec = None if made else previous(f"{path}.json")
        if spec is None:
            spec = json_page(made[0] if made else drawing.spec(chart))
    except CannotDraw:
        return ()
    return Artifact(path=f"{path}.svg", data=svg), Artifact(path=f"{path}.json", data=spec)


@cache
def _picture(data: bytes) -> str | None:
    """The SVG element alone, `None` when it holds anything beside shapes and texts."""
    from lxml import etree  # type: ignore[import-untyped] # it has no types

    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, safe)
    except etree.XMLSyntaxError:
        return None
    for element in root.iter():
        if not isinstance(element.tag, str):
            element.getparent().remove(element)
        elif etree.QName(element).localname not in _ELEMENTS or not _is_sound(element.attrib):
            return None
    return str(etree.tostring(root, encoding="unicode", with_tail=False))


def _is_sound(attributes: Any) -> bool:
    """Whether an element does nothing and points to nothing outside of the drawing."""
    for name, value in attributes.items():
        local = str(name).rpartition("}")[2].lower()
        plain = str(value).replace(" ", "").lower()
        if local.startswith("on") or (local == "href" and not plain.startswith("#")):
            return False
        if "url(" in plain.replace("url(#", "").replace('url("#', ""):
            return False
    return True
