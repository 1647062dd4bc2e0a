"""What a new answer changes in what is known: pure, one author and provider at a time.

A figure that was known stays known: a provider's silence changes nothing, and a paper that left
a complete list is marked gone with its last count kept. A cut list proves nothing about the
papers that it does not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from pipeline.errors import StorageError
from pipeline.history.encode import clean, utc
from pipeline.history.rows import RENEW_AFTER, STATED, Change, Plan
from pipeline.model import Collected, Observed, ProviderState
from spiders.items import AuthorRecord, WorkRecord

_LARGEST = 2**63 - 1
"""Largest integer of the columns."""
_KEPT = ("title", "year", "authors", "counts_by_year")
"""What figures are made of beside the count; a provider that stops saying it lowers none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One author and provider after a new answer."""

    state: ProviderState
    changes: tuple[Change, ...]
    is_changed: bool
    """Whether anything of the stored records differs, metadata included."""


def plan(
    states: Sequence[ProviderState],
    collected: Sequence[Collected],
    *,
    at: datetime,
    last_at: datetime | None,
    base: int,
) -> Plan:
    """What the accepted answers of one run change.

    Args:
        states: what is known.
        collected: accepted answers, at most one an author and provider.
        at: moment of the run.
        last_at: moment of the run stored last.
        base: its number.

    Raises:
        StorageError: a figure that no column can hold.
        ValueError: two answers of one author and provider, or a time without a zone.
    """
    at = utc(at)
    known = {(s.author_key, s.provider): s for s in states}
    steps: dict[tuple[str, str], Step] = {}
    for answer in collected:
        key = (answer.author_key, answer.provider)
        if key in steps:
            raise ValueError(f"two answers of {key[1]} for {key[0]}: pass one of them")
        steps[key] = advance(known.get(key), answer, at=at)
    after = known | {key: step.state for key, step in steps.items()}
    return Plan(
        states=tuple(after[key] for key in sorted(after)),
        changes=tuple(c for key in sorted(steps) for c in steps[key].changes),
        changed=frozenset(key for key, step in steps.items() if step.is_changed),
        clock_went_back=last_at is not None and at < last_at,
        seen=MappingProxyType({(c.author_key, c.provider): len(c.works) for c in collected}),
        base=base,
    )


def advance(old: ProviderState | None, new: Collected, *, at: datetime) -> Step:
    """The state after one accepted answer, and which figures changed by it."""
    known = {o.record.record_id: o for o in old.works} if old else {}
    # What a stopped run had fetched is as old as it is; it became known in this one.
    seen = at if new.fetched_at is None else min(at, utc(new.fetched_at))
    author = clean(kept_author(old.author if old else None, new.author))
    works = _works(known, new, at=seen)
    rows = [
        *_author_changes(old.author if old else None, author),
        *_work_changes(known, works),
    ]
    is_changed = old is None or author != old.author or _content(works) != _content(known)
    is_figure = (
        bool(rows)
        or old is None
        or _author_figures(author) != _author_figures(old.author)
        or works.keys() != known.keys()
        or any(_is_other_figure(known[i], o) for i, o in works.items())
    )
    keeps = old is not None and not is_figure and timedelta() <= seen - old.as_of < RENEW_AFTER
    as_of = old.as_of if old is not None and keeps else seen
    answered = {r.record_id for r in new.works}
    order = works if is_changed else known
    state = ProviderState(
        author_key=new.author_key,
        provider=new.provider,
        author=author,
        works=tuple(_dated(works[i], as_of) if i in answered else works[i] for i in order),
        as_of=as_of,
        checked_at=seen,
        changed_at=seen if old is None or is_figure else old.changed_at,
    )
    return Step(
        state=state,
        changes=tuple(_change(new, row, at=at) for row in rows),
        is_changed=is_changed,
    )


_Row = tuple[str, str, int | None]
"""Record id, metric, value."""


def _change(new: Collected, row: _Row, *, at: datetime) -> Change:
    record_id, metric, value = row
    if value is not None and not 0 <= value <= _LARGEST:
        raise StorageError(
            f"{new.provider} gives {record_id or new.author_key} the {metric} {value}, which no "
            f"count can be: leave {new.provider} out until it is mended"
        )
    return Change(
        author_key=new.author_key,
        provider=new.provider,
        record_id=record_id,
        metric=metric,
        date=at.date(),
        at=at,
        value=value,
    )


def kept_author(old: AuthorRecord | None, new: AuthorRecord) -> AuthorRecord:
    """The new statement, with the last known figure where it says nothing.

    Figures of "since" columns are kept only while they are about the same years, and all of them
    only while they are about the same profiles: one profile's total is not that of several.
    """
    if old is None or _profiles(old) != _profiles(new):
        return new
    is_same_window = new.recent_since_year in (None, old.recent_since_year)
    kept: dict[str, Any] = {
        name: getattr(old, name)
        for name in STATED
        if getattr(new, name) is None
        and getattr(old, name) is not None
        and (is_same_window or not name.endswith("_recent"))
    }
    if any(name.endswith("_recent") for name in kept):
        kept["recent_since_year"] = old.recent_since_year
    return replace(new, **kept) if kept else new


def kept_record(old: Observed | None, new: WorkRecord) -> WorkRecord:
    """The new record, with what was last known where it says nothing."""
    if old is None:
        return new
    names = [n for n in _KEPT if getattr(new, n) in (None, ()) and getattr(old.record, n)]
    if new.cited_by_count is None and old.record.cited_by_count is not None:
        names += ["cited_by_count", "cited_by_count_raw"]
    if new.authors_count is None and new.authors in ((), old.record.authors):
        names += ["authors_count"]
    return replace(new, **{n: getattr(old.record, n) for n in names}) if names else new


def _works(known: dict[str, Observed], new: Collected, *, at: datetime) -> dict[str, Observed]:
    """Every record by its id: those of the answer in its order, then the others in the old."""
    works: dict[str, Observed] = {}
    for record in new.works:
        old = known.get(record.record_id)
        # One that says the same is the same, so that whoever compares or writes it sees that.
        is_same = old is not None and record == old.record
        observed = Observed(
            record=old.record if old and is_same else clean(kept_record(old, record)),
            as_of=at,
            first_seen=old.first_seen if old else at,
            work_id=old.work_id if old else None,
        )
        works.setdefault(record.record_id, observed)
    for record_id, old in known.items():
        is_gone = old.is_gone or not new.author.is_truncated
        works.setdefault(record_id, old if is_gone == old.is_gone else replace(old, is_gone=True))
    return works


def _author_changes(old: AuthorRecord | None, new: AuthorRecord) -> list[_Row]:
    values = ((name, getattr(new, name), old and getattr(old, name)) for name in STATED)
    return [("", name, value) for name, value, before in values if value != before]


def _profiles(author: AuthorRecord) -> list[str]:
    """Ids of the profiles that an author was united from (`spiders.union`); of one profile none."""
    return sorted(line.partition(" ")[0] for line in author.raw.get("profiles", "").splitlines())


def _work_changes(known: dict[str, Observed], works: dict[str, Observed]) -> list[_Row]:
    rows: list[_Row] = []
    for record_id in sorted(works):
        old, value = known.get(record_id), works[record_id].record.cited_by_count
        is_gone = works[record_id].is_gone
        was = (old.record.cited_by_count, old.is_gone) if old else (None, False)
        if value is not None and was != (value, is_gone):
            rows.append((record_id, "cited_by_count", None if is_gone else value))
    return rows


def _content(works: dict[str, Observed]) -> dict[str, tuple[WorkRecord, bool]]:
    return {i: (o.record, o.is_gone) for i, o in works.items()}


def _author_figures(author: AuthorRecord) -> tuple[object, ...]:
    return (
        *(getattr(author, name) for name in STATED),
        author.recent_since_year,
        author.counts_by_year,
        author.extra,
    )


def _dated(observed: Observed, as_of: datetime) -> Observed:
    return observed if observed.as_of == as_of else replace(observed, as_of=as_of)


def _is_other_figure(old: Observed, new: Observed) -> bool:
    if new.record is old.record and new.is_gone == old.is_gone:
        return False
    return _figures(new) != _figures(old)


def _figures(observed: Observed) -> tuple[object, ...]:
    return (
        observed.is_gone,
        observed.record.is_excluded,
        observed.record.cited_by_count,
        observed.record.self_citations,
        observed.record.influential_citation_count,
        observed.record.counts_by_year,
        observed.record.extra,
    )
