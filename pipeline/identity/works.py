"""Papers out of clusters: what is shown of each, and why its records are one.

Title, year, venue, date and type come from the best record and, where it is silent, from the
next one; the authors come from the fullest list. "Best" is, in this order: still listed by its
provider and counted by it, published before preprint, with a DOI, more authors, title not cut,
later year, longer names, a venue, then provider and record id (so that equals give one answer).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from pipeline.identity import keys
from pipeline.identity.clusters import Cluster, Clusters
from pipeline.identity.evidence import Fact, published_dois
from pipeline.identity.naming import name_works, sort_ids
from pipeline.model import CitationCount, Merge, Work
from spiders.items import WorkRecord

Value = TypeVar("Value")


def assemble(clusters: Clusters) -> tuple[Work, ...]:
    """The papers, by work id."""
    groups = sorted(clusters.all().items(), key=lambda item: min(f.index for f in item[1].members))
    merges: dict[int, list[Merge]] = {root: [] for root, _ in groups}
    for fact, merge in clusters.merges:
        merges[clusters.root(fact)].append(merge)
    ids = [sort_ids(i for f in cluster.members for i in f.ids) for _, cluster in groups]
    work_ids = name_works([cluster.members for _, cluster in groups], ids)
    works = [
        _work(cluster, work_id=work_id, ids=own, merges=merges[root])
        for (root, cluster), work_id, own in zip(groups, work_ids, ids, strict=True)
    ]
    return tuple(sorted(works, key=lambda work: work.work_id))


def _work(cluster: Cluster, *, work_id: str, ids: tuple[str, ...], merges: Sequence[Merge]) -> Work:
    facts = sorted(cluster.members, key=_preference)
    records = [f.record for f in facts]
    whole = [f.record for f in facts if not keys.is_cut(f.record.title)]
    fullest = max(records, key=lambda r: len(r.authors))
    return Work(
        work_id=work_id,
        title=_first([*whole, *records], lambda r: r.title or None) or work_id,
        year=_first(records, lambda r: r.year),
        publication_date=_date(records),
        venue=_first(records, lambda r: r.venue or None),
        work_type=_first(records, lambda r: r.work_type or None),
        authors=fullest.authors,
        authors_count=_first([fullest, *records], lambda r: r.authors_count),
        ids=ids,
        counts=tuple(_count(f) for f in sorted(facts, key=lambda f: f.index)),
        merges=tuple(sorted(merges, key=lambda m: (m.left, m.right, m.rule, m.evidence))),
        abstract=_first(records, lambda r: _text(r, "abstract")),
        category=_first(records, lambda r: _text(r, "category") or _text(r, "primary_category")),
        is_retracted=_any(r.is_retracted for r in records),
        has_code=_any(bool(r.extra["has_code"]) for r in records if "has_code" in r.extra),
    )


def _text(record: WorkRecord, name: str) -> str | None:
    said = record.extra.get(name)
    return said.strip() or None if isinstance(said, str) else None


def _any(said: Iterable[bool | None]) -> bool | None:
    """Whether anybody says yes; `None` where nobody says anything."""
    known = {one for one in said if one is not None}
    return True in known if known else None


def _preference(fact: Fact) -> tuple[object, ...]:
    record = fact.record
    return (
        fact.observed.is_gone or record.is_excluded,
        fact.kind.value,
        not published_dois(fact.ids),
        -len(record.authors),
        fact.is_cut,
        -(record.year or 0),
        -sum(len(name) for name in record.authors),
        not record.venue,
        fact.index,
    )


def _first(
    records: Sequence[WorkRecord], read: Callable[[WorkRecord], Value | None]
) -> Value | None:
    values = (read(record) for record in records)
    return next((value for value in values if value is not None), None)


def _date(records: Sequence[WorkRecord]) -> str | None:
    """The first date that does not contradict the year shown."""
    year = _first(records, lambda r: r.year)
    dates = [r.publication_date for r in records if r.publication_date]
    fitting = (d for d in dates if year is None or d.startswith(f"{year:04d}"))
    return next(fitting, None)


def _count(fact: Fact) -> CitationCount:
    record = fact.record
    return CitationCount(
        provider=record.provider,
        record_id=record.record_id,
        cited_by_count=record.cited_by_count,
        as_of=fact.observed.as_of,
        is_gone=fact.observed.is_gone,
        is_excluded=record.is_excluded,
    )
