"""What `status` shows, in JSON, so that it needs no Parquet reader to start.

It repeats what the state and the runs hold, and is made again from them when it is lost.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipeline.history.encode import moment
from pipeline.history.files import Files
from pipeline.history.manifest import SUMMARY, Manifest
from pipeline.history.rows import STATED, RunRow, SummaryRow
from spiders.items import OutcomeKind

if TYPE_CHECKING:
    from pipeline.model import ProviderState

Key = tuple[str, str]

_TIMES = ("as_of", "checked_at", "changed_at", "asked_at")


def summarise(
    states: Iterable[ProviderState],
    runs: Iterable[RunRow],
    before: Iterable[SummaryRow] = (),
) -> tuple[SummaryRow, ...]:
    """One row an author and provider that was ever asked, sorted.

    Args:
        states: what is known.
        runs: rows in the order of runs; the last one of each author and provider counts.
        before: rows to take the last outcome from where `runs` has none.
    """
    known = {(s.author_key, s.provider): s for s in states}
    asked: dict[Key, Mapping[str, Any]] = {
        (r.author_key, r.provider): {
            "outcome": r.outcome,
            "reason": r.reason,
            "asked_at": r.asked_at,
            "run_id": r.run_id,
        }
        for r in before
    }
    for run in runs:
        asked[run.author_key, run.provider] = {
            "outcome": run.kind,
            "reason": run.reason,
            "asked_at": run.at,
            "run_id": run.run_id,
        }
    return tuple(_row(k, known.get(k), asked.get(k, {})) for k in sorted({*known, *asked}))


def listed(state: ProviderState) -> dict[str, int]:
    """Figures added up from the list of papers that the provider counts, unmerged."""
    works = [o.record for o in state.present if not o.record.is_excluded]
    counts = sorted((w.cited_by_count for w in works if w.cited_by_count is not None), reverse=True)
    figures = {"works_count": len(works)}
    if counts:
        figures["cited_by_count"] = sum(counts)
        figures["h_index"] = sum(c >= rank for rank, c in enumerate(counts, 1))
        figures["i10_index"] = sum(c >= 10 for c in counts)  # noqa: PLR2004  the i10's ten
    return figures


def dump(rows: Sequence[SummaryRow]) -> bytes:
    """JSON with one line a row."""
    lines = (json.dumps(_plain(row), sort_keys=True) for row in rows)
    return ('{"sources": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def load(data: bytes) -> tuple[SummaryRow, ...]:
    """The rows that `dump` was given.

    Raises:
        ValueError: it is no summary.
    """
    try:
        return tuple(_rebuilt(values) for values in json.loads(data)["sources"])
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"no summary: {error}") from error


def with_held(
    rows: Iterable[SummaryRow],
    *,
    before: Iterable[SummaryRow],
    held: Mapping[Key, Mapping[str, int]],
    believed: Container[Key],
) -> tuple[SummaryRow, ...]:
    """The rows with what waits to be confirmed: an answer that is believed ends the waiting."""
    waiting = {(r.author_key, r.provider): r.held for r in before if r.held}
    found = []
    for row in rows:
        key = (row.author_key, row.provider)
        kept = {} if key in believed else waiting.get(key, {})
        found.append(replace(row, held=MappingProxyType(dict(held.get(key, kept)))))
    return tuple(found)


def stored(files: Files, manifest: Manifest) -> tuple[SummaryRow, ...] | None:
    """The summary as it lies there; `None` when it is damaged, and was set aside."""
    if SUMMARY not in manifest.files:
        return None if manifest.files else ()
    return files.fetch(manifest, SUMMARY, load)


def _row(key: Key, state: ProviderState | None, asked: Mapping[str, Any]) -> SummaryRow:
    stated = {n: getattr(state.author, n) for n in STATED} if state else {}
    return SummaryRow(
        author_key=key[0],
        provider=key[1],
        name=state.author.name if state else None,
        stated=MappingProxyType({n: v for n, v in stated.items() if v is not None}),
        listed=MappingProxyType(listed(state) if state else {}),
        is_truncated=bool(state and state.author.is_truncated),
        gone=sum(o.is_gone for o in state.works) if state else 0,
        as_of=state.as_of if state else None,
        checked_at=state.checked_at if state else None,
        changed_at=state.changed_at if state else None,
        outcome=asked.get("outcome"),
        reason=asked.get("reason"),
        asked_at=asked.get("asked_at"),
        run_id=asked.get("run_id"),
    )


def _plain(row: SummaryRow) -> dict[str, Any]:
    def value(item: Any) -> Any:
        if isinstance(item, datetime):
            return item.isoformat()
        return dict(item) if isinstance(item, Mapping) else item

    return {f.name: value(getattr(row, f.name)) for f in fields(row)}


def _rebuilt(values: Mapping[str, Any]) -> SummaryRow:
    # Earlier summaries have no `held`.
    values = {"held": {}} | dict(values)
    said = {f.name: values[f.name] for f in fields(SummaryRow)}
    said |= {name: moment(said[name]) for name in _TIMES}
    said |= {name: MappingProxyType(said[name]) for name in ("stated", "listed", "held")}
    said["outcome"] = OutcomeKind(said["outcome"]) if said["outcome"] else None
    return SummaryRow(**said)
