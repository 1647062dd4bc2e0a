"""Drawing of a group's members: two bars beside each name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from pipeline.writers.report.chart import Chart
from pipeline.writers.report.draw_style import (
    BARS,
    COLOURS,
    SIZE,
    Spec,
    data,
    dressed,
    number,
    ordinal,
    quantity,
    text,
)

MOST = 30
"""Members that are drawn; the table tells the others."""
_ROW, _NAMES, _LABEL = 22, 160, 52
_ROOM = 21
"""Letters of a name that fit; wide ones take the room of two."""


class _Column(NamedTuple):
    title: str
    cell: int
    width: int
    colour: str


_COLUMNS = (_Column("Citations", 1, 84, BARS), _Column("h-index", 2, 64, COLOURS[2]))


def members(chart: Chart, meta: dict[str, str]) -> Spec:
    """Citations and h-index of each member, most cited first."""
    rows = chart.rows[:MOST]
    plot = {
        "hconcat": [
            _bars(rows, column, has_names=place == 0) for place, column in enumerate(_COLUMNS)
        ],
        "spacing": _LABEL,
        "bounds": "flush",
    }
    height = _ROW * len(rows) + 36
    return dressed(plot, height=height, padding={"left": _NAMES, "top": 28}, meta=meta)


def _bars(rows: Sequence[tuple[Any, ...]], column: _Column, *, has_names: bool) -> Spec:
    known = [
        (place, int(row[column.cell]))
        for place, row in enumerate(rows)
        if row[column.cell] is not None
    ]
    most = max((value for _, value in known), default=1) or 1
    found = [{"place": place, "value": value} for place, value in known]
    band = {"domain": list(range(len(rows))), "paddingInner": 0.35, "paddingOuter": 0.17}
    bars = {
        "data": data(found),
        "mark": {"type": "bar", "color": column.colour},
        "encoding": {
            "x": quantity("value", scale={"domain": [0, most]}, axis=None),
            "y": ordinal("place", scale=band, axis=None),
        },
    }
    counts = dict(known)
    said = [
        {
            "x": round(column.width * counts.get(place, 0) / most, 1) + 6,
            "y": (place + 0.5) * _ROW,
            "text": number(counts[place]) if place in counts else "–",
        }
        for place in range(len(rows))
    ]
    layers = [
        bars,
        text(said, mark={"align": "left", "baseline": "middle"}),
        text(
            [{"x": 0, "y": -10, "text": column.title}],
            mark={"align": "left", "fontSize": SIZE, "fontWeight": "bold"},
        ),
    ]
    if has_names:
        names = [
            {"x": -8, "y": (place + 0.5) * _ROW, "text": _fitting(str(row[0]))}
            for place, row in enumerate(rows)
        ]
        layers.append(text(names, mark={"align": "right", "baseline": "middle", "fontSize": SIZE}))
    return {"layer": layers, "width": column.width, "height": _ROW * len(rows)}


def _fitting(name: str) -> str:
    room = _ROOM
    for place, letter in enumerate(name):
        room -= 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if room < 0:
            return f"{name[: max(1, place - 1)].rstrip()}…"
    return name
