"""What `refresh` prints: the plan before anybody is asked, and the figures afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.show import figure_rows, number, one_line, print_json, table

if TYPE_CHECKING:
    from pipeline.collect.budget import Cost
    from pipeline.config import Config
    from pipeline.model import AuthorSnapshot
    from pipeline.refresh import Report


def show_plan(costs: Sequence[Cost]) -> None:
    """Calls, cost and time at each provider, and of all together."""
    from pipeline.collect.budget import UNKNOWN_WORKS
    from pipeline.refresh.planning import plan_document

    whole = plan_document(costs)
    rows = [[c.provider, f"{c.authors:,}", *_calls(c), _price(c), _time(c.seconds)] for c in costs]
    total = [f"{whole[name]:,}" for name in ("at_least", "expected", "at_most")]
    rows.append(["all", "", *total, _dollars(whole["dollars"]), _time(whole["seconds"])])
    names = ["provider", ">authors", ">calls, at least", ">expected", ">at most", ">cost", ">time"]
    table(None, names, rows)
    for cost in costs:
        if cost.unknown:
            click.echo(
                f"{cost.provider}: of {cost.unknown:,} of {cost.authors:,} nothing is known yet: "
                f"planned as {UNKNOWN_WORKS} papers each"
            )
        if cost.kept:
            click.echo(f"{cost.provider}: {cost.kept:,} pages are there from a run that stopped")


def tell_shortages(costs: Sequence[Cost]) -> None:
    """Say on stderr whose allowance does not cover the plan."""
    from pipeline.collect.budget import shortage

    for cost in costs:
        if cost.falls_short:
            click.echo(one_line(shortage(cost)), err=True)


def _calls(cost: Cost) -> list[str]:
    return [f"{n:,}" for n in (cost.at_least, cost.expected, cost.at_most)]


def _price(cost: Cost) -> str:
    if cost.dollars is None:
        return f"{cost.counted:,} searches"
    return _dollars(cost.dollars)


def _dollars(value: float) -> str:
    return f"${value:.4f}" if value else "free"


def _time(seconds: float) -> str:
    """Time in the two largest units."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def show_json(report: Report, config: Config, *, plan: dict[str, Any] | None) -> None:
    """One document: the run, the figures, and the plan where it was asked for."""
    from pipeline.writers import run_document

    print_json(
        {
            **run_document(report.run),
            "output": str(config.output),
            "figures": figure_rows(report.snapshot),
            **({} if plan is None else {"plan": plan}),
        }
    )


def show(report: Report, config: Config, *, dry_run: bool) -> None:
    """A table of figures, and what was written."""
    outcomes = {(o.author_key, o.provider): o for o in report.run.outcomes}
    rows = []
    for row in figure_rows(report.snapshot):
        outcome = outcomes.pop((row["author"], row["provider"]), None)
        rows.append([*_cells(row), "not asked" if outcome is None else outcome.kind.value])
        if "combined" in row:
            rows[-1][-1] = f"by {row['rule']}"
    for (author, provider), outcome in outcomes.items():
        rows.append([author, provider, *("–" for _ in range(6)), "never", outcome.kind.value])
    table(
        None,
        [
            "author",
            "provider",
            ">citations",
            ">h-index",
            ">i10-index",
            ">papers",
            ">papers merged",
            ">h merged",
            "as of (UTC)",
            "outcome",
        ],
        rows,
    )
    for group in report.snapshot.groups:
        click.echo(one_line(_of_group(group)))
    _show_reasons(report)
    run = report.run
    if dry_run:
        click.echo("dry run: nothing was written")
    else:
        done = f"{len(run.written)} files written, {run.unchanged} unchanged in {config.output}"
        merged = ", papers merged" if config.figures == "resolved" else ""
        click.echo(f"{one_line(done)}   (* shown on badges{merged})")


def _of_group(group: AuthorSnapshot) -> str:
    """The figures of a group, a joint paper once."""
    from pipeline.writers.shown import shown

    by = shown(group)
    if by is None:
        return f"group {group.author.key}: nobody has answered yet"
    names = ("citations", "h_index", "papers")
    said = (number(by.integer(n), at_least=by.is_bound(n)) for n in names)
    citations, h_index, papers = said
    return (
        f"group {group.author.key}: {citations} citations, h-index {h_index}, {papers} papers of "
        f"{len(group.members)} members, a joint one once (by {by.provider})"
    )


def _cells(row: dict[str, Any]) -> list[str]:
    """One line of figures: those that the provider states, or those of all as one."""
    series = "combined" if "combined" in row else "stated"
    bounds = row["lower_bounds"]
    return [
        row["author"],
        row["provider"] + (" *" if row["is_shown"] else ""),
        *(number(v, at_least=n in bounds[series]) for n, v in row[series].items()),
        *(
            number(row["resolved"][n], at_least=n in bounds["resolved"])
            for n in ("papers", "h_index")
        ),
        (row["as_of"] or "")[:16].replace("T", " ") + (" stale" if row["is_stale"] else ""),
    ]


def _show_reasons(report: Report) -> None:
    for problem in report.run.problems:
        click.echo(one_line(f"history: {problem}"), err=True)
    for outcome in report.run.outcomes:
        if outcome.reason:
            line = f"{outcome.author_key}, {outcome.provider}: {outcome.kind}: {outcome.reason}"
            click.echo(one_line(line), err=True)
    for check in report.run.checks:
        if not check.passed and not check.blocking:
            line = f"{check.author_key}, {check.provider}: note: {check.name}: {check.detail}"
            click.echo(one_line(line), err=True)
