"""Figures of a page, each with who says it, since when, and whether it is exact.

The large ones are those of the badges: one provider's, in the configured series.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.model import BADGE_METRICS, AuthorSnapshot, Metrics, SourceStatus
from pipeline.writers.comparison import Comparison
from pipeline.writers.formatting import cleaned, number
from pipeline.writers.report import words
from pipeline.writers.report.chart import title_of
from pipeline.writers.report.links import web_address
from pipeline.writers.shown import COMBINED, Shown
from spiders.registry import counts_citations, lists_papers

if TYPE_CHECKING:
    from pipeline.metrics import Metric

HEAD = {"citations": "Citations", "h_index": "h-index", "papers": "Papers"}
"""The large figures."""
STATED = ("citations", "h_index", "i10_index", "papers")
RESOLVED = ("citations", "h_index", "papers")
_OWN = {"novelty": ("Novelty", "%"), "ai_score": ("AI score", "")}
"""Figures of a provider's own making that stand beside the large ones."""
_CARRIED = {
    "2yr_mean_citedness": "Mean citations of two years",
    "influential_citations": "Influential citations",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure and where it is from."""

    label: str
    value: str
    provider: str = ""
    """The provider's name for people; empty where nobody said it."""
    as_of: str = ""
    quality: str = ""
    """`exact`, `lower bound`, or that it is the provider's own."""
    is_stale: bool = False
    meaning: str = ""
    """What it is, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One provider beside the others."""

    title: str
    href: str | None
    as_of: str
    is_stale: bool
    is_shown: bool
    values: tuple[str, ...]
    """`STATED` as the provider counts, `RESOLVED` once versions of a paper are one, and how many
    of the papers on this page it lists."""


def head(author: AuthorSnapshot, by: Shown | None) -> tuple[Figure, ...]:
    """The large figures; what the shown provider does not say is unknown."""
    if by:
        found = [_shown(by, name, label) for name, label in HEAD.items()]
    else:
        found = [_first_said(author, name, label) for name, label in HEAD.items()]
    return (*found, *_own_figures(author))


def carried(author: AuthorSnapshot) -> tuple[Figure, ...]:
    """Further figures of providers' own making."""
    found = []
    for source in author.sources:
        for name, label in _CARRIED.items():
            value = number(source.author.extra.get(name))
            if value is not None:
                found.append(_of(source, label, words.figure(value), quality="its own figure"))
    return tuple(found)


def every(by: Shown) -> tuple[Figure, ...]:
    """All figures of the shown provider that are known, in the catalogue's order."""
    catalogue = _catalogue()
    names = [name for name in (*catalogue, *BADGE_METRICS) if name in by.metrics.values]
    return tuple(
        Figure(
            label=_label(by, name),
            value=words.figure(by.metrics.values[name], is_bound=by.is_bound(name)),
            quality=_quality(by.metrics, name),
            meaning="" if _is_since(by, name) else catalogue[name].definition,
        )
        for name in dict.fromkeys(names)
        if number(by.metrics.values[name]) is not None
    )


def rows(author: AuthorSnapshot, by: Shown | None, compared: Comparison) -> tuple[Row, ...]:
    """A row a provider that lists papers, and one for all of them together."""
    found = [
        _row(
            author,
            source.provider,
            as_of=source.as_of,
            is_stale=source.is_stale,
            href=web_address(source.url),
            is_shown=by is not None and by.provider == source.provider,
            listed=compared.coverage.get(source.provider),
        )
        for source in author.sources
        if lists_papers(source.provider)
    ]
    together = author.metrics_of(COMBINED, "combined")
    if together and sum(counts_citations(s.provider) for s in author.sources) > 1:
        found.append(
            _row(
                author,
                COMBINED,
                as_of=together.as_of,
                is_stale=by.is_stale if by and by.provider == COMBINED else False,
                is_shown=by is not None and by.provider == COMBINED,
                listed=None,
            )
        )
    return tuple(found)


def _row(
    author: AuthorSnapshot,
    provider: str,
    *,
    as_of: datetime,
    is_stale: bool,
    is_shown: bool,
    listed: int | None,
    href: str | None = None,
) -> Row:
    stated = author.metrics_of(provider, "stated")
    resolved = author.metrics_of(provider, "resolved") or author.metrics_of(provider, "combined")
    return Row(
        title=title_of(provider),
        href=href,
        as_of=words.day(as_of),
        is_stale=is_stale,
        is_shown=is_shown,
        values=(*_values(stated, STATED), *_values(resolved, RESOLVED), words.figure(listed)),
    )


def _values(metrics: Metrics | None, names: Sequence[str]) -> tuple[str, ...]:
    if metrics is None:
        return tuple(words.UNKNOWN for _ in names)
    return tuple(
        words.figure(metrics.values.get(name), is_bound=name in metrics.lower_bounds)
        for name in names
    )


def _shown(by: Shown, name: str, label: str) -> Figure:
    value = by.integer(name)
    if value is None:
        return Figure(label=label, value=words.UNKNOWN, quality="not known")
    return Figure(
        label=label,
        value=words.figure(value, is_bound=by.is_bound(name)),
        provider=title_of(by.provider),
        as_of=words.day(by.as_of),
        quality=_quality(by.metrics, name),
        is_stale=by.is_stale,
    )


def _first_said(author: AuthorSnapshot, name: str, label: str) -> Figure:
    """The first provider's statement, where none that counts citations ever answered."""
    for source in author.sources:
        metrics = author.metrics_of(source.provider, "stated")
        value = number(metrics.values.get(name)) if metrics else None
        if metrics and value is not None:
            text = words.figure(value, is_bound=name in metrics.lower_bounds)
            return _of(source, label, text, quality=_quality(metrics, name))
    return Figure(label=label, value=words.UNKNOWN, quality="not known")


def _own_figures(author: AuthorSnapshot) -> Iterator[Figure]:
    for name, (label, unit) in _OWN.items():
        for source in author.sources:
            value = number(source.author.extra.get(name))
            if value is not None:
                yield _of(source, label, words.figure(value) + unit, quality="its own figure")
                break


def _of(source: SourceStatus, label: str, value: str, *, quality: str) -> Figure:
    return Figure(
        label=label,
        value=value,
        provider=cleaned(source.title) or title_of(source.provider),
        as_of=words.day(source.as_of),
        quality=quality,
        is_stale=source.is_stale,
    )


def _quality(metrics: Metrics, name: str) -> str:
    return "lower bound: the list is cut" if name in metrics.lower_bounds else "exact"


def _label(by: Shown, name: str) -> str:
    if not _is_since(by, name):
        return _catalogue()[name].title
    label = BADGE_METRICS[name]
    label = label.capitalize() if label == "citations" else label
    return f"{label} since {by.since_year}" if by.since_year else f"{label} (recent)"


def _is_since(by: Shown, name: str) -> bool:
    """Whether it is a provider's "since" figure, which a list's recent citations are not."""
    return name not in _catalogue() or (name.endswith("_recent") and name in by.metrics.stated)


def _catalogue() -> Mapping[str, Metric]:
    """Every metric by name; it stands beside what loads numpy."""
    from pipeline.metrics import CATALOGUE

    return CATALOGUE
