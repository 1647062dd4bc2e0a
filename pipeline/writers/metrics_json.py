"""`metrics.json`: every figure of every provider in both series, for scripts.

Nothing is chosen or rounded here. A key that is absent is not known; no value is ever `null`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.model import Artifact, AuthorSnapshot, Metrics, Snapshot, SourceStatus
from pipeline.writers import Previous
from pipeline.writers.formatting import iso, json_page, number
from pipeline.writers.names import folder
from pipeline.writers.shown import name_of, shown

FILE = "metrics.json"
SCHEMA = 1
"""Raised when a key changes its meaning or goes; new keys do not raise it."""


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:  # noqa: ARG001
    """All authors at the root, each alone in its folder."""
    yield Artifact(path=FILE, data=_page(snapshot.authors))
    for author in snapshot.authors:
        yield Artifact(path=folder(author) + FILE, data=_page([author]))


def document(authors: Iterable[AuthorSnapshot]) -> dict[str, Any]:
    """The JSON document of some authors."""
    return {"schema": SCHEMA, "authors": [_author(author) for author in authors]}


def _page(authors: Iterable[AuthorSnapshot]) -> bytes:
    return json_page(document(authors), sort_keys=True)


def _author(author: AuthorSnapshot) -> dict[str, Any]:
    by = shown(author)
    combined = author.metrics_of("combined", "combined")
    return _known(
        key=author.author.key,
        name=name_of(author),
        ids=list(author.author.ids),
        shown={"provider": by.provider, "figures": by.figures} if by else None,
        sources={source.provider: _source(author, source) for source in author.sources},
        combined=_combined(combined) if combined else None,
        works=len(author.works),
    )


def _source(author: AuthorSnapshot, source: SourceStatus) -> dict[str, Any]:
    stated = author.metrics_of(source.provider, "stated")
    resolved = author.metrics_of(source.provider, "resolved")
    series = [m for m in (stated, resolved) if m is not None]
    yearly = next((m for m in series if m.counts_by_year), None)
    return _known(
        title=source.title,
        url=source.url,
        as_of=iso(source.as_of),
        is_stale=source.is_stale,
        **{m.series: _values(m) for m in series},
        lower_bounds={m.series: _bounds(m) for m in series},
        provider_states=sorted(stated.stated & set(_values(stated))) if stated else [],
        rule=resolved.rule if resolved else None,
        counts_by_year=_years(yearly) if yearly else None,
        counts_by_year_unknown=yearly.counts_by_year_unknown if yearly else None,
    )


def _combined(metrics: Metrics) -> dict[str, Any]:
    return _known(
        as_of=iso(metrics.as_of),
        values=_values(metrics),
        lower_bounds=_bounds(metrics),
        rule=metrics.rule,
        counts_by_year=_years(metrics) or None,
        counts_by_year_unknown=metrics.counts_by_year_unknown,
    )


def _values(metrics: Metrics) -> dict[str, int | float]:
    plain = {name: number(value) for name, value in metrics.values.items()}
    return {name: value for name, value in plain.items() if value is not None}


def _bounds(metrics: Metrics) -> list[str]:
    return sorted(metrics.lower_bounds & set(_values(metrics)))


def _years(metrics: Metrics) -> dict[str, int]:
    return {str(year): int(count) for year, count in metrics.counts_by_year.items()}


def _known(**items: Any) -> dict[str, Any]:
    return {key: value for key, value in items.items() if value is not None}
