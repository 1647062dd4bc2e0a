"""What a metric is: its name, its meaning, who defined it, and which convention is taken."""

from __future__ import annotations

from dataclasses import dataclass

COUNTS = frozenset({"cited_by_count"})
DATED = frozenset({"cited_by_count", "year"})
SHARED = frozenset({"cited_by_count", "authors_count"})
SPLIT = frozenset({"cited_by_count", "self_citations"})
LATELY = frozenset({"cited_by_count", "recent_citations"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure of an author: a row of `CATALOGUE`."""

    name: str
    """Name in arrays, tables and JSON."""
    title: str
    """Name for people."""
    definition: str
    """One sentence: how it is computed."""
    source: str
    """Where it was first defined; empty for plain sums."""
    convention: str
    """What is taken where definitions differ, and when the figure is null."""
    needs: frozenset[str]
    """Columns it is computed from."""
    unit: str
    """What it counts: `papers`, `citations`, `index`, `index/year`, `citations/year`."""
    is_integer: bool = True
    """Whether it is always a whole number."""
