"""The stored tables: their columns, and the way from values to rows and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.history import encode
from pipeline.history.columns import Column, Spec
from pipeline.history.rows import STATED, Change, RunRow
from pipeline.model import Observed, Outcome, ProviderState
from spiders.items import AuthorRecord, OutcomeKind, WorkRecord

CHANGES: Spec = (
    Column("author", "string", is_dictionary=True),
    Column("provider", "string", is_dictionary=True),
    Column("work", "string", is_dictionary=True),
    Column("metric", "string", is_dictionary=True),
    Column("run", "int"),
    Column("date", "date"),
    Column("value", "int"),
)
"""Sorted by all columns but the last two; `work` is "" for a figure of the author."""

RUNS: Spec = (
    Column("run", "int"),
    Column("run_id", "string"),
    Column("at", "time"),
    Column("author", "string", is_dictionary=True),
    Column("provider", "string", is_dictionary=True),
    Column("outcome", "string", is_dictionary=True),
    Column("reason", "string", is_dictionary=True, is_needed=False),
    Column("works_seen", "int", is_needed=False),
    Column("requests", "int"),
    Column("seconds", "float", is_dictionary=True),
)
"""Sorted by run, author, provider."""

AUTHORS: Spec = (
    Column("author", "string"),
    Column("provider", "string", is_dictionary=True),
    Column("name", "string", is_needed=False),
    *(Column(name, "int", is_needed=False) for name in STATED),
    Column("is_truncated", "bool", is_needed=False),
    Column("as_of", "time"),
    Column("changed_at", "time"),
    Column("record", "string"),
)
"""Sorted by author, provider."""

RECORDS: Spec = (
    Column("author", "string", is_dictionary=True),
    Column("provider", "string", is_dictionary=True),
    Column("work", "string"),
    Column("position", "int", is_needed=False),
    Column("title", "string", is_needed=False),
    Column("year", "int", is_needed=False),
    Column("cited_by_count", "int", is_needed=False),
    Column("first_seen", "time", is_dictionary=True),
    Column("as_of", "time", is_dictionary=True),
    Column("is_gone", "bool"),
    Column("work_id", "string", is_needed=False),
    Column("record", "string"),
)
"""Sorted by author, provider, position (the provider's order); `work_id` is the paper."""

SORTED_BY = {
    "changes": ("author", "provider", "work", "metric", "run"),
    "runs": ("run", "author", "provider"),
}
SPECS = {"changes": CHANGES, "runs": RUNS}

_LARGEST = 2**63 - 1

Key = tuple[str, str]
"""Author key, provider."""


def change_rows(changes: Iterable[Change], sequence: int) -> list[tuple[Any, ...]]:
    """Rows of `CHANGES`, sorted."""
    found = (
        (c.author_key, c.provider, c.record_id, c.metric, sequence, c.date, c.value)
        for c in changes
    )
    return sorted(found, key=lambda row: row[:5])


def to_change(row: tuple[Any, ...], runs: Mapping[int, tuple[str, datetime]]) -> Change:
    """A row of `CHANGES`, dated by the run it belongs to."""
    author, provider, work, metric, run, date, value = row
    run_id, at = runs.get(run, ("", None))
    return Change(
        author_key=author,
        provider=provider,
        record_id=work,
        metric=metric,
        date=date,
        at=at,
        value=value,
        run_id=run_id,
        sequence=run,
    )


def run_rows(
    outcomes: Sequence[Outcome],
    seen: Mapping[Key, int],
    changed: frozenset[Key],
    *,
    sequence: int,
    run_id: str,
    at: datetime,
) -> list[RunRow]:
    """One row an author and provider that was asked; an accepted answer always has one."""
    asked = {(o.author_key, o.provider): o for o in outcomes}
    for key in seen:
        kind = OutcomeKind.FRESH if key in changed else OutcomeKind.UNCHANGED
        asked.setdefault(key, Outcome(author_key=key[0], provider=key[1], kind=kind))
    return [
        RunRow(
            run_id=run_id,
            sequence=sequence,
            at=at,
            author_key=key[0],
            provider=key[1],
            kind=outcome.kind,
            reason=outcome.reason,
            works_seen=seen.get(key),
            requests=outcome.requests,
            seconds=round(outcome.seconds, 2),
        )
        for key, outcome in sorted(asked.items(), key=lambda item: item[0])
    ]


def from_run(row: RunRow) -> tuple[Any, ...]:
    """A row of `RUNS`."""
    return (
        row.sequence,
        row.run_id,
        row.at,
        row.author_key,
        row.provider,
        row.kind.value,
        row.reason,
        row.works_seen,
        row.requests,
        row.seconds,
    )


def to_run(row: tuple[Any, ...]) -> RunRow:
    """The value of a row of `RUNS`."""
    run, run_id, at, author, provider, kind, reason, works_seen, requests, seconds = row
    return RunRow(
        run_id=run_id,
        sequence=run,
        at=at,
        author_key=author,
        provider=provider,
        kind=OutcomeKind(kind),
        reason=reason,
        works_seen=works_seen,
        requests=requests,
        seconds=seconds,
    )


def author_rows(states: Iterable[ProviderState]) -> list[tuple[Any, ...]]:
    """Rows of `AUTHORS`."""
    return [
        (
            s.author_key,
            s.provider,
            s.author.name,
            *(getattr(s.author, name) for name in STATED),
            s.author.is_truncated,
            s.as_of,
            s.changed_at,
            encode.dumps(s.author),
        )
        for s in states
    ]


def to_author(row: tuple[Any, ...]) -> tuple[Key, ProviderState]:
    """A state without its works; `checked_at` is its `as_of` until something better is known."""
    as_of, changed_at, record = row[-3:]
    state = ProviderState(
        author_key=row[0],
        provider=row[1],
        author=encode.loads(record, AuthorRecord),
        works=(),
        as_of=as_of,
        checked_at=as_of,
        changed_at=changed_at,
    )
    return (row[0], row[1]), state


def record_rows(states: Iterable[ProviderState]) -> list[tuple[Any, ...]]:
    """Rows of `RECORDS`."""
    return [
        (
            s.author_key,
            s.provider,
            o.record.record_id,
            position,
            o.record.title,
            _column(o.record.year),
            o.record.cited_by_count,
            o.first_seen,
            o.as_of,
            o.is_gone,
            o.work_id,
            encode.dumps(o.record),
        )
        for s in states
        for position, o in enumerate(s.works)
    ]


def to_observed(row: tuple[Any, ...]) -> tuple[Key, Observed]:
    """One record, and whose it is."""
    author, provider, *_, first_seen, as_of, is_gone, work_id, record = row
    observed = Observed(
        record=encode.loads(record, WorkRecord),
        as_of=as_of,
        first_seen=first_seen,
        is_gone=is_gone,
        work_id=work_id,
    )
    return (author, provider), observed


def with_work_ids(
    states: Iterable[ProviderState], work_ids: Mapping[tuple[str, str], str]
) -> tuple[ProviderState, ...]:
    """The states, each record with the paper it was resolved to; others keep theirs."""
    return tuple(
        replace(s, works=tuple(_resolved(s.author_key, o, work_ids) for o in s.works))
        for s in states
    )


def _resolved(
    author_key: str, observed: Observed, work_ids: Mapping[tuple[str, str], str]
) -> Observed:
    work_id = work_ids.get((author_key, observed.record.record_id), observed.work_id)
    return observed if work_id == observed.work_id else replace(observed, work_id=work_id)


def _column(value: int | None) -> int | None:
    """A number for people's queries; one that no column can hold stands in `record` only."""
    return value if value is not None and abs(value) <= _LARGEST else None
