"""Drawings of papers: the h-core as a square under the curve, and sets of providers as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.writers.formatting import metric
from pipeline.writers.report.chart import YES, Chart
from pipeline.writers.report.draw_style import (
    ACCENT,
    BARS,
    SIZE,
    SMALL,
    TEXT,
    WIDTH,
    Spec,
    axis,
    data,
    dressed,
    nominal,
    number,
    ordinal,
    quantity,
    text,
    ticks,
    whole,
)

_LEFT, _RIGHT, _HEIGHT = 46, 12, 250
_VISIBLE = 0.75
"""Pixels."""
_FRAME = 2.4
"""How many h the plot is high: enough to see the curve come down to the square."""


def core(chart: Chart, meta: dict[str, str]) -> Spec:
    """Counts by rank as steps, the line y = x and the square of h by h, in equal units."""
    runs = [(whole(a), whole(b), whole(c)) for a, b, c in chart.rows]
    h_index = max(min(last, count) for _, last, count in runs)
    tops = ticks(0, max(4, _FRAME * h_index), most=5)
    frame, width = tops[-1], WIDTH - _LEFT - _RIGHT
    wide = frame * width / _HEIGHT
    spot = {
        "x": quantity(
            "x",
            scale={"domain": [0, wide], "nice": False},
            axis=axis([t for t in ticks(0, wide, most=6) if t <= wide]),
        ),
        "y": quantity("y", scale={"domain": [0, frame], "nice": False}, axis=axis(tops)),
    }
    steps = _steps(_seen(runs, unit=_HEIGHT / frame), frame=frame, wide=wide)
    layers = [*_shapes(steps, spot, h_index, frame), *_core_words(runs, h_index, frame=frame)]
    plot: Spec = {"layer": layers, "width": width, "height": _HEIGHT}
    return dressed(plot, height=_HEIGHT + 78, padding={"left": _LEFT, "top": 30}, meta=meta)


def _shapes(steps: Sequence[Spec], spot: Spec, h_index: int, frame: float) -> list[Spec]:
    """Area under the curve, square, diagonal and curve, each over those before it."""
    dots = {"strokeWidth": 1.2, "strokeDash": [2, 4], "opacity": 0.75}
    fill = {"fillOpacity": 0.2, "stroke": ACCENT, "strokeWidth": 2}
    return [
        {
            "data": data(steps),
            "mark": {"type": "area", "color": BARS, "opacity": 0.16},
            "encoding": {**spot, "y": {**spot["y"], "stack": None}, "y2": {"datum": 0}},
        },
        {
            "data": data([{"x": 0, "y": 0, "x2": h_index, "y2": h_index}]),
            "mark": {"type": "rect", "color": ACCENT, **fill},
            "encoding": {**spot, "x2": {"field": "x2"}, "y2": {"field": "y2"}},
        },
        {
            "data": data([{"x": h_index, "y": h_index}, {"x": frame, "y": frame}]),
            "mark": {"type": "line", "color": TEXT, **dots},
            "encoding": spot,
        },
        {
            "data": data([step for step in steps if step["line"]]),
            "mark": {"type": "line", "color": BARS, "strokeWidth": 2.5},
            "encoding": {**spot, "order": quantity("order")},
        },
    ]


def _seen(runs: Sequence[tuple[int, int, int]], *, unit: float) -> list[tuple[int, int, int]]:
    """The runs with those joined that no eye could tell apart.

    Args:
        runs: First rank, last rank and count of papers that are cited alike.
        unit: Pixels of one paper and of one citation.
    """
    found: list[tuple[int, int, int]] = []
    for first, last, count in runs:
        left, _, high = found[-1] if found else (first, last, count)
        if found and max(last - left + 1, high - count) * unit < _VISIBLE:
            found[-1] = left, last, high
        else:
            found.append((first, last, count))
    return found


def _steps(runs: Sequence[tuple[int, int, int]], *, frame: float, wide: float) -> list[Spec]:
    """Corners of the curve inside the frame; what is above it is drawn as area alone."""
    corners: list[Spec] = []
    before: float | None = None
    for first, last, count in runs:
        if first - 1 >= wide:
            break
        left, right, high = first - 1, min(last, wide), min(count, frame)
        if before is not None and before > frame >= count:
            corners.append({"x": left, "y": frame, "line": True})
        corners += [{"x": x, "y": high, "line": count <= frame} for x in (left, right)]
        before = count
    return [{**corner, "order": place} for place, corner in enumerate(corners)]


def _core_words(runs: Sequence[tuple[int, int, int]], h_index: int, *, frame: float) -> list[Spec]:
    side = h_index * _HEIGHT / frame
    most = runs[0][2]
    beyond = f" (the first paper has {number(most)})" if most > frame else ""
    head = {"fontWeight": "bold", "fontSize": SIZE}
    return [
        text(
            [{"x": side / 2, "y": _HEIGHT - side / 2, "text": f"h = {h_index}"}],
            mark={"fontSize": 17, "fontWeight": "bold", "baseline": "middle"},
        ),
        text(
            [{"x": 8 - _LEFT, "y": -14, "text": f"Citations{beyond}"}],
            mark={"align": "left", **head},
        ),
        text(
            [{"x": WIDTH - _LEFT - _RIGHT, "y": _HEIGHT + 38, "text": "Papers, most cited first"}],
            mark={"align": "right", **head},
        ),
        text(
            [{"x": _HEIGHT + 6, "y": 12, "text": "citations = rank"}],
            mark={"align": "left", "fontSize": SMALL},
        ),
    ]


_NAMES, _BARS, _ROW = 172, 130, 24


def coverage(chart: Chart, meta: dict[str, str]) -> Spec:
    """A bar a set of providers, and below it the dots that say which providers these are."""
    names = [str(name) for name in chart.columns[1:-1]]
    *sets, totals = chart.rows
    step = min(40.0, (WIDTH - _NAMES - 8) / len(sets))
    width, height = round(step * len(sets), 2), _ROW * len(names)
    bars = [
        {
            "set": place,
            "papers": row[-1],
            "label": metric(whole(row[-1])),
            "known": row[1] is not None,
        }
        for place, row in enumerate(sets)
    ]
    spots = [
        {"set": place, "provider": order, "on": cell == YES}
        for place, row in enumerate(sets)
        for order, cell in enumerate(row[1:-1])
        if cell is not None
    ]
    scale = {"domain": list(range(len(sets))), "paddingInner": 0.3, "paddingOuter": 0.15}
    side = ordinal("set", scale=scale, axis=None)
    top = _set_bars(bars, side=side, most=max(whole(row[-1]) for row in sets))
    below = _matrix(
        spots,
        names=names,
        totals=[whole(n) for n in totals[1:-1]],
        side=side,
        rest=len(sets) if sets[-1][1] is None else None,
        step=step,
    )
    plot = {
        "vconcat": [
            {"layer": top, "width": width, "height": _BARS},
            {"layer": below, "width": width, "height": height},
        ],
        "spacing": 14,
        "bounds": "flush",
    }
    return dressed(
        plot,
        height=_BARS + height + 14 + 22 + 12,
        padding={"left": _NAMES, "top": 22},
        meta=meta,
    )


def _set_bars(bars: Sequence[Spec], *, side: Spec, most: int) -> list[Spec]:
    """A bar a set with its count; all other sets together are an outline."""
    known = {
        "data": data(bars),
        "encoding": {"x": side, "y": quantity("papers", scale={"domain": [0, most]}, axis=None)},
    }
    outline = {"fillOpacity": 0.15, "stroke": BARS, "strokeWidth": 1.5}
    return [
        {
            **known,
            "transform": [{"filter": "datum.known"}],
            "mark": {"type": "bar", "color": BARS},
        },
        {
            **known,
            "transform": [{"filter": "!datum.known"}],
            "mark": {"type": "bar", "color": BARS, **outline},
        },
        {
            **known,
            "mark": {"type": "text", "dy": -8},
            "encoding": {**known["encoding"], "text": nominal("label")},
        },
        text(
            [{"x": 8 - _NAMES, "y": -4, "text": "Papers"}],
            mark={"align": "left", "fontWeight": "bold", "fontSize": SIZE},
        ),
    ]


def _matrix(
    spots: Sequence[dict[str, Any]],
    *,
    names: Sequence[str],
    totals: Sequence[int],
    side: Spec,
    rest: int | None,
    step: float,
) -> list[Spec]:
    band = {"domain": list(range(len(names))), "padding": 0}
    dots: Spec = {
        "data": data(spots),
        "encoding": {"x": side, "y": ordinal("provider", scale=band, axis=None)},
    }
    off = {
        **dots,
        "transform": [{"filter": "!datum.on"}],
        "mark": {"type": "circle", "color": TEXT, "size": 50, "opacity": 0.2},
    }
    on = {
        **dots,
        "transform": [{"filter": "datum.on"}],
        "mark": {"type": "circle", "color": TEXT, "size": 90, "opacity": 1},
    }
    held: dict[int, list[int]] = {}
    for spot in spots:
        if spot["on"]:
            held.setdefault(spot["set"], []).append(spot["provider"])
    links = [{"set": place, "y": min(own), "y2": max(own)} for place, own in held.items()]
    join = {
        "data": data(links),
        "mark": {"type": "rule", "color": TEXT, "strokeWidth": 2.5},
        "encoding": {
            "x": side,
            "y": ordinal("y", scale=band, axis=None),
            "y2": {"field": "y2"},
        },
    }
    rows = [(place + 0.5) * _ROW for place in range(len(names))]
    said = text(
        [{"x": 8 - _NAMES, "y": y, "text": name} for y, name in zip(rows, names, strict=True)],
        mark={"align": "left", "baseline": "middle", "fontSize": SIZE},
    )
    counts = text(
        [{"x": -10, "y": y, "text": number(n)} for y, n in zip(rows, totals, strict=True)],
        mark={"align": "right", "baseline": "middle", "fontSize": SIZE, "fontWeight": "bold"},
    )
    layers: list[Spec] = [off, join, on, said, counts]
    if rest is not None:
        spot = {
            "x": (rest - 0.5) * step,
            "y": rows[len(rows) // 2] - (0 if len(rows) % 2 else _ROW / 2),
            "text": "the rest",
        }
        layers.append(text([spot], mark={"baseline": "middle", "fontSize": SMALL, "angle": 270}))
    return layers
