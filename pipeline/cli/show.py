"""How results are shown: one JSON document, or a table for people."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import StorageError

if TYPE_CHECKING:
    from pipeline.history import History
    from pipeline.model import AuthorSnapshot, Metrics, Number, Snapshot

JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
CONFIG_OPTION = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("scholar-metrics.toml"),
    show_default=True,
    help="The configuration file.",
)
_LONGEST = 2000
"""Characters of one text on a terminal."""
HEADLINE = ("citations", "h_index", "i10_index", "papers")
COMBINED = "combined"


def print_json(document: Any) -> None:
    """One JSON document on stdout, and nothing else."""
    click.echo(as_json(document, indent=2))


def as_json(document: Any, *, indent: int | None = None) -> str:
    """JSON that a terminal and a CI job take for text: what is not shown is escaped, not lost."""
    text = json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False)
    if not text.isascii() or "\x7f" in text:
        text = "".join(c if c == "\n" or _is_shown(c) else json.dumps(c)[1:-1] for c in text)
    return text.replace("\x7f", r"\u007f").replace("##[", r"#\u0023[")


def one_line(text: str) -> str:
    """Text from anywhere, safe for a terminal and a log: one line, no control or bidi marks.

    It begins no command of a CI job: GitHub's runner reads `::` at the start of a line, and the
    older `##[` anywhere in it.
    """
    folded = " ".join(text.split())
    plain = "".join(filter(_is_shown, folded)).strip().replace("##[", "## [")
    short = plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
    return f"| {short}" if short.startswith("::") else short


def _is_shown(character: str) -> bool:
    # Unicode keeps U+E0000 to U+E0FFF for what is not shown, assigned or not.
    is_ignored = "\U000e0000" <= character <= "\U000e0fff"
    return not is_ignored and unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs")


def tell_damage(history: History) -> int:
    """Names on stderr what was found damaged while reading; the exit code that it asks for."""
    for problem in history.problems:
        click.echo(one_line(f"history: {problem.path}: {problem.what}"), err=True)
    return StorageError.exit_code if history.problems else 0


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
                    "is_shown": source.provider == one.shown and one.figures != COMBINED,
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
        if one.figures == COMBINED:
            rows += _combined_row(one)
    return rows


def _combined_row(one: AuthorSnapshot) -> list[dict[str, Any]]:
    """What badges show where they show all providers as one."""
    from pipeline.writers.shown import shown

    by = shown(one)
    if by is None or by.provider != COMBINED:
        return []
    return [
        {
            "author": one.author.key,
            "provider": COMBINED,
            "is_shown": True,
            "as_of": moment(by.as_of),
            "is_stale": by.is_stale,
            "rule": by.rule,
            "stated": figures(None),
            "resolved": figures(None),
            COMBINED: figures(by.metrics),
            "lower_bounds": {
                "stated": [],
                "resolved": [],
                COMBINED: sorted(set(HEADLINE) & by.metrics.lower_bounds),
            },
        }
    ]


def table(title: str | None, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Aligned lines on stdout: figures (`>` before the column's name) right, text left.

    Nothing is wrapped or cut off, so that lines can be searched; a table library would cost a
    glance more time than everything else in it.
    """
    right = [name.startswith(">") for name in columns]
    lines = [[name.removeprefix(">") for name in columns]]
    lines += [[one_line(cell) for cell in row] for row in rows]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(columns))]
    if title:
        click.echo(one_line(title))
    for line in lines:
        cells = []
        for cell, width, is_right in zip(line, widths, right, strict=True):
            gap = " " * (width - _width(cell))
            cells.append(gap + cell if is_right else cell + gap)
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns that a text takes on a terminal: wide characters take two, marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
