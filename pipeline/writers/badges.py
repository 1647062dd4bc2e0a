"""Badges for any page: one file a figure and one a paper, in shields' endpoint format.

A badge shows one provider and carries its logo; a figure that is not known has no file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.model import BADGE_METRICS, Artifact, AuthorSnapshot, Snapshot, Work
from pipeline.writers import Previous
from pipeline.writers.endpoint import Endpoint, badge
from pipeline.writers.formatting import json_page, metric
from pipeline.writers.names import slug
from pipeline.writers.shown import Counted, Shown, counted, shown, source_of
from spiders.registry import PROVIDERS

INDEX = "index.json"


def folder(author_key: str) -> str:
    """Where one author's badges lie, `badges/<key>/`."""
    return f"badges/{slug(author_key)}/"


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:  # noqa: ARG001
    """Badges of every author and group with figures, of their papers, and which paper is where."""
    for place, found in badges(snapshot):
        yield Artifact(path=f"{place}.json", data=found.data())
    for author in (*snapshot.authors, *snapshot.groups):
        by = shown(author)
        if by is None or not snapshot.looks.papers:
            continue
        index: dict[str, Any] = {}
        for work, number in _counted(snapshot, by):
            _list(index, work, number=number, file=f"{slug(work.work_id)}.json")
        path = f"{folder(author.author.key)}papers/{INDEX}"
        yield Artifact(path=path, data=json_page(index, sort_keys=True))


def badges(snapshot: Snapshot) -> Iterator[tuple[str, Endpoint]]:
    """Every badge of a snapshot, and the path of its files without what they end in."""
    for author in (*snapshot.authors, *snapshot.groups):
        place = folder(author.author.key)
        for name, stars in _repositories(author):
            yield f"{place}repositories/{name}", stars
        by = shown(author)
        if by is None:
            continue
        for name in snapshot.looks.metrics:
            found = figure(by, name)
            if found:
                yield f"{place}{name}", found
        for work, number in _counted(snapshot, by):
            yield f"{place}papers/{slug(work.work_id)}", paper(by, number)


def _counted(snapshot: Snapshot, by: Shown) -> Iterator[tuple[Work, Counted]]:
    for work in by.author.works if snapshot.looks.papers else ():
        number = counted(work, by=by, order=snapshot.provider_order)
        if number is not None:
            yield work, number


def _repositories(author: AuthorSnapshot) -> Iterator[tuple[str, Endpoint]]:
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
        yield slug(name.replace("/", ".")), stars


def figure(by: Shown, name: str) -> Endpoint | None:
    """The badge of one metric, `None` while it is not known."""
    value = by.integer(name)
    if value is None:
        return None
    label = BADGE_METRICS[name]
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
