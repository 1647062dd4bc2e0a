"""`scholar-metrics schedule`: the nightly run, by itself or by a scheduler that is there."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.show import CONFIG_OPTION
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.schedule.plan import Plan


@click.command("schedule")
@CONFIG_OPTION
@click.option("--cron", metavar="EXPR", help='Minute, hour, day, month, weekday: "17 3 * * *".')
@click.option("--timezone", metavar="ZONE", help="Zone of the expression, e.g. UTC.")
@click.option("--run-now", is_flag=True, help="Run once at once, too.")
@click.option(
    "--print",
    "kind",
    type=click.Choice(["systemd", "cron", "launchd"]),
    help="Write the text for a scheduler that you have, and end.",
)
@click.pass_context
def command(
    ctx: click.Context,
    config_path: Path,
    *,
    cron: str | None,
    timezone: str | None,
    run_now: bool,
    kind: str | None,
) -> int:
    """Run `refresh` (and `publish`, where configured) by the clock, until ended by a signal.

    What was due while nobody was there is made up for by one run at the start. Without options
    the configuration's [schedule] holds: 03:17 UTC every night.
    """
    from pipeline.config import load
    from pipeline.schedule import plan as plans

    if kind and run_now:
        raise ConfigError("--print and --run-now exclude each other: leave one out")
    config = load(config_path)
    plan = plans.make(
        config.schedule.cron if cron is None else cron,
        config.schedule.timezone if timezone is None else timezone,
    )
    _warn(plan, kind)
    if kind:
        from pipeline.schedule import units

        refresh, publish = _commands(config, config_path, _program())
        deadline = config.schedule.deadline
        unit = units.Unit(plan=plan, refresh=refresh, publish=publish, deadline=deadline)
        click.echo(units.text(kind, unit), nl=False)
        return 0
    _log_to_stderr(ctx.obj or 0)
    return _serve(config, config_path, plan, verbose=ctx.obj or 0, run_now=run_now)


def _serve(config: Config, config_path: Path, plan: Plan, *, verbose: int, run_now: bool) -> int:
    from pipeline.schedule import journal, lock, signals
    from pipeline.schedule import plan as plans
    from pipeline.schedule.runner import Runner
    from pipeline.schedule.service import Service, Work

    # -P: a folder of the working directory that is called `pipeline` is not ours.
    python = [sys.executable, "-P", "-m", "pipeline", *["-v"] * verbose]
    refresh, publish = _commands(config, config_path, tuple(python))
    work = Work(
        refresh=refresh,
        publish=publish,
        deadline=config.schedule.deadline,
        grace=config.schedule.grace * 3600,
    )
    log = logging.getLogger("pipeline.schedule")
    with signals.ending() as wait, lock.own(config.output):
        now = datetime.now(UTC)
        gap = plans.missed(plan, since=journal.last_run_at(config.output), now=now)
        own = journal.Journal(config.output)
        own.begin(cron=plan.cron.text, timezone=plan.timezone, at=now)
        if gap:
            detail = f"due {journal.iso(gap.first)}"
            if gap.latest != gap.first:
                detail += f" to {journal.iso(gap.latest)}"
            detail += ", while no scheduler ran: made up for by one run"
            own.mishap("off", at=now, detail=detail)
            log.warning("schedule.off %s", detail)
        following = journal.iso(plan.next_after(now))
        log.info(
            'schedule.begun cron="%s" timezone=%s next=%s', plan.cron.text, plan.timezone, following
        )
        at_once = "run_now" if run_now else "catch_up" if gap else None
        service = Service(plan, work, runs=Runner(), journal=own)
        return service.serve(wait, at_once=at_once)


def _commands(
    config: Config, config_path: Path, program: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """What a run starts: refresh, and publish where a repository is configured."""
    options = ("--config", str(config_path.absolute()))
    publish = (*program, "publish", *options) if config.publish.repository else None
    told = ("--notify",) if config.notify else ()
    return (*program, "refresh", *options, *told), publish


def _program() -> tuple[str, ...]:
    """The command of this very environment, by its absolute path."""
    python = Path(sys.executable).absolute()
    script = python.with_name("scholar-metrics")
    return (str(script),) if script.is_file() else (str(python), "-P", "-m", "pipeline")


def _warn(plan: Plan, kind: str | None) -> None:
    from pipeline.schedule.plan import clock_change

    day = clock_change(plan, datetime.now(UTC))
    if day is not None:
        effect = "be skipped or happen twice" if kind else "come an hour off"
        click.echo(
            f"warning: {plan.timezone} changes its clocks (next on {day}): a run in the hour that "
            f"is skipped or repeated may {effect}; UTC is exact",
            err=True,
        )
    if kind == "launchd":
        click.echo(
            "warning: launchd goes by the machine's own zone: the times are taken as they are, "
            f"whatever {plan.timezone} is",
            err=True,
        )


def _log_to_stderr(verbose: int) -> None:
    """The service's own events always; the library repeats them, so only when asked."""
    from pipeline.log import configure

    configure(verbose=verbose)
    if not verbose:
        logging.getLogger("pipeline.schedule").setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(
        logging.DEBUG if verbose > 1 else logging.CRITICAL + 1
    )
