"""What a chart is before anybody draws it: figures as a table, and the same in words.

Whoever cannot see the drawing, or has nothing to draw with, loses no figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.writers.formatting import clean, cut
from pipeline.writers.shown import COMBINED
from spiders.registry import PROVIDERS

Cell: TypeAlias = str | int | float | None
"""One place of a table; `None` is not known."""

YEARS, HISTORY, CORE, COVERAGE, MEMBERS = (
    "citations-per-year",
    "history",
    "h-core",
    "coverage",
    "members",
)
YES, NO = "yes", "no"

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart of a person or a group, and everything that its drawing needs."""

    name: str
    """Slug, one of the names above."""
    title: str
    """For people."""
    summary: str
    """One or two sentences with the figures that matter: the text alternative."""
    columns: tuple[str, ...]
    """Heads of the table."""
    rows: tuple[tuple[Cell, ...], ...]
    """The table that says the same as the drawing."""
    note: str | None
    """What to mind: whose figures, as of when, what is not over or not known."""


def title_of(provider: str) -> str:
    """A provider's name for people."""
    if provider == COMBINED:
        return "All providers combined"
    known = PROVIDERS.get(provider)
    return known.title if known else short(provider)


def short(text: str) -> str:
    """A stranger's name, fit to stand in a chart."""
    plain = clean(text)
    return plain if len(plain) <= _LONGEST_NAME else f"{cut(plain, _LONGEST_NAME - 1).rstrip()}…"


def several(count: int, one: str, many: str | None = None) -> str:
    """`1 paper`, `1,250 papers`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Iterable[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def sentences(*parts: str | None) -> str | None:
    """Those that there are, as one text."""
    return " ".join(part for part in parts if part) or None
