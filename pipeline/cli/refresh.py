"""`scholar-metrics refresh`: the main job, once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.refreshed import show, show_json, show_plan, tell_shortages
from pipeline.cli.show import CONFIG_OPTION, JSON_OPTION, one_line, print_json
from pipeline.errors import ConfigError, ScholarMetricsError

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.collect.budget import Cost
    from pipeline.config import Config
    from pipeline.refresh import Report
    from pipeline.refresh.asking import Request


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
@click.option("--plan", is_flag=True, help="Show calls, cost and time, and ask nobody.")
@click.option("--dry-run", is_flag=True, help="Show the plan, ask and compute; write nothing.")
@click.option("--fresh", is_flag=True, help="Use no page that was kept: ask for everything anew.")
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
    plan: bool,
    dry_run: bool,
    fresh: bool,
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
            fresh=fresh,
        )
        if plan:
            return _plan_only(config, request, as_json=as_json)
        announced = _Announced(shows=dry_run and not as_json)
        asked = sum(map(len, plan_targets(config, request).values()))
        progress = stack.enter_context(_progress(asked))
        with _told(config, wanted=notify and not dry_run) as told:
            if not (sample or dry_run or no_branch):
                _take_history(config, base=config_path.resolve().parent)
            report = refresh(config, request, progress=progress, announce=announced)
            told.append(report)
    if as_json:
        show_json(report, config, plan=announced.document() if dry_run else None)
    else:
        show(report, config, dry_run=dry_run)
    return report.run.exit_code


class _Announced:
    """Takes the plan of a run: shows it where wanted, and tells of what it cannot pay for."""

    def __init__(self, *, shows: bool) -> None:
        self._shows = shows
        self._costs: Sequence[Cost] = ()

    def __call__(self, costs: Sequence[Cost]) -> None:
        self._costs = costs
        if self._shows:
            show_plan(costs)
        tell_shortages(costs)

    def document(self) -> dict[str, Any]:
        """The plan as JSON."""
        from pipeline.refresh.planning import plan_document

        return plan_document(self._costs)


def _plan_only(config: Config, request: Request, *, as_json: bool) -> int:
    from pipeline.history import History
    from pipeline.refresh import utc_now
    from pipeline.refresh.asking import plan_targets
    from pipeline.refresh.planning import plan_document, planned

    if request.from_html is not None:
        raise ConfigError("--plan plans questions, and --from-html asks none: leave one out")
    targets = plan_targets(config, request)
    states = History(config.history_path).states()
    costs = planned(config, request, targets, states=states, now=utc_now())
    print_json({"plan": plan_document(costs)}) if as_json else show_plan(costs)
    tell_shortages(costs)
    return 0


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
