"""How all drawings look: one width, one type size, colours that hold on white and on dark pages.

Specifications are plain values: a library that makes them takes 40 MB and as long as the drawing.
Nothing here is measured with the machine's fonts: equal charts give equal bytes everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any, TypeAlias

from pipeline.writers.formatting import metric
from spiders.registry import PROVIDERS

Spec: TypeAlias = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""What every specification is held against in the tests."""
WIDTH = 420
"""Of every drawing: at 330 px a letter of 13 is one of 10."""
TEXT = "#010203"
"""Stands for the text colour of the page, whatever it is."""
SIZE = 13
SMALL = 12

# Okabe and Ito's colours for the colour-blind, darkened to middle tones.
COLOURS = (
    "#1f7fc1",
    "#d55e00",
    "#009070",
    "#b8639a",
    "#a97800",
    "#7a7f87",
    "#8c6bb1",
    "#9a6a3a",
)
DASHES: tuple[tuple[int, ...], ...] = (
    (1, 0),
    (7, 3),
    (2, 3),
    (9, 3, 2, 3),
    (4, 4),
    (12, 4),
    (7, 2, 2, 2, 2, 2),
    (1, 4),
)
BARS, ACCENT = COLOURS[0], COLOURS[1]

_COUNTING = [row.title for row in PROVIDERS.values() if row.counts]


def look(title: str) -> int:
    """Which colour and dash a provider has, the same in every chart."""
    return _COUNTING.index(title) % len(COLOURS) if title in _COUNTING else len(COLOURS) - 1


def ticks(low: float, high: float, *, most: int = 5) -> list[int]:
    """Round whole numbers from below `low` to above `high`, about `most` of them."""
    span = max(high - low, 1)
    step = 10 ** max(0, floor(log10(span / most)))
    step = next(step * by for by in (1, 2, 5, 10) if span / (step * by) <= most)
    return list(range(floor(low / step) * step, ceil(high / step) * step + step, step))[
        : ceil(high / step) - floor(low / step) + 1
    ]


def whole(cell: Any) -> int:
    """A table's place that holds a count."""
    return int(cell)


def number(value: int, *, below: int = 10_000) -> str:
    """A count as it stands on a drawing: in full while it is short."""
    return f"{value:,}" if value < below else metric(value)


def _scale_words(values: Sequence[float]) -> dict[float, str]:
    """Ticks as they are told: shortened only where they stay apart."""
    told = {value: number(int(value)) for value in values}
    return told if len(set(told.values())) == len(told) else {v: f"{int(v):,}" for v in values}


def data(rows: Sequence[Mapping[str, Any]]) -> Spec:
    """Rows within the specification: nothing is ever loaded."""
    return {"values": [dict(row) for row in rows]}


def quantity(field: str, **more: Any) -> Spec:
    """A channel of numbers."""
    return {"field": field, "type": "quantitative", **more}


def ordinal(field: str, **more: Any) -> Spec:
    """A channel of places in an order."""
    return {"field": field, "type": "ordinal", **more}


def nominal(field: str, **more: Any) -> Spec:
    """A channel of names."""
    return {"field": field, "type": "nominal", **more}


def axis(values: Sequence[float], *, labels: Mapping[Any, str] | None = None) -> Spec:
    """An axis with exactly these ticks."""
    told = labels or _scale_words(values)
    return {
        "values": list(values),
        "labelExpr": f"({json.dumps({str(key): label for key, label in told.items()})})"
        "[datum.value]",
        "labelOverlap": False,
        "labelAngle": 0,
        "title": None,
    }


def text(rows: Sequence[Mapping[str, Any]], *, mark: Mapping[str, Any]) -> Spec:
    """Words at places: each row has `x`, `y` (in pixels) and `text`."""
    return {
        "data": data(rows),
        "mark": {"type": "text", **mark},
        "encoding": {
            "x": quantity("x", scale=None),
            "y": quantity("y", scale=None),
            "text": nominal("text"),
        },
    }


def dressed(
    drawing: Spec, *, height: int, padding: Mapping[str, int], meta: Mapping[str, str]
) -> Spec:
    """The specification of a drawing in the common style.

    Args:
        drawing: layers, or several plots side by side.
        height: of the whole.
        padding: `left` and `top` of the plot; what is right of it and below follows.
        meta: `name`, `title` and `summary` of the chart.
    """
    return {
        "$schema": SCHEMA,
        "description": f"{meta['title']}. {meta['summary']}",
        "usermeta": {"name": meta["name"], "width": WIDTH, "height": height},
        "autosize": "none",
        "background": "transparent",
        "padding": {"left": 0, "right": 0, "top": 0, "bottom": 0, **padding},
        **drawing,
        "config": _CONFIG,
    }


_CONFIG: Spec = {
    "font": "sans-serif",
    "axis": {
        "domain": False,
        "ticks": False,
        "labelColor": TEXT,
        "labelFontSize": SMALL,
        "labelPadding": 6,
        "labelLimit": 0,
        "gridColor": TEXT,
        "gridOpacity": 0.14,
    },
    "axisX": {"grid": False, "domain": True, "domainColor": TEXT, "domainOpacity": 0.5},
    "text": {"color": TEXT, "fontSize": SMALL, "limit": 0},
    "view": {"stroke": None},
}
