"""Charts drawn: a Vega-Lite specification by Altair, and a static SVG of it by vl-convert.

Both are extras of the installation. Loading them costs half a second, so nothing here is imported
before something is to be drawn; ask `is_available` first.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from pipeline.writers.formatting import clean
from pipeline.writers.report.chart import CORE, COVERAGE, HISTORY, MEMBERS, YEARS, Chart

__all__ = ["VERSION", "is_available", "spec", "svg"]

VERSION = 1
"""Raised when drawings change, so that earlier ones are made again."""


def is_available() -> bool:
    """Whether charts can be drawn here; loads nothing."""
    return all(find_spec(name) is not None for name in ("altair", "vl_convert"))


def spec(chart: Chart) -> dict[str, Any]:
    """The Vega-Lite specification of a chart, its data inside.

    Raises:
        KeyError: there is no drawing of that name.
    """
    from altair.utils import schemapi

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
    with schemapi.debug_mode(arg=False):  # validation takes as long as all the rest: tests do it
        return draw(replace(chart, rows=rows, columns=tuple(map(clean, chart.columns))), meta)


def svg(spec: dict[str, Any]) -> str:
    """A drawing for the inside of a page, or a file of its own: one `svg` element.

    It is as wide as its place; words take the colour of the text around it, black by itself.

    Args:
        spec: what `spec` gave.
    """
    import vl_convert

    from pipeline.writers.report.draw_svg import cleaned

    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return cleaned(drawn, usermeta=spec["usermeta"], label=spec["description"])
