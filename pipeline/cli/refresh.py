"""`scholar-metrics refresh`: the main job, once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.show import (
    CONFIG_OPTION,
    JSON_OPTION,
    figure_rows,
    number,
    one_line,
    print_json,
    table,
)
from pipeline.errors import ConfigError, ScholarMetricsError

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.config import Config
    from pipeline.model import AuthorSnapshot
    from pipeline.refresh import Report


@click.command("refresh")
@CONFIG_OPTION
@click.option("--sample", is_flag=True, help="Run on the bundled sample over loopback; no network.")
@click.option("--author", "authors", multiple=True, metavar="KEY", help="Only this author.")
@click.option("--provider", "providers", multiple=True, metavar="NAME", help="Only this provider.")
@click.option(
    "--from-html",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read a page that you saved from your browser, instead of asking the provider.",
)
@click.option(
    "--captured",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Day on which that page was saved, where its dates leave the year out.",
)
@click.option("--accept", is_flag=True, help="Take figures that checks would hold back.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for results, instead of the configured one.",
)
@click.option("--dry-run", is_flag=True, help="Ask and compute, but write nothing.")
@click.option(
    "--no-branch",
    is_flag=True,
    help="Do not take a missing history from the data branch.",
)
@click.option("--notify", is_flag=True, help="Tell whom [notify] names, where there is reason to.")
@JSON_OPTION
@click.pass_context
def command(
    ctx: click.Context,
    config_path: Path,
    *,
    sample: bool,
    authors: tuple[str, ...],
    providers: tuple[str, ...],
    from_html: Path | None,
    captured: datetime | None,
    accept: bool,
    output: Path | None,
    dry_run: bool,
    no_branch: bool,
    notify: bool,
    as_json: bool,
) -> int:
    """Ask the providers once, check the answers, and bring the outputs up to date.

    Whatever fails, figures known before stay as they are, with their age.
    """
    if sample and from_html is not None:
        raise ConfigError("--sample and --from-html exclude each other: leave one out")
    if not ctx.obj:
        from pipeline.log import configure

        configure()
    if captured is not None and from_html is None:
        raise ConfigError(
            "--captured dates the page of --from-html: give that too, or leave it out"
        )
    with ExitStack() as stack:
        from pipeline.refresh import refresh
        from pipeline.refresh.asking import Request, plan_targets

        config = (
            stack.enter_context(_sample(output)) if sample else _configured(config_path, output)
        )
        request = Request(
            authors=authors,
            providers=providers,
            from_html=from_html,
            captured=captured.date() if captured else None,
            accept=accept,
            dry_run=dry_run,
        )
        asked = sum(map(len, plan_targets(config, request).values()))
        progress = stack.enter_context(_progress(asked))
        with _told(config, wanted=notify and not dry_run) as told:
            if not (sample or dry_run or no_branch):
                _take_history(config, base=config_path.resolve().parent)
            report = refresh(config, request, progress=progress)
            told.append(report)
    _show_json(report, config) if as_json else _show(report, config, dry_run=dry_run)
    return report.run.exit_code


def _configured(path: Path, output: Path | None) -> Config:
    from pipeline.config import load

    config = load(path)
    if output is None:
        return config
    return config.model_copy(update={"output": output.resolve()})


@contextmanager
def _sample(output: Path | None) -> Iterator[Config]:
    """The bundled sample's configuration, its pages served on loopback meanwhile.

    Its synthetic person never goes where somebody's real figures are.
    """
    from pipeline import config
    from pipeline.history import History
    from pipeline.sample import sample_config, serve_sample

    root = (output or Path("output")).resolve()
    with serve_sample() as urls:
        text = sample_config(urls, str(root), str(root / "history"))
        made = config.parse(text, name="the sample", base=root)
        own = {author.key for author in made.authors}
        others = {state.author_key for state in History(made.history_path).states()} - own
        if others:
            raise ConfigError(
                f"{root} holds figures of {', '.join(sorted(others))}: run the sample elsewhere, "
                "with --output DIR"
            )
        yield made


def _take_history(config: Config, *, base: Path) -> None:
    """A machine without a history begins with that of the data branch, where one is configured."""
    if config.publish.repository is None:
        return
    from pipeline.publish import take_history

    taken = take_history(config, base=base)
    if taken is None:
        return
    for problem in taken.problems:
        click.echo(one_line(f"data branch: {problem}"), err=True)
    if taken.runs:
        click.echo(f"{taken.runs} runs taken from the data branch", err=True)


@contextmanager
def _told(config: Config, *, wanted: bool) -> Iterator[list[Report]]:
    """Tell people how the run inside went, whether it ended well or not."""
    reports: list[Report] = []
    if not wanted:
        yield reports
        return
    from pipeline.notify import notify_after_run
    from pipeline.refresh import utc_now

    try:
        yield reports
    except ScholarMetricsError as error:
        notify_after_run(config, exit_code=error.exit_code, reasons=[str(error)], now=utc_now())
        raise
    for report in reports:
        reasons = [
            f"{o.author_key}, {o.provider}: {o.kind}: {o.reason}"
            for o in report.run.outcomes
            if o.reason
        ]
        code = report.run.exit_code
        notify_after_run(config, exit_code=code, reasons=reasons, now=report.run.finished_at)


@contextmanager
def _progress(asked: int) -> Iterator[Callable[[str], None] | None]:
    """A bar on stderr that grows with each answer, where a person looks on."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking the providers", total=asked)
        yield lambda text: bar.update(task, advance=1, description=escape(one_line(text)))


def _show_json(report: Report, config: Config) -> None:
    from pipeline.writers import run_document

    print_json(
        {
            **run_document(report.run),
            "output": str(config.output),
            "figures": figure_rows(report.snapshot),
        }
    )


def _show(report: Report, config: Config, *, dry_run: bool) -> None:
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
