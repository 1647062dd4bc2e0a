"""Badges for any page: one file a figure and one a paper, in shields' endpoint format.

A badge shows one provider and carries its logo; a figure that is not known has no file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.model import Artifact, AuthorSnapshot, Snapshot, Work
from pipeline.writers import Previous
from pipeline.writers.endpoint import Endpoint, badge
from pipeline.writers.formatting import json_page, metric
from pipeline.writers.names import slug
from pipeline.writers.shown import Counted, Shown, counted, shown, source_of
from spiders.registry import PROVIDERS

METRICS = {
    "citations": "citations",
    "h_index": "h-index",
    "g_index": "g-index",
    "i10_index": "i10-index",
    "i100_index": "i100-index",
    "papers": "papers",
    "citations_recent": "citations",
    "h_index_recent": "h-index",
    "i10_index_recent": "i10-index",
}
"""Metric to its label; the recent ones add since when."""

INDEX = "index.json"


def folder(author_key: str) -> str:
    """Where one author's badges lie, `badges/<key>/`."""
    return f"badges/{slug(author_key)}/"


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:  # noqa: ARG001
    """Badges of every author and group with figures, of their papers, and which paper is where."""
    for author in (*snapshot.authors, *snapshot.groups):
        yield from _repositories(author)
        by = shown(author)
        if by is None:
            continue
        place = folder(author.author.key)
        for name in METRICS:
            found = figure(by, name)
            if found:
                yield Artifact(path=f"{place}{name}.json", data=found.data())
        index: dict[str, Any] = {}
        for work in author.works:
            number = counted(work, by=by, order=snapshot.provider_order)
            if number is None:
                continue
            file = f"{slug(work.work_id)}.json"
            yield Artifact(path=f"{place}papers/{file}", data=paper(by, number).data())
            _list(index, work, number=number, file=file)
        yield Artifact(path=f"{place}papers/{INDEX}", data=json_page(index, sort_keys=True))


def _repositories(author: AuthorSnapshot) -> Iterator[Artifact]:
    """The stars of each repository, under its owner's and its own name."""
    for repository in author.repositories:
        scheme, _, name = repository.id.partition(":")
        source = next((s for s in author.sources if s.provider == scheme), None)
        stars = badge(
            "stars",
            metric(repository.stars),
            as_of=repository.as_of,
            is_stale=source is not None and source.is_stale,
            logo=_logo(scheme),
        )
        path = f"{folder(author.author.key)}repositories/{slug(name.replace('/', '.'))}.json"
        yield Artifact(path=path, data=stars.data())


def figure(by: Shown, name: str) -> Endpoint | None:
    """The badge of one metric, `None` while it is not known."""
    value = by.integer(name)
    if value is None:
        return None
    label = METRICS[name]
    if name.endswith("_recent"):
        label += f" since {by.since_year}" if by.since_year else " (recent)"
    is_bound = by.is_bound(name)
    return badge(
        label,
        metric(value, is_bound=is_bound),
        as_of=by.as_of,
        is_stale=by.is_stale,
        is_bound=is_bound,
        logo=_logo(by.provider),
    )


def paper(by: Shown, number: Counted) -> Endpoint:
    """The badge of one paper, in the colours of the provider that counted it."""
    source = source_of(by.author, number.provider)
    return badge(
        "citations",
        metric(number.cited_by_count),
        as_of=number.as_of,
        is_stale=source.is_stale if source else by.is_stale,
        logo=_logo(number.provider),
    )


def _list(index: dict[str, Any], work: Work, *, number: Counted, file: str) -> None:
    """Enters a paper under each of its ids, and under the bare Scholar id that pages hold."""
    entry = {
        "file": file,
        "cited_by_count": number.cited_by_count,
        "provider": number.provider,
    }
    every = [work.work_id, *work.ids, *(c.record_id for c in work.counts)]
    every += [i.removeprefix("google_scholar:") for i in every]
    for identifier in dict.fromkeys(every):
        known = index.get(identifier)
        if known is None or known["cited_by_count"] < number.cited_by_count:
            index[identifier] = entry


def _logo(provider: str) -> str | None:
    found = PROVIDERS.get(provider)
    return found.logo if found else None
