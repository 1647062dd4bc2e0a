"""A list of papers as columns: what every file format is read into, and how it is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from pipeline.errors import ConfigError
from pipeline.metrics import CORE, measure_arrays, measure_core, measure_list, to_frame

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Which: TypeAlias = Literal["core", "all"]

REQUIRED = "cited_by_count"
COLUMNS = (REQUIRED, "year", "authors_count", "self_citations", "recent_citations")
"""Columns of numbers that are read; others are ignored, `author_id` and `title` but for theirs."""
LEAST = {"year": 1, "authors_count": 1}
MOST = {"year": 9999}
MOST_COUNT = 10**15 - 1
EVERYBODY = "all"
"""Author of a file that names none."""

_LISTS = {"year": "years", "authors_count": "authors_counts"}
"""Arguments of `measure_list` that have another name than their column."""
_USUAL = {"citations": REQUIRED, "cites": REQUIRED, "citedby": REQUIRED, "cited_by": REQUIRED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Columns of one length; NaN stands for unknown."""

    authors: NDArray[Any]
    """Ids of the authors in rising order."""
    codes: NDArray[np.int64]
    """Index of each paper's author."""
    columns: Mapping[str, NDArray[Any]]
    """Numbers by column name; `cited_by_count` is always there."""

    def measure(self, *, now_year: int, metrics: Which) -> pd.DataFrame:
        """One row an author; the one author of an empty list has no papers."""
        given: dict[str, Any] = {n: v for n, v in self.columns.items() if n != REQUIRED}
        citations = self.columns[REQUIRED]
        if not len(citations) and len(self.authors):
            empty: dict[str, Any] = {_LISTS.get(n, n): [] for n in given}
            one = measure_list([], **empty, now_year=now_year)
            found = {n: np.array([np.nan if v is None else v]) for n, v in one.items()}
        elif metrics == "core":
            year = given.get("year")
            found = dict(measure_core(self.codes, citations, year=year, now_year=now_year))
        else:
            found = dict(measure_arrays(self.codes, citations, **given, now_year=now_year))
        owners = found.pop("author_id", np.arange(len(self.authors)))
        wanted = {n: v for n, v in found.items() if metrics == "all" or n in CORE}
        return to_frame(self.authors[owners], wanted)


def of_everybody(columns: Mapping[str, NDArray[Any]]) -> Papers:
    """Papers of a file without authors: they are one list."""
    rows = len(columns[REQUIRED])
    names = np.array([EVERYBODY], dtype=object)
    return Papers(authors=names, codes=np.zeros(rows, dtype=np.int64), columns=columns)


def wanted(column: str) -> str:
    """What a column may hold, for a message."""
    least, most = LEAST.get(column, 0), MOST.get(column)
    limit = f"from {least} to {most}" if most else f"{least} or more"
    return f"give a whole number, {limit}, or leave it empty when it is not known"


def fault(place: str, column: str, value: object, remedy: str | None = None) -> ConfigError:
    """The error of one wrong value.

    Args:
        place: file and line (or row).
    """
    shown = shorten(str(value))
    return ConfigError(f"{place}, column {column}: {shown!r}; {remedy or wanted(column)}")


def shorten(text: str, *, most: int = 40) -> str:
    """Text of at most so many characters, for a message."""
    return text if len(text) <= most else text[: most - 3] + "..."


def check_header(place: str, names: list[str]) -> None:
    """Refuse a header with a name twice or without the required column."""
    for name in names:
        if name and names.count(name) > 1:
            raise ConfigError(f"{place}: column {name!r} stands twice; keep one of them")
    if REQUIRED in names:
        return
    near = [n for n in names if _USUAL.get(n.lower()) or n.strip().lower() == REQUIRED]
    near = near or get_close_matches(REQUIRED, names, n=1)
    only = names[0] if len(names) == 1 else ""
    separator = next((s for s in (";", "\t", "|") if s in only), None)
    if separator:
        hint = f"separate the columns with commas, not {separator!r}"
    elif near:
        hint = f"rename {near[0]!r} to {REQUIRED!r}"
    else:
        hint = f"the first line names the columns, {REQUIRED!r} among them"
    listed = shorten(", ".join(names), most=120)
    raise ConfigError(f"{place}: no column {REQUIRED!r} (found: {listed}); {hint}")


def place(path: Path, line: int | None = None, *, unit: str = "line") -> str:
    """`file, line n`: where a message points to."""
    return str(path) if line is None else f"{path}, {unit} {line}"
