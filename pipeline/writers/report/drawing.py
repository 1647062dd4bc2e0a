"""Charts drawn: a Vega-Lite specification, and a static SVG of it by vl-convert.

vl-convert is an extra of the installation; ask `is_available` first.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from pipeline.writers.formatting import clean
from pipeline.writers.report.chart import CORE, COVERAGE, HISTORY, MEMBERS, YEARS, Chart
from pipeline.writers.report.renderer import Renderer

__all__ = ["VERSION", "is_available", "spec", "svg"]

VERSION = 1
"""Raised when drawings change, so that earlier ones are made again."""


def is_available() -> bool:
    """Whether charts can be drawn here; loads nothing."""
    return find_spec("vl_convert") is not None


def spec(chart: Chart) -> dict[str, Any]:
    """The Vega-Lite specification of a chart, its data inside.

    Raises:
        KeyError: there is no drawing of that name.
    """
    from pipeline.writers.report import draw_figures, draw_members, draw_papers

    draw = {
        YEARS: draw_figures.years,
        HISTORY: draw_figures.history,
        CORE: draw_papers.core,
        COVERAGE: draw_papers.coverage,
        MEMBERS: draw_members.members,
    }[chart.name]
    meta = {"name": chart.name, "title": clean(chart.title), "summary": clean(chart.summary)}
    # vl-convert measures words as XML, and aborts the whole process at a control character.
    rows = tuple(tuple(clean(c) if isinstance(c, str) else c for c in row) for row in chart.rows)
    return draw(replace(chart, rows=rows, columns=tuple(map(clean, chart.columns))), meta)


def svg(spec: dict[str, Any], *, renderer: Renderer) -> str:
    """A drawing for the inside of a page, or a file of its own: one `svg` element.

    It is as wide as its place; words take the colour of the text around it, black by itself.

    Args:
        spec: what `spec` gave.
        renderer: draws it.

    Raises:
        CannotDraw: the renderer could not.
    """
    from pipeline.writers.report.draw_svg import cleaned

    return cleaned(renderer.svg(spec), usermeta=spec["usermeta"], label=spec["description"])
