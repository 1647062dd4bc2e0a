"""How results are shown: one JSON document, or a table for people."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pipeline.model import Metrics, Number, Snapshot

JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
CONFIG_OPTION = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("scholar-metrics.toml"),
    show_default=True,
    help="The configuration file.",
)
HEADLINE = ("citations", "h_index", "i10_index", "papers")


def print_json(document: Any) -> None:
    """One JSON document on stdout, and nothing else."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def one_line(text: str) -> str:
    """Text from anywhere, safe for a terminal and a log: one line, no control or bidi marks."""
    folded = " ".join(text.split())
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))


def number(value: Number, *, at_least: bool = False) -> str:
    """A figure for people: grouped digits, `≥` for a lower bound, `–` for unknown."""
    if value is None:
        return "–"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
    return f"≥ {text}" if at_least else text


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, exact to the second."""
    return at.isoformat(timespec="seconds") if at else None


def figures(metrics: Metrics | None) -> dict[str, Number]:
    """The headline figures of one series; an unknown one is `None`."""
    values = metrics.values if metrics else {}
    return {name: values.get(name) for name in HEADLINE}


def figure_rows(snapshot: Snapshot) -> list[dict[str, Any]]:
    """One row an author and provider: its headline figures, age, and whether badges show it."""
    rows = []
    for one in snapshot.authors:
        for source in one.sources:
            stated = one.metrics_of(source.provider, "stated")
            resolved = one.metrics_of(source.provider, "resolved")
            rows.append(
                {
                    "author": one.author.key,
                    "provider": source.provider,
                    "is_shown": source.provider == one.shown,
                    "as_of": moment(source.as_of),
                    "is_stale": source.is_stale,
                    "stated": figures(stated),
                    "resolved": figures(resolved),
                    "lower_bounds": {
                        "stated": sorted(set(HEADLINE) & stated.lower_bounds) if stated else [],
                        "resolved": sorted(set(HEADLINE) & resolved.lower_bounds)
                        if resolved
                        else [],
                    },
                }
            )
    return rows


def table(title: str | None, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on stdout; figures are set right, text left, nothing is cut off."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        right = name.startswith(">")
        grid.add_column(name.removeprefix(">"), justify="right" if right else "left", no_wrap=right)
    for row in rows:
        grid.add_row(*(Text(one_line(cell)) for cell in row))
    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False).print(grid)
