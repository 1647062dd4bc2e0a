"""`scholar-metrics status`: what is known, since when, from whom. No heavy library is loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from pipeline.cli.glance import Glance, glance
from pipeline.cli.show import (
    CONFIG_OPTION,
    JSON_OPTION,
    moment,
    number,
    one_line,
    print_json,
    table,
    tell_damage,
)
from pipeline.errors import StorageError
from pipeline.history import History, SummaryRow, disk
from spiders.registry import counts_citations

_NAMES = {
    "citations": "cited_by_count",
    "h_index": "h_index",
    "i10_index": "i10_index",
    "papers": "works_count",
}


@click.command("status")
@CONFIG_OPTION
@JSON_OPTION
def command(config_path: Path, *, as_json: bool) -> int:
    """Show what is known, since when, and from whom."""
    known = glance(config_path)
    history = History(known.history)
    rows = sorted(
        (r for r in history.summary() if r.author_key in known.authors),
        key=lambda r: (known.authors.index(r.author_key), _rank(r.provider, known)),
    )
    sources = [source(row, rows, known, now=datetime.now(UTC)) for row in rows]
    problems = [f"{p.path}: {p.what}" for p in history.problems]
    run, schedule = _last_run(known.output), _schedule(known.output)
    if as_json:
        print_json(
            {
                "schema": 1,
                "output": str(known.output),
                "history": str(known.history),
                "sources": sources,
                **({"combined": _combined(known)} if known.figures == "combined" else {}),
                "last_run": run,
                "schedule": schedule,
                "problems": problems,
            }
        )
        return tell_damage(history)
    _show(sources, run, combined=_combined(known))
    if schedule:
        click.echo(one_line(_scheduled(schedule)))
    return tell_damage(history)


def source(
    row: SummaryRow, rows: Sequence[SummaryRow], known: Glance, *, now: datetime
) -> dict[str, Any]:
    """One author at one provider, as JSON."""
    answered = [r.provider for r in rows if r.author_key == row.author_key and r.as_of]
    counting = (name for name in known.order if name in answered and counts_citations(name))
    shown = None if known.figures == "combined" else next(counting, None)
    limit = timedelta(days=known.stale_after)
    figures = {name: row.stated.get(field, row.listed.get(field)) for name, field in _NAMES.items()}
    return {
        "author": row.author_key,
        "provider": row.provider,
        "is_shown": row.provider == shown,
        "figures": figures,
        "lower_bounds": sorted(
            name
            for name, field in _NAMES.items()
            if row.is_truncated and field not in row.stated and field in row.listed
        ),
        "as_of": moment(row.as_of),
        "checked_at": moment(row.checked_at),
        "changed_at": moment(row.changed_at),
        "is_stale": row.checked_at is not None and now - row.checked_at > limit,
        "last_outcome": row.outcome.value if row.outcome else None,
        "last_asked_at": moment(row.asked_at),
        "reason": row.reason,
    }


def _rank(provider: str, known: Glance) -> int:
    return known.order.index(provider) if provider in known.order else len(known.order)


def _last_run(output: Path) -> dict[str, Any] | None:
    """The head of `run.json`; `None` when there was no run, or its record cannot be read."""
    try:
        run = json.loads(disk.read(output / "run.json") or b"")
        return {k: run[k] for k in ("run_id", "started_at", "finished_at", "exit_code")}
    except (StorageError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _combined(known: Glance) -> list[dict[str, Any]]:
    """What badges show of all providers as one, as the last run wrote it; empty for other series.

    Making it anew takes every paper, which is no glance.
    """
    if known.figures != "combined":
        return []
    try:
        told = json.loads(disk.read(known.output / "metrics.json") or b"")
        found = {one["key"]: one["combined"] for one in told["authors"] if "combined" in one}
        return [
            {
                "author": key,
                "figures": {name: found[key]["values"].get(name) for name in _NAMES},
                "lower_bounds": sorted(set(found[key]["lower_bounds"]) & set(_NAMES)),
                "rule": found[key]["rule"],
            }
            for key in known.authors
            if key in found
        ]
    except (StorageError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _schedule(output: Path) -> dict[str, Any] | None:
    """What the scheduler of this folder did last and does next; `None` where there is none."""
    if not (output / ".schedule.json").exists():
        return None
    from pipeline.schedule.journal import read

    return read(output)


def _scheduled(schedule: dict[str, Any]) -> str:
    if schedule["is_running"] is False:
        return "scheduler: not running; start it with `scholar-metrics schedule`"
    where = f"{schedule['cron']} {schedule['timezone']} on {schedule['host']}"
    return f"scheduler: next run {schedule['next_run_at'] or 'unknown'} ({where})"


def _show(
    sources: Sequence[dict[str, Any]],
    run: dict[str, Any] | None,
    *,
    combined: Sequence[dict[str, Any]],
) -> None:
    if not sources:
        click.echo("nothing is known yet: run `scholar-metrics refresh`")
        return
    figures = [">" + name.replace("_", "-") for name in _NAMES]
    head = ["author", "provider", *figures, "confirmed (UTC)", "last"]
    rows = [_cells(one) for one in sources]
    for one in combined:
        at = 1 + max((i for i, row in enumerate(rows) if row[0] == one["author"]), default=-1)
        figures_of = one["figures"].items()
        shown = (number(value, at_least=n in one["lower_bounds"]) for n, value in figures_of)
        rows.insert(at, (one["author"], "combined *", *shown, "", f"by {one['rule']}"))
    table(None, head, rows)
    for one in sources:
        if one["reason"]:
            click.echo(one_line(f"{one['author']}, {one['provider']}: {one['reason']}"))
    if run:
        click.echo(f"last run {run['finished_at']}, exit code {run['exit_code']}  (* on badges)")


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    bounds = one["lower_bounds"]
    checked = (one["checked_at"] or "never")[:16].replace("T", " ")
    return (
        one["author"],
        one["provider"] + (" *" if one["is_shown"] else ""),
        *(number(value, at_least=name in bounds) for name, value in one["figures"].items()),
        checked + (" stale" if one["is_stale"] else ""),
        one["last_outcome"] or "",
    )
