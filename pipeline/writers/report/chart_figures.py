"""Charts of totals: citations received a year, and what the totals were over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.model import AuthorSnapshot, Past
from pipeline.writers.formatting import day
from pipeline.writers.report import words
from pipeline.writers.report.chart import (
    HISTORY,
    NO,
    YEARS,
    YES,
    Chart,
    listed,
    sentences,
    several,
    title_of,
)
from pipeline.writers.shown import Shown, source_of


def citations_per_year(by: Shown) -> Chart | None:
    """Citations that the shown provider counts a year; `None` where it names no years."""
    counts = {int(year): int(n) for year, n in sorted(by.metrics.counts_by_year.items())}
    if not any(counts.values()):
        return None
    until = by.as_of.year
    over = {year: n for year, n in counts.items() if year < until} or counts
    best = max(over, key=lambda year: (over[year], year))
    return Chart(
        name=YEARS,
        title="Citations per year",
        summary=_years_in_words(by, counts, best=best),
        columns=("Year", "Citations", "Year is over"),
        rows=tuple((year, n, YES if year < until else NO) for year, n in counts.items()),
        note=sentences(
            f"{title_of(by.provider)}, as of {words.day(by.as_of)}.",
            f"{until} is counted up to that day only." if until in counts else None,
            _undated(by.metrics.counts_by_year_unknown),
        ),
    )


def _years_in_words(by: Shown, counts: dict[int, int], *, best: int) -> str:
    running = by.as_of.year
    most = f"{title_of(by.provider)} counts the most in {best}: {several(counts[best], 'citation')}"
    if running in counts and running != best:
        return f"{most}. {running} has {counts[running]:,} up to {words.day(by.as_of)}."
    return (
        f"{most}, of {several(len(counts), 'year')} with figures, {min(counts)} to {max(counts)}."
    )


def _undated(unknown: int | None) -> str | None:
    if not unknown:
        return None
    is_one = unknown == 1
    return (
        f"{several(unknown, 'more citation')} {'is' if is_one else 'are'} in the total, but "
        f"{'its year is' if is_one else 'their years are'} not known."
    )


def history(author: AuthorSnapshot, *, order: Sequence[str]) -> Chart | None:
    """The totals as they were known, provider by provider; `None` before a second day."""
    if len({past.date for past in author.past}) < 2:  # noqa: PLR2004 - one day is no history
        return None
    names = sorted(
        dict.fromkeys(past.provider for past in author.past),
        key=lambda name: (name != author.shown, _place(order, name)),
    )
    lines = {name: _line(author, name) for name in names}
    return Chart(
        name=HISTORY,
        title="Citations and h-index over time",
        summary=_history_in_words(lines),
        columns=("Provider", "Date", "Citations", "h-index"),
        rows=tuple(
            (title_of(name), past.date.isoformat(), past.citations, past.h_index)
            for name, line in lines.items()
            for past in line
        ),
        note="A value holds until the next one; the last is as of the provider's last answer.",
    )


def _place(order: Sequence[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _line(author: AuthorSnapshot, provider: str) -> list[Past]:
    line = sorted((p for p in author.past if p.provider == provider), key=lambda p: p.date)
    source = source_of(author, provider)
    last = line[-1]
    seen = date.fromisoformat(day(source.as_of)) if source else last.date
    if seen <= last.date:
        return line
    carried = Past(provider=provider, date=seen, citations=last.citations, h_index=last.h_index)
    return [*line, carried]


def _history_in_words(lines: dict[str, list[Past]]) -> str:
    (name, line), *others = lines.items()
    first, last = line[0], line[-1]
    begin, end = (words.date(one.date.isoformat()) for one in (first, last))
    told = (
        f"{title_of(name)}: {several(first.citations, 'citation')} on {begin}, "
        f"{last.citations:,} on {end}"
    )
    if first.h_index is not None and last.h_index is not None:
        same = first.h_index == last.h_index
        told += f"; h-index {first.h_index} {'on both' if same else f'and {last.h_index}'}"
    if not others:
        return f"{told}."
    ends = [f"{title_of(other)} {found[-1].citations:,}" for other, found in others]
    return f"{told}. Last counts of the others: {listed(ends)}."
