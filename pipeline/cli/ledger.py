"""`scholar-metrics ledger`: tables of counts over time, from a department to all of OpenAlex."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.show import JSON_OPTION, number, one_line, print_json, table
from pipeline.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from pipeline.scale.ledger import Past, Run

_FOLDER = click.argument("ledger", type=click.Path(path_type=Path, file_okay=False))
_OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="FILE.parquet or FILE.csv.",
)
_ID = re.compile(r"A?(\d{1,15})", re.IGNORECASE)
_SHOWN = ("papers", "citations", "h_index", "g_index", "i10_index")
_MOST = 200
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("ledger")
def command() -> None:
    """Keep what each table of counts said, and read it again as it was on any day.

    A table is a Parquet file, or a folder of them, with a row for each work of each author:
    author_id, work_id (whole numbers) and cited_by_count. Only what changes is stored.
    """


@command.command("add")
@_FOLDER
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--as-of",
    type=_DAY,
    metavar="YYYY-MM-DD",
    help="Day that the table speaks of; today (UTC) if not.",
)
@click.option("--accept", is_flag=True, help="Believe it, though a fifth of the last one is lost.")
@JSON_OPTION
def add(ledger: Path, file: Path, as_of: datetime | None, *, accept: bool, as_json: bool) -> None:
    """Take a table: works that it does not have are gone from then on."""
    from pipeline.scale.ledger import Ledger

    now = datetime.now(UTC)
    added = Ledger(ledger).add(file, as_of=(as_of or now).date(), now=now, accept=accept)
    if as_json:
        print_json({"schema": 1, **_run(added.run), "is_stored": added.is_stored})
    elif not added.is_stored:
        click.echo(f"{added.run.as_of}: this very table is in {ledger} already")
    else:
        run = added.run
        click.echo(
            f"{run.as_of}: {run.rows:,} rows of {run.authors:,} authors; {run.new:,} new, "
            f"{run.changed:,} changed, {run.gone:,} gone"
        )


@command.command("show")
@_FOLDER
@click.option(
    "--author", metavar="ID", help="Only this author, day by day: A5023888391 or 5023888391."
)
@JSON_OPTION
def show(ledger: Path, author: str | None, *, as_json: bool) -> int:
    """List the tables that were taken, or one author's figures over time.

    Leaves with 1 when the author is in none of them.
    """
    from pipeline.scale.ledger import Ledger

    found = Ledger(ledger)
    runs = found.runs
    if author is None:
        _show_runs(ledger, runs, as_json=as_json)
        return 0
    wanted = _ID.fullmatch(author)
    if wanted is None:
        raise ConfigError(f"--author {author}: no whole number; write A5023888391 or 5023888391")
    past = found.author(int(wanted[1]))
    if as_json:
        days = [_day(each) for each in past]
        print_json(
            {
                "schema": 1,
                "author_id": int(wanted[1]),
                "checked": runs[-1].as_of.isoformat(),
                "days": days,
            }
        )
    elif past:
        _show_past(past, checked=runs[-1].as_of)
    else:
        click.echo(one_line(f"{ledger}: no work of author {wanted[1]} in any table"), err=True)
    return int(not past)


@command.command("changes")
@_FOLDER
@click.option(
    "--since",
    type=_DAY,
    metavar="YYYY-MM-DD",
    help="Of tables of later days; of all but the first if not.",
)
@_OUTPUT
def changes(ledger: Path, since: datetime | None, output: Path) -> None:
    """Write what changed: each count before and after, new works and gone ones."""
    from pipeline.scale.ledger import Ledger
    from pipeline.scale.ledger.export import write_changes

    rows = write_changes(Ledger(ledger).changes(since.date() if since else None), output)
    click.echo(f"{rows:,} changes in {output}")


@command.command("table")
@_FOLDER
@click.option(
    "--at",
    "day",
    type=_DAY,
    metavar="YYYY-MM-DD",
    help="As it was on that day; as it is now if not.",
)
@_OUTPUT
def write(ledger: Path, day: datetime | None, output: Path) -> None:
    """Write a table as it was taken: `measure` gives every figure of that day."""
    from pipeline.scale.ledger import Ledger
    from pipeline.scale.ledger.export import write_table

    rows = write_table(Ledger(ledger).table(day.date() if day else None), output)
    click.echo(f"{rows:,} rows in {output}")


@command.command("check")
@_FOLDER
def check(ledger: Path) -> int:
    """Compare every file with what was written; leaves with 5 when one differs."""
    from pipeline.scale.ledger import Ledger

    found = Ledger(ledger)
    damaged = found.problems()
    for line in damaged:
        click.echo(one_line(line), err=True)
    if damaged:
        return StorageError.exit_code
    click.echo(f"{ledger}: {len(found.runs):,} tables, every file as it was written")
    return 0


def _show_runs(ledger: Path, runs: tuple[Run, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"schema": 1, "ledger": str(ledger), "runs": [_run(run) for run in runs]})
        return
    names = ("rows", "authors", "citations", "new", "changed", "gone")
    rows = [
        [run.as_of.isoformat(), *(number(getattr(run, name)) for name in names), run.source]
        for run in runs[-_MOST:]
    ]
    table(None, ["day", *(f">{name}" for name in names), "from"], rows)
    _tell_earlier(len(runs))


def _show_past(past: tuple[Past, ...], *, checked: date) -> None:
    rows = []
    for each in past[-_MOST:]:
        day = _day(each)
        rows.append([day["as_of"], *(number(day["figures"][name]) for name in _SHOWN)])
    table(None, ["since", *(">" + name.replace("_", " ") for name in _SHOWN)], rows)
    _tell_earlier(len(past))
    click.echo(f"last looked at in the table of {checked}")


def _tell_earlier(lines: int) -> None:
    if lines > _MOST:
        click.echo(f"… after {lines - _MOST:,} earlier ones; --json shows them all")


def _run(run: Run) -> dict[str, Any]:
    names = ("rows", "authors", "citations", "unknown", "new", "changed", "gone")
    return {
        "number": run.number,
        "as_of": run.as_of.isoformat(),
        "at": run.at.isoformat(timespec="seconds"),
        "source": run.source,
        **{name: getattr(run, name) for name in names},
    }


def _day(past: Past) -> dict[str, Any]:
    from pipeline.metrics import measure_list

    figures = measure_list(list(past.counts.values()))
    return {
        "as_of": past.as_of.isoformat(),
        "figures": {name: figures[name] for name in _SHOWN},
        "changes": [
            {
                "work_id": change.work,
                "before": change.before,
                "cited_by_count": change.after,
                "is_new": change.is_new,
                "is_gone": change.is_gone,
            }
            for change in past.changes
        ],
    }
