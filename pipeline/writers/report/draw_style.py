"""How all drawings look: one width, one type size, colours that hold on white and on dark pages.

Nothing here is measured with the machine's fonts: equal charts give equal bytes everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from pipeline.writers.formatting import metric
from spiders.registry import PROVIDERS

if TYPE_CHECKING:
    import altair as alt

_ROWS = "rows:"
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


def data(rows: Sequence[Mapping[str, Any]]) -> alt.NamedData:
    """Rows within the specification: nothing is ever loaded."""
    import altair as alt

    # Altair copies what is inside a chart at every step, and text it does not: see `dressed`.
    return alt.NamedData(name=_ROWS + json.dumps([dict(row) for row in rows]))


def axis(values: Sequence[float], *, labels: Mapping[Any, str] | None = None) -> alt.Axis:
    """An axis with exactly these ticks."""
    import altair as alt

    told = labels or _scale_words(values)
    return alt.Axis(
        values=list(values),
        labelExpr=f"({json.dumps({str(key): label for key, label in told.items()})})[datum.value]",
        labelOverlap=False,
        labelAngle=0,
        title=None,
    )


def text(rows: Sequence[Mapping[str, Any]], *, mark: Mapping[str, Any]) -> alt.Chart:
    """Words at places: each row has `x`, `y` (in pixels) and `text`."""
    import altair as alt

    placed: alt.Chart = alt.Chart(data(rows)).mark_text(**mark)
    return placed.encode(x=alt.X("x:Q", scale=None), y=alt.Y("y:Q", scale=None), text="text:N")


def dressed(
    drawing: Any, *, height: int, padding: Mapping[str, int], meta: Mapping[str, str]
) -> dict[str, Any]:
    """The specification of a drawing in the common style.

    Args:
        drawing: an Altair chart of any kind.
        height: of the whole.
        padding: `left` and `top` of the plot; what is right of it and below follows.
        meta: `name`, `title` and `summary` of the chart.
    """
    import altair as alt

    made = drawing.properties(
        autosize="none",
        background="transparent",
        padding={"left": 0, "right": 0, "top": 0, "bottom": 0, **padding},
        description=f"{meta['title']}. {meta['summary']}",
        usermeta={"name": meta["name"], "width": WIDTH, "height": height},
    ).configure(
        font="sans-serif",
        axis=alt.AxisConfig(
            domain=False,
            ticks=False,
            labelColor=TEXT,
            labelFontSize=SMALL,
            labelPadding=6,
            labelLimit=0,
            gridColor=TEXT,
            gridOpacity=0.14,
        ),
        axisX=alt.AxisConfig(grid=False, domain=True, domainColor=TEXT, domainOpacity=0.5),
        text=alt.MarkConfig(color=TEXT, fontSize=SMALL, limit=0),
        view=alt.ViewConfig(stroke=None),
    )
    found: dict[str, Any] = _filled(made.to_dict(validate=False))
    return found


def _filled(part: Any) -> Any:
    """A specification with rows in the place of their texts."""
    if isinstance(part, list):
        return [_filled(one) for one in part]
    if not isinstance(part, dict):
        return part
    name = part.get("name")
    if isinstance(name, str) and name.startswith(_ROWS):
        return {"values": json.loads(name.removeprefix(_ROWS))}
    return {key: _filled(value) for key, value in part.items()}
