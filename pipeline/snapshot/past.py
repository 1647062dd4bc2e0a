"""What an author's totals were, day by day, out of the history's changes: for charts.

Between two of these days a total was what it was. What a provider stated counts; where it states
nothing, its own records are added up as they were known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil

from pipeline.history import Change
from pipeline.history.timeline import Timeline
from pipeline.model import Past
from spiders.registry import PROVIDERS, counts_citations

MOST = 200
"""Days that one author's line by one provider has at most."""

_COUNT = "cited_by_count"


class _Known:
    """What is known of one author at one provider at one moment of the past.

    Args:
        figures: record id and metric of all that will ever be known.
    """

    def __init__(self, figures: Sequence[tuple[str, str]]) -> None:
        places = {figure: place for place, figure in enumerate(figures)}
        self._citations = places.get(("", _COUNT))
        self._h_index = places.get(("", "h_index"))
        self._records = [
            place for (record, metric), place in places.items() if record and metric == _COUNT
        ]
        self._values: dict[int | None, int | None] = {}

    def take(self, places: Iterable[int], values: Iterable[int | None]) -> None:
        """Later values of figures, which are named by their places."""
        self._values.update(zip(places, values, strict=True))

    def on(self, day: date, provider: str) -> Past | None:
        citations, h_index = (self._values.get(n) for n in (self._citations, self._h_index))
        if citations is None or h_index is None:
            counts = [c for c in map(self._values.get, self._records) if c is not None]
            if citations is None and counts:
                citations = sum(counts)
            if h_index is None and counts:
                ranked = sorted(counts, reverse=True)
                h_index = sum(count >= rank for rank, count in enumerate(ranked, 1))
        if citations is None:
            return None
        return Past(provider=provider, date=day, citations=citations, h_index=h_index)


def past(changes: Iterable[Change]) -> dict[str, tuple[Past, ...]]:
    """The totals of every author by author key, each provider's by date.

    Args:
        changes: of all authors, in the order of runs.
    """
    found: dict[str, list[Past]] = {}
    for (author_key, provider), own in Timeline.of(changes).by_pair().items():
        if provider in PROVIDERS and counts_citations(provider):
            found.setdefault(author_key, []).extend(_line(provider, own))
    return {author_key: tuple(line) for author_key, line in found.items()}


def _line(provider: str, changes: Timeline) -> list[Past]:
    ends = changes.ends_of_days()
    kept = _thinned(sorted({day for day, _ in ends}))
    figures, values = changes.figures(), changes.values()
    places = figures.codes.tolist()
    known = _Known(figures.known)
    line: dict[date, Past] = {}
    begin = 0
    for day, end in ends:
        if day not in kept:
            continue
        known.take(places[begin:end], values[begin:end])
        begin = end
        said = known.on(day, provider)
        if said:
            line[day] = said
    return [line[day] for day in sorted(line)]


def _thinned(days: Sequence[date]) -> frozenset[date]:
    """The last day of each of at most `MOST` equal spans, so that the line's shape stays."""
    if len(days) <= MOST:
        return frozenset(days)
    span = ceil(((days[-1] - days[0]).days + 1) / (MOST - 1))
    return frozenset({(day - days[0]).days // span: day for day in days}.values()) | {days[0]}
