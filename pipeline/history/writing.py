"""What a run puts into files: its changes, its rows, the states when they differ, the summary."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pipeline.history import summary, tables
from pipeline.history.columns import Spec
from pipeline.history.compact import Group
from pipeline.history.files import Blob
from pipeline.history.manifest import AUTHORS, RECORDS, SCHEMA, SUMMARY
from pipeline.history.reading import Loaded, Reader
from pipeline.history.rows import Change, Plan, RunRow
from pipeline.model import Outcome, ProviderState


def blobs(
    reader: Reader,
    plan: Plan,
    outcomes: Sequence[Outcome],
    *,
    run_id: str,
    at: datetime,
    held: Mapping[tables.Key, Mapping[str, int]],
) -> dict[str, Blob]:
    """The files of one run by their path; none when there is nothing to tell."""
    sequence, before = plan.base + 1, reader.again(plan.before)
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
        found[SUMMARY] = _summary(
            reader, plan.states, runs, sequence, held=held, believed=plan.seen
        )
    return found


def together(
    reader: Reader,
    states: Sequence[ProviderState],
    *,
    changes: Sequence[Change],
    runs: Sequence[RunRow],
    sequence: int,
) -> dict[str, Blob]:
    """The files of several numbered runs, stored in one step: one of each kind and month.

    Args:
        reader: of the history that they are added to.
        states: as they are after them.
        changes: by their numbers; they lie in the month of their run, or of their own date.
        runs: in their order.
        sequence: number that the history has after them.
    """
    found = _state(reader.states(), states, sequence)
    months = {r.sequence: f"{r.at:year=%Y/month=%m}" for r in runs}
    parts: dict[tuple[str, str], dict[int, list[tuple[Any, ...]]]] = {}
    for run in runs:
        part = parts.setdefault(("runs", months[run.sequence]), {})
        part.setdefault(run.sequence, []).append(tables.from_run(run))
    for change in changes:
        month = months.get(change.sequence, f"{change.date:year=%Y/month=%m}")
        part = parts.setdefault(("changes", month), {})
        part.setdefault(change.sequence, []).extend(tables.change_rows([change], change.sequence))
    for (kind, month), numbered in parts.items():
        first, last = min(numbered), max(numbered)
        rows = [row for number in sorted(numbered) for row in numbered[number]]
        if kind == "changes":
            rows.sort(key=lambda row: row[:5])
        path = f"{kind}/{month}/runs-{first}-{last}.parquet"
        found[path] = _blob(kind, tables.SPECS[kind], rows, first, last)
    asked = {(r.author_key, r.provider): (r.asked_at, r.run_id) for r in reader.glance()}
    later = [r for r in sorted(runs, key=lambda r: (r.at, r.run_id)) if _is_later(r, asked)]
    known = _summary(reader, states, later, sequence)
    if not reader.is_stored(SUMMARY, known.entry.sha256):
        found[SUMMARY] = known
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
        rows = tables.record_rows(states, before.texts)
        found[RECORDS] = _blob("records", tables.RECORDS, rows, sequence)
    return found


def _by_part(states: Sequence[ProviderState]) -> dict[str, list[Any]]:
    return {
        AUTHORS: [(s.author_key, s.provider, s.author, s.as_of, s.changed_at) for s in states],
        RECORDS: [(s.author_key, s.provider, s.works) for s in states],
    }


def _summary(
    reader: Reader,
    states: Sequence[ProviderState],
    runs: Sequence[RunRow],
    sequence: int,
    *,
    held: Mapping[tables.Key, Mapping[str, int]] = MappingProxyType({}),
    believed: Container[tables.Key] = (),
) -> Blob:
    before = reader.glance()
    rows = summary.summarise(states, runs, before)
    rows = summary.with_held(rows, before=before, held=held, believed=believed)
    return Blob(data=summary.dump(rows), rows=len(rows), first=sequence, last=sequence)


def _is_later(run: RunRow, asked: Mapping[tables.Key, tuple[datetime | None, str | None]]) -> bool:
    at, run_id = asked.get((run.author_key, run.provider), (None, None))
    return at is None or (run.at, run.run_id) > (at, run_id or "")


def _blob(
    kind: str,
    spec: Spec,
    rows: Sequence[tuple[Any, ...]],
    first: int,
    last: int | None = None,
) -> Blob:
    """A file of one run, or of the runs up to `last`."""
    from pipeline.history.columns import pack, table

    last = first if last is None else last
    data = pack(spec, table(spec, rows), mark=_mark(kind, first, last))
    return Blob(data=data, rows=len(rows), first=first, last=last)


def _mark(kind: str, first: int, last: int) -> Mapping[str, Any]:
    return {"schema": SCHEMA, "kind": kind, "first": first, "last": last}
