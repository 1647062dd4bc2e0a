"""`scholar-metrics history`: how figures changed over time."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.show import (
    CONFIG_OPTION,
    JSON_OPTION,
    moment,
    number,
    print_json,
    table,
    tell_damage,
)
from pipeline.errors import ConfigError
from pipeline.history import Change, History

_MOST = 200


@click.command("history")
@CONFIG_OPTION
@click.option("--author", metavar="KEY", help="Only this author.")
@click.option("--provider", metavar="NAME", help="Only this provider.")
@click.option("--metric", metavar="NAME", help="Only this figure, e.g. cited_by_count, h_index.")
@click.option("--record", metavar="ID", help="Only this paper's record, e.g. openalex:W123.")
@click.option(
    "--papers/--totals",
    default=None,
    help="Papers' changes too, or the authors' totals alone: the default of tables.",
)
@click.option("--runs", is_flag=True, help="The runs instead: who was asked, and how it went.")
@JSON_OPTION
def command(
    config_path: Path,
    *,
    author: str | None,
    provider: str | None,
    metric: str | None,
    record: str | None,
    papers: bool | None,
    runs: bool,
    as_json: bool,
) -> int:
    """Show how figures changed, in the order of runs.

    Only changes are stored: between two of them a figure was what it was.
    """
    from pipeline.config import load

    config = load(config_path)
    known = [a.key for a in config.authors]
    if author is not None and author not in known:
        raise ConfigError(f"--author {author}: no such author; there are {', '.join(known)}")
    history = History(config.history_path)
    if runs:
        _runs(history, author=author, provider=provider, as_json=as_json)
        return tell_damage(history)
    everything = as_json if papers is None else papers
    wanted = record if record is not None else (None if everything else "")
    changes = history.series(author_key=author, provider=provider, metric=metric, record_id=wanted)
    if as_json:
        print_json({"schema": 1, "changes": [_plain(change) for change in changes]})
        return tell_damage(history)
    table(
        None,
        ["date", "author", "provider", "record", "figure", ">value"],
        [
            [
                c.date.isoformat(),
                c.author_key,
                c.provider,
                c.record_id or "(author)",
                c.metric,
                "gone" if c.value is None else number(c.value),
            ]
            for c in changes[-_MOST:]
        ],
    )
    if len(changes) > _MOST:
        click.echo(f"the last {_MOST} of {len(changes):,} changes; --json prints them all")
    return tell_damage(history)


def _plain(change: Change) -> dict[str, object]:
    return {
        "author": change.author_key,
        "provider": change.provider,
        "record_id": change.record_id or None,
        "metric": change.metric,
        "date": change.date.isoformat(),
        "at": moment(change.at),
        "value": change.value,
        "run_id": change.run_id,
    }


def _runs(history: History, *, author: str | None, provider: str | None, as_json: bool) -> None:
    rows = [
        {
            "run_id": r.run_id,
            "at": moment(r.at),
            "author": r.author_key,
            "provider": r.provider,
            "outcome": r.kind.value,
            "reason": r.reason,
            "works_seen": r.works_seen,
            "requests": r.requests,
            "seconds": r.seconds,
        }
        for r in history.runs()
        if author in (None, r.author_key) and provider in (None, r.provider)
    ]
    if as_json:
        print_json({"schema": 1, "runs": rows})
        return
    table(
        None,
        ["at (UTC)", "author", "provider", "outcome", ">works", ">requests", "reason"],
        [
            [
                str(r["at"]),
                str(r["author"]),
                str(r["provider"]),
                str(r["outcome"]),
                "–" if r["works_seen"] is None else str(r["works_seen"]),
                str(r["requests"]),
                str(r["reason"] or ""),
            ]
            for r in rows[-_MOST:]
        ],
    )
