"""What an author's totals were, day by day, out of the history's changes: for charts.

Between two of these days a total was what it was. What a provider stated counts; where it states
nothing, its own records are added up as they were known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from math import ceil

from pipeline.history import Change
from pipeline.model import Past
from spiders.registry import PROVIDERS, counts_citations

MOST = 200
"""Days that one author's line by one provider has at most."""


@dataclass(slots=True)
class _Known:
    """What is known of one author at one provider at one moment of the past."""

    stated: dict[str, int | None] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)

    def take(self, change: Change) -> None:
        if not change.record_id:
            self.stated[change.metric] = change.value
        elif change.metric == "cited_by_count" and change.value is not None:
            self.records[change.record_id] = change.value
        else:
            self.records.pop(change.record_id, None)

    def on(self, day: date, provider: str) -> Past | None:
        citations = self.stated.get("cited_by_count")
        if citations is None:
            citations = sum(self.records.values()) if self.records else None
        if citations is None:
            return None
        h_index = self.stated.get("h_index")
        if h_index is None and self.records:
            ranked = sorted(self.records.values(), reverse=True)
            h_index = sum(count >= rank for rank, count in enumerate(ranked, 1))
        return Past(provider=provider, date=day, citations=citations, h_index=h_index)


def past(changes: Iterable[Change]) -> dict[str, tuple[Past, ...]]:
    """The totals of every author by author key, each provider's by date.

    Args:
        changes: of all authors, in the order of runs.
    """
    own: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if change.provider in PROVIDERS and counts_citations(change.provider):
            own.setdefault((change.author_key, change.provider), []).append(change)
    found: dict[str, list[Past]] = {}
    for (author_key, provider), made in own.items():
        found.setdefault(author_key, []).extend(_line(provider, made))
    return {author_key: tuple(line) for author_key, line in found.items()}


def _line(provider: str, changes: Sequence[Change]) -> list[Past]:
    kept = _thinned(sorted({change.date for change in changes}))
    known = _Known()
    line: dict[date, Past] = {}
    for day, made in groupby(changes, key=lambda change: change.date):
        for change in made:
            known.take(change)
        said = known.on(day, provider) if day in kept else None
        if said:
            line[day] = said
    return [line[day] for day in sorted(line)]


def _thinned(days: Sequence[date]) -> frozenset[date]:
    """The last day of each of at most `MOST` equal spans, so that the line's shape stays."""
    if len(days) <= MOST:
        return frozenset(days)
    span = ceil(((days[-1] - days[0]).days + 1) / (MOST - 1))
    return frozenset({(day - days[0]).days // span: day for day in days}.values()) | {days[0]}
