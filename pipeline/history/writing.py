"""What a run puts into files: its changes, its rows, the states when they differ, the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.history import summary, tables
from pipeline.history.columns import Spec
from pipeline.history.compact import Group
from pipeline.history.files import Blob
from pipeline.history.manifest import AUTHORS, RECORDS, SCHEMA, SUMMARY
from pipeline.history.reading import Loaded, Reader
from pipeline.history.rows import Plan, RunRow
from pipeline.model import Outcome, ProviderState


def blobs(
    reader: Reader,
    plan: Plan,
    outcomes: Sequence[Outcome],
    *,
    run_id: str,
    at: datetime,
) -> dict[str, Blob]:
    """The files of one run by their path; none when there is nothing to tell."""
    sequence, before = plan.base + 1, reader.states()
    runs = tables.run_rows(
        outcomes, plan.seen, plan.changed, sequence=sequence, run_id=run_id, at=at
    )
    place = f"year={at:%Y}/month={at:%m}/{run_id}.parquet"
    found = _state(before, plan.states, sequence)
    if plan.changes:
        rows = tables.change_rows(plan.changes, sequence)
        found[f"changes/{place}"] = _blob("changes", tables.CHANGES, rows, sequence)
    if runs:
        rows = [tables.from_run(row) for row in runs]
        found[f"runs/{place}"] = _blob("runs", tables.RUNS, rows, sequence)
    if found:
        found[SUMMARY] = _summary(reader, plan.states, runs, sequence)
    return found


def joined(reader: Reader, group: Group) -> Blob | None:
    """Small files as one, sorted as each of them was; `None` while one of them is damaged."""
    import pyarrow as pa

    from pipeline.history.columns import pack

    found = [(reader.table(path), reader.entry(path)) for path in group.paths]
    contents = [content for content, _ in found if content is not None]
    if len(contents) < len(found):
        return None
    whole = pa.concat_tables(contents, promote_options="default")
    whole = whole.sort_by([(name, "ascending") for name in tables.SORTED_BY[group.kind]])
    first = min(entry.first for _, entry in found)
    last = max(entry.last for _, entry in found)
    data = pack(tables.SPECS[group.kind], whole, mark=_mark(group.kind, first, last))
    return Blob(data=data, rows=whole.num_rows, first=first, last=last)


def _state(before: Loaded, states: Sequence[ProviderState], sequence: int) -> dict[str, Blob]:
    """State files whose content differs; when a provider last answered is no part of it."""
    old, new = _by_part(before.states), _by_part(states)
    found: dict[str, Blob] = {}
    if old[AUTHORS] != new[AUTHORS] or AUTHORS in before.rebuilt:
        found[AUTHORS] = _blob("authors", tables.AUTHORS, tables.author_rows(states), sequence)
    if old[RECORDS] != new[RECORDS] or RECORDS in before.rebuilt:
        found[RECORDS] = _blob("records", tables.RECORDS, tables.record_rows(states), sequence)
    return found


def _by_part(states: Sequence[ProviderState]) -> dict[str, list[Any]]:
    return {
        AUTHORS: [replace(s, works=(), checked_at=s.as_of) for s in states],
        RECORDS: [(s.author_key, s.provider, s.works) for s in states],
    }


def _summary(
    reader: Reader, states: Sequence[ProviderState], runs: Sequence[RunRow], sequence: int
) -> Blob:
    rows = summary.summarise(states, runs, reader.summary())
    return Blob(data=summary.dump(rows), rows=len(rows), first=sequence, last=sequence)


def _blob(kind: str, spec: Spec, rows: Sequence[tuple[Any, ...]], sequence: int) -> Blob:
    from pipeline.history.columns import pack, table

    data = pack(spec, table(spec, rows), mark=_mark(kind, sequence, sequence))
    return Blob(data=data, rows=len(rows), first=sequence, last=sequence)


def _mark(kind: str, first: int, last: int) -> Mapping[str, Any]:
    return {"schema": SCHEMA, "kind": kind, "first": first, "last": last}
