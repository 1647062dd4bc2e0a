"""`metrics.json`: every figure of every provider in both series, for scripts.

Nothing is chosen or rounded here. A key that is absent is not known; no value is ever `null`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Any

from pipeline.model import Artifact, AuthorSnapshot, Metrics, Snapshot, SourceStatus
from pipeline.writers import Previous
from pipeline.writers.comparison import Comparison, compare, successive_h
from pipeline.writers.formatting import iso, json_page, number
from pipeline.writers.names import folder
from pipeline.writers.shown import name_of, shown
from spiders.items import AuthorRecord

FILE = "metrics.json"
SCHEMA = 1
"""Raised when a key changes its meaning or goes; new keys do not raise it."""


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:  # noqa: ARG001
    """All authors and groups at the root, each alone in its folder."""
    groups = [_group(group, snapshot) for group in snapshot.groups]
    yield Artifact(path=FILE, data=_page(document(snapshot.authors, groups)))
    for author in snapshot.authors:
        yield Artifact(path=folder(author) + FILE, data=_page(document([author])))
    for group, told in zip(snapshot.groups, groups, strict=True):
        yield Artifact(path=folder(group) + FILE, data=_page(document([], [told])))


def document(
    authors: Iterable[AuthorSnapshot], groups: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The JSON document of some authors and groups."""
    found = {"schema": SCHEMA, "authors": [_author(author) for author in authors]}
    return {**found, "groups": list(groups)} if groups else found


def _page(value: dict[str, Any]) -> bytes:
    return json_page(value, sort_keys=True)


def _group(group: AuthorSnapshot, snapshot: Snapshot) -> dict[str, Any]:
    """A group: the figures of its papers, a joint one once, and what its members are each."""
    members = [a for a in snapshot.authors if a.author.key in group.members]
    figures = [by for a in members if (by := shown(a)) is not None]
    indices = [h for by in figures if (h := by.integer("h_index")) is not None]
    citations = [n for by in figures if (n := by.integer("citations")) is not None]
    return {
        **_author(group),
        "members": [a.author.key for a in members],
        "of_members": _known(
            counted=len(figures),
            citations_sum=sum(citations) if citations else None,
            h_index_median=float(median(indices)) if indices else None,
            successive_h_index=successive_h(indices) if indices else None,
        ),
    }


def _author(author: AuthorSnapshot) -> dict[str, Any]:
    by = shown(author)
    combined = author.metrics_of("combined", "combined")
    compared = compare(author)
    return _known(
        key=author.author.key,
        name=name_of(author),
        ids=list(author.author.ids),
        shown={"provider": by.provider, "figures": by.figures} if by else None,
        sources={source.provider: _source(author, source) for source in author.sources},
        combined=_combined(combined) if combined else None,
        works=len(author.works),
        others=len(author.others) or None,
        coverage=compared.coverage,
        disagreement=_disagreement(compared) if compared.compared else None,
        repositories={r.id: {"stars": r.stars, "as_of": iso(r.as_of)} for r in author.repositories}
        or None,
    )


def _disagreement(compared: Comparison) -> dict[str, Any]:
    return {
        "works_compared": compared.compared,
        "works_agreed": compared.agreed,
        "widest": [
            {"work_id": row.work.work_id, "counts": row.counts, "spread": row.spread}
            for row in compared.widest
        ],
    }


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
        carried=_carried(source.author) or None,
    )


def _carried(record: AuthorRecord) -> dict[str, int | float]:
    """Figures of the provider's own making, e.g. `2yr_mean_citedness` or `novelty`."""
    said = {name: number(value) for name, value in record.extra.items() if not _is_text(value)}
    return {name: value for name, value in said.items() if value is not None}


def _is_text(value: float | str) -> bool:
    return isinstance(value, str)


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
