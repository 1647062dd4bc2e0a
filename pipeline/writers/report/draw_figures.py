"""Drawings of totals: bars a year, and step lines over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from pipeline.writers.formatting import month
from pipeline.writers.report.chart import YES, Chart
from pipeline.writers.report.draw_style import (
    BARS,
    COLOURS,
    DASHES,
    SIZE,
    SMALL,
    WIDTH,
    Spec,
    axis,
    data,
    dressed,
    look,
    nominal,
    number,
    ordinal,
    quantity,
    text,
    ticks,
    whole,
)

_MOST_YEARS = 60
_LABELLED = 12
"""Bars that have room for their number."""
_WIDEST = 58


def years(chart: Chart, meta: dict[str, str]) -> Spec:
    """A bar a year; the running one is an outline."""
    last = max(whole(row[0]) for row in chart.rows)
    known = [
        {"year": year, "citations": row[1], "label": number(whole(row[1])), "over": row[2]}
        for row in chart.rows
        if (year := whole(row[0])) > last - _MOST_YEARS
    ]
    shown = list(range(min(whole(row["year"]) for row in known), last + 1))
    has_labels = len(shown) <= _LABELLED
    tops = ticks(0, max(whole(row["citations"]) for row in known), most=4)
    left, height = (8 if has_labels else _LEFT), 170
    width = min(WIDTH - left - 8, _WIDEST * len(shown))
    every = next(step for step in (1, 2, 5, 10, 20) if len(shown) / step <= width / 38)
    named = [year for year in shown if (last - year) % every == 0]
    bands = {"domain": shown, "paddingInner": 0.22, "paddingOuter": 0.11}
    labels = {y: str(y) for y in named}
    outline = {"fillOpacity": 0.15, "stroke": BARS, "strokeWidth": 1.5, "strokeDash": [4, 3]}
    layers: list[Spec] = [
        {
            "transform": [{"filter": f"datum.over == '{YES}'"}],
            "mark": {"type": "bar", "color": BARS},
        },
        {
            "transform": [{"filter": f"datum.over != '{YES}'"}],
            "mark": {"type": "bar", "color": BARS, **outline},
        },
    ]
    if has_labels:
        mark = {"type": "text", "dy": -8, "fontSize": SMALL}
        layers.append({"mark": mark, "encoding": {"text": nominal("label")}})
    plot: Spec = {
        "data": data(known),
        "encoding": {
            "x": ordinal("year", scale=bands, axis=axis(named, labels=labels)),
            "y": quantity(
                "citations",
                scale={"domain": [0, tops[-1]]},
                axis=None if has_labels else axis(tops),
            ),
        },
        "layer": layers,
        "width": width,
        "height": height,
    }
    return dressed(plot, height=height + 46, padding={"left": left, "top": 20}, meta=meta)


class _Point(NamedTuple):
    provider: str
    date: str
    value: int | None


class _Panel(NamedTuple):
    title: str
    column: int
    height: int


_LEFT, _RIGHT, _ROW, _GAP = 46, 46, 20, 42
_NARROW = 4
"""Range of values below which a step would look like a leap."""
_PANELS = (_Panel("Citations", 2, 150), _Panel("h-index", 3, 110))


def history(chart: Chart, meta: dict[str, str]) -> Spec:
    """A step line a provider, in one panel for citations and one for the h-index."""
    names = list(dict.fromkeys(str(row[0]) for row in chart.rows))
    dates = sorted({str(row[1]) for row in chart.rows})
    panels = [p for p in _PANELS if any(row[p.column] is not None for row in chart.rows)]
    legend = _legend(names)
    drawn = [
        _panel(chart, panel, names=names, dates=dates, has_days=panel is panels[-1])
        for panel in panels
    ]
    high = _ROW * ((len(names) + 1) // 2)
    plot = {"vconcat": [legend, *drawn], "spacing": _GAP, "bounds": "flush"}
    height = high + sum(_GAP + p.height for p in panels) + 40
    return dressed(plot, height=height, padding={"left": _LEFT, "top": 12}, meta=meta)


def _legend(names: Sequence[str]) -> Spec:
    """Line samples with names, two a row."""
    rows: list[dict[str, Any]] = []
    for place, name in enumerate(names):
        x, y = (place % 2) * 180 - _LEFT + 8, (place // 2) * _ROW
        rows.append({"x": x, "x2": x + 30, "y": y, "provider": name, "text": name})
    samples = {
        "data": data(rows),
        "mark": {"type": "rule", "strokeWidth": 2.5},
        "encoding": {
            "x": quantity("x", scale=None),
            "x2": {"field": "x2"},
            "y": quantity("y", scale=None),
            **_looks(names),
        },
    }
    said = text(
        [{**row, "x": row["x"] + 38} for row in rows],
        mark={"align": "left", "baseline": "middle", "fontSize": SIZE},
    )
    width, height = WIDTH - _LEFT - _RIGHT, _ROW * ((len(names) + 1) // 2)
    return {"layer": [samples, said], "width": width, "height": height}


def _looks(names: Sequence[str]) -> Spec:
    """Channels of colour and dash by provider."""
    colours: Spec = {"domain": list(names), "range": [COLOURS[look(name)] for name in names]}
    dashes: Spec = {"domain": list(names), "range": [list(DASHES[look(name)]) for name in names]}
    return {
        "color": nominal("provider", scale=colours, legend=None),
        "strokeDash": nominal("provider", scale=dashes, legend=None),
    }


def _panel(
    chart: Chart, panel: _Panel, *, names: Sequence[str], dates: Sequence[str], has_days: bool
) -> Spec:
    points = list(_points(chart, panel.column))
    values = [p.value for p in points if p.value is not None]
    spare = 2 if max(values) - min(values) < _NARROW else 0
    tops = ticks(max(0, min(values) - spare), max(values) + spare, most=4)
    named = _date_ticks(date.fromisoformat(dates[0]), date.fromisoformat(dates[-1]))
    width = WIDTH - _LEFT - _RIGHT
    days = {"domain": [_moment(dates[0]), _moment(dates[-1])]}
    lines = {
        "data": data([{**p._asdict(), "at": _moment(p.date)} for p in points]),
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5},
        "encoding": {
            "x": quantity(
                "at", scale=days, axis=axis(list(named), labels=named) if has_days else None
            ),
            "y": quantity("value", scale={"domain": [tops[0], tops[-1]]}, axis=axis(tops)),
            **_looks(names),
        },
    }
    ends = _ends(points, low=tops[0], high=tops[-1], height=panel.height)
    said = text(
        [{**end, "x": width + 6} for end in ends],
        mark={"align": "left", "baseline": "middle", "fontWeight": "bold"},
    )
    head = text(
        [{"x": 8 - _LEFT, "y": -16, "text": panel.title}],
        mark={"align": "left", "fontSize": SIZE, "fontWeight": "bold"},
    )
    return {"layer": [lines, said, head], "width": width, "height": panel.height}


def _points(chart: Chart, column: int) -> Iterator[_Point]:
    """A line's corners; where a value ends unknown, it is held until that day."""
    for name, rows in groupby(chart.rows, key=lambda row: row[0]):
        held: int | None = None
        for row in rows:
            value = None if row[column] is None else whole(row[column])
            if value is None and held is not None:
                yield _Point(str(name), str(row[1]), held)
            held = value
            yield _Point(str(name), str(row[1]), value)


def _ends(points: Sequence[_Point], *, low: int, high: int, height: int) -> list[dict[str, Any]]:
    """The last value of each line beside its end, moved apart where two would touch."""
    last = {p.provider: p for p in points}
    found = [
        {
            "text": number(p.value, below=100_000),
            "y": height * (high - p.value) / (high - low),
        }
        for p in last.values()
        if p.value is not None
    ]
    found.sort(key=lambda end: float(str(end["y"])))
    for above, below in pairwise(found):
        below["y"] = max(float(str(below["y"])), float(str(above["y"])) + SIZE + 1)
    over = float(str(found[-1]["y"])) - height - 4 if found else 0
    for end in found:
        end["y"] = round(float(str(end["y"])) - max(0, over), 1)
    return found


def _moment(day: str) -> int:
    """A day as a number, the same in every time zone."""
    return date.fromisoformat(day).toordinal()


def _date_ticks(first: date, last: date) -> dict[int, str]:
    """About four days to name on the axis: first of years, of months, or plain days."""
    days = (last - first).days
    if days > 3 * 365:
        every = max(1, round((last.year - first.year) / 4))
        return {
            date(y, 1, 1).toordinal(): str(y) for y in range(first.year + 1, last.year + 1, every)
        }
    if days > 75:  # noqa: PLR2004 - three months have two firsts at least
        return _months(first, last)
    picked = sorted({first.toordinal() + round(days * part / 3) for part in range(4)})
    return {number: f"{_short(date.fromordinal(number))}" for number in picked}


def _months(first: date, last: date) -> dict[int, str]:
    count = (last.year - first.year) * 12 + last.month - first.month
    every = max(1, round(count / 4))
    found = {}
    for place in range(1, count + 1, every):
        year, index = divmod(first.year * 12 + first.month - 1 + place, 12)
        found[date(year, index + 1, 1).toordinal()] = month(
            datetime(year, index + 1, 1, tzinfo=UTC)
        )
    return found


def _short(day: date) -> str:
    name = month(datetime(day.year, day.month, 1, tzinfo=UTC)).split()[0]
    return f"{day.day} {name}"
