"""A damaged state, made again from the generation before it and the changes since.

What this recovers: every figure, when it was first seen, and whether it is gone. What changed in
titles, venues and other metadata since that generation is lost until the provider is asked again;
without that generation there is no title at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from pipeline.history.rows import STATED, Change
from pipeline.history.tables import Key
from pipeline.model import Observed, ProviderState
from spiders.items import AuthorRecord, WorkRecord


def records(
    before: Iterable[tuple[Key, Observed]], changes: Iterable[Change]
) -> list[tuple[Key, Observed]]:
    """Every record after the changes, which come in the order of runs."""
    known: dict[tuple[Key, str], Observed] = {(k, o.record.record_id): o for k, o in before}
    for change in changes:
        if change.record_id:
            key = (change.author_key, change.provider)
            place = (key, change.record_id)
            known[place] = _after(known.get(place), change)
    return [(key, observed) for (key, _), observed in known.items()]


def authors(
    before: Mapping[Key, ProviderState], changes: Iterable[Change]
) -> dict[Key, ProviderState]:
    """Every author after the changes, which come in the order of runs; without works."""
    known = dict(before)
    for change in changes:
        key = (change.author_key, change.provider)
        state = known.get(key) or _unknown(key, _at(change))
        said = {change.metric: change.value} if not change.record_id else {}
        figures: dict[str, Any] = {n: v for n, v in said.items() if n in STATED}
        at = _at(change)
        known[key] = replace(
            state,
            author=replace(state.author, **figures) if figures else state.author,
            as_of=at,
            checked_at=at,
            changed_at=at,
        )
    return known


def joined(
    states: Mapping[Key, ProviderState],
    works: Iterable[tuple[Key, Observed]],
    checked: Mapping[Key, datetime],
) -> tuple[ProviderState, ...]:
    """States with their works and the moment of the last answer, sorted by author and provider."""
    lists: dict[Key, list[Observed]] = {key: [] for key in states}
    for key, observed in works:
        lists.setdefault(key, []).append(observed)
    found = []
    for key in sorted(lists):
        state = states.get(key) or _unknown(key, max(o.as_of for o in lists[key]))
        checked_at = checked.get(key, state.as_of)
        found.append(replace(state, works=tuple(lists[key]), checked_at=checked_at))
    return tuple(found)


def _after(old: Observed | None, change: Change) -> Observed:
    at, value = _at(change), change.value
    if old is None:
        record = WorkRecord(
            provider=change.provider, record_id=change.record_id, title=None, cited_by_count=value
        )
        return Observed(record=record, as_of=at, first_seen=at, is_gone=value is None)
    if value is None:
        return replace(old, is_gone=True)
    record = replace(old.record, cited_by_count=value, cited_by_count_raw=None)
    return replace(old, record=record, as_of=at, is_gone=False)


def _at(change: Change) -> datetime:
    return change.at or datetime.combine(change.date, time(), tzinfo=UTC)


def _unknown(key: Key, at: datetime) -> ProviderState:
    return ProviderState(
        author_key=key[0],
        provider=key[1],
        author=AuthorRecord(provider=key[1], author_id=None),
        works=(),
        as_of=at,
        checked_at=at,
        changed_at=at,
    )
