"""`scholar-metrics job`: a refresh as a CI job runs it, told in a summary and one exit code."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.show import CONFIG_OPTION
from pipeline.errors import ScholarMetricsError, StorageError

if TYPE_CHECKING:
    from pipeline.jobs.changes import Changes
    from pipeline.jobs.child import Refreshed
    from pipeline.jobs.github import Annotation, Runner
    from pipeline.jobs.setup import Setup


@click.command("job")
@CONFIG_OPTION
@click.option(
    "--authors",
    default="",
    metavar="IDS",
    help="Ids of one author, where there is no configuration file; else the only authors to ask.",
)
@click.option("--contact", default="", help="Mail or web address, for a file made from --authors.")
@click.option("--branch", default="", help="The data branch, where the file names none.")
@click.option("--dry-run", is_flag=True, help="Ask and compute, but write nothing.")
@click.option("--no-refresh", is_flag=True, help="Only prepare the configuration for a publish.")
def command(
    config_path: Path,
    *,
    authors: str,
    contact: str,
    branch: str,
    dry_run: bool,
    no_refresh: bool,
) -> int:
    """Refresh as a CI job does: job summary, annotations, outputs, and when to turn red.

    A night without news is green with a warning; a job is red when the set-up is wrong, the storage
    failed, or the figures shown are older than `stale_after`.
    """
    from pipeline.jobs.github import Runner
    from pipeline.jobs.setup import Inputs, prepare

    runner = Runner.of(os.environ)
    inputs = Inputs(path=config_path, authors=authors, contact=contact, branch=branch)
    try:
        setup = prepare(inputs, repository=runner.repository)
        _output(runner, _places(setup))
        if no_refresh:
            _output(runner, {"publishable": "true"})
            return 0
        return _run(setup, runner, dry_run=dry_run)
    except ScholarMetricsError as error:
        if not runner.is_actions:
            raise
        return _stopped(error, runner)


def _run(setup: Setup, runner: Runner, *, dry_run: bool) -> int:
    from pipeline.jobs import child, summary
    from pipeline.jobs.policy import age_of, verdict
    from pipeline.log import secrets_of

    if runner.is_actions or not dry_run:
        _take_past(setup)
    done = child.refresh(
        setup.path,
        authors=setup.authors,
        dry_run=dry_run,
        say=lambda line: click.echo(line, err=True),
        secrets=secrets_of(os.environ),
    )
    found = verdict(done.exit_code, age_of(done.document["figures"] if done.document else ()))
    if done.document is None and done.last_lines:
        found = replace(found, message=f"{found.message} ({done.last_lines[-1]})")
    changes = _changes(setup, done, dry_run=dry_run)
    _tell(runner, summary.markdown(found, done.document, changes, is_dry=dry_run))
    _annotate(runner, summary.alerts(found, done.document))
    _output(
        runner,
        {
            **_figures(setup, done),
            "changed": "" if changes is None else _word(bool(changes)),
            "exit-code": str(done.exit_code),
            "publishable": _word(found.is_publishable and not dry_run),
        },
    )
    return found.exit_code


def _take_past(setup: Setup) -> None:
    """The history of the data branch, where there is none here.

    It is taken by this process, so that the one that opens providers' pages holds no token.
    """
    from pipeline.jobs.github import harmless
    from pipeline.publish import take_history

    taken = take_history(setup.config, base=setup.path.resolve().parent)
    if taken is not None:
        for problem in taken.problems:
            click.echo(harmless(f"history of the branch: {problem}"), err=True)
        click.echo(f"{taken.runs} runs of the history taken from the data branch", err=True)


def _changes(setup: Setup, done: Refreshed, *, dry_run: bool) -> Changes | None:
    """What the run changed; `None` when that cannot be told."""
    from pipeline.history import History
    from pipeline.jobs.changes import Changes, changes_beside, changes_of
    from pipeline.jobs.github import harmless

    if done.document is None:
        return None
    history = History(setup.config.history_path)
    try:
        if dry_run:
            return Changes(figures=changes_beside(done.document["figures"], history.summary()))
        return changes_of(history, done.document["run_id"])
    except StorageError as error:
        click.echo(harmless(f"scholar-metrics: what changed is not known: {error}"), err=True)
        return None


def _figures(setup: Setup, done: Refreshed) -> dict[str, str]:
    """Headline figures of the first author, as badges show them; empty where not known."""
    first = setup.config.authors[0].key
    rows = done.document["figures"] if done.document else ()
    shown = next((r for r in rows if r["is_shown"] and r["author"] == first), None)
    values = shown[setup.config.figures] if shown else {}
    return {
        name: "" if values.get(key) is None else str(values[key])
        for name, key in (("citations", "citations"), ("h-index", "h_index"))
    }


def _places(setup: Setup) -> dict[str, str]:
    """What the steps after this one need: the configuration, and the files that may travel."""
    base = Path.cwd()
    output, history = (
        Path(os.path.relpath(p, base)) if p.resolve().is_relative_to(base.resolve()) else p
        for p in (setup.config.output, setup.config.history_path)
    )
    return {
        "config": str(setup.path),
        "repository": setup.config.publish.repository or "",
        "branch": setup.config.publish.branch,
        "files": f"{output}\n{history}",
        "root": os.path.commonpath([output, history]) or ".",
    }


def _stopped(error: ScholarMetricsError, runner: Runner) -> int:
    from pipeline.jobs import summary
    from pipeline.jobs.policy import Verdict

    found = Verdict(
        exit_code=error.exit_code, level="error", message=str(error), is_publishable=False
    )
    _annotate(runner, summary.alerts(found, None))
    _tell(runner, summary.markdown(found, None, None))
    _output(runner, {"exit-code": str(error.exit_code), "publishable": "false"})
    return error.exit_code


def _tell(runner: Runner, text: str) -> None:
    from pipeline.jobs.github import append

    if runner.summary is None:
        click.echo(text, nl=False)
    else:
        append(runner.summary, text)


def _annotate(runner: Runner, found: list[Annotation]) -> None:
    from pipeline.cli.show import one_line
    from pipeline.jobs.github import command as workflow_command

    for one in found:
        if runner.is_actions:
            click.echo(workflow_command(one))
        else:
            click.echo(one_line(f"{one.level}: {one.title}: {one.message}"), err=True)


def _output(runner: Runner, values: dict[str, str]) -> None:
    from pipeline.jobs.github import append, outputs

    if runner.output is not None:
        append(runner.output, outputs(values))


def _word(is_so: bool) -> str:
    return "true" if is_so else "false"
