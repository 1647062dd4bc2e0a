"""The command `scholar-metrics`.

Start-up is part of the product: a command's module is imported when it is called, and heavy
libraries inside it when they are used. Results go to stdout, everything else to stderr; with
`--json` stdout is one JSON document. Errors are one line, and the exit code names their family.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from pipeline.errors import ScholarMetricsError, StorageError

COMMANDS = {
    "init": ("pipeline.cli.init", "Write scholar-metrics.toml from an author's ids."),
    "refresh": ("pipeline.cli.refresh", "Ask the providers once and bring the outputs up to date."),
    "status": ("pipeline.cli.status", "What is known, since when, and from whom."),
    "history": ("pipeline.cli.history", "How figures changed over time."),
    "check": ("pipeline.cli.check", "Check what is known: agreement, possibility, age."),
    "explain": ("pipeline.cli.explain", "One paper: who counts what, and why records are one."),
    "parse": ("pipeline.cli.parse", "Records of a saved page as JSON lines; no network."),
    "measure": ("pipeline.cli.measure", "Metrics of any CSV, Parquet or BibTeX list."),
    "publish": ("pipeline.cli.publish", "Put the results on the data branch, in one commit."),
    "schedule": ("pipeline.cli.schedule", "Run by itself, every night."),
    "job": ("pipeline.cli.job", "A refresh as a CI job runs it: summary, annotations, outputs."),
    "homepage": ("pipeline.cli.homepage", "Show citations on a homepage: scan it, annotate it."),
    "doctor": ("pipeline.cli.doctor", "Check the set-up; each line says what to do."),
    "ledger": ("pipeline.cli.ledger", "Tables of counts over time, as they were on any day."),
    "department": ("pipeline.cli.department", "Thousands of authors, a slice of them at a time."),
    "config": ("pipeline.cli.config", "The configuration file: its schema."),
}


_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)


class LazyGroup(click.Group):
    """A group that imports a command when it is called; `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command's own module, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import version

        click.echo(f"scholar-metrics {version('scholar-metrics')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.option("-v", "--verbose", count=True, help="More on stderr: -v events, -vv everything.")
@click.pass_context
def app(ctx: click.Context, verbose: int) -> None:
    """Citation numbers for people's own pages: never wrong in silence, never lost.

    \b
    Exit codes: 0 everything fresh, 1 partly (outputs kept and written), 2 usage or
    configuration, 3 nothing fresh, 4 all new data refused by checks, 5 storage or
    publishing.
    """  # noqa: D301
    ctx.obj = verbose
    if verbose:
        from pipeline.log import configure

        configure(verbose=verbose)


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit code."""
    # Starting makes objects that stay: looking through them for garbage costs a refresh 5 %.
    gc.set_threshold(200_000, 20, 20)
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """Run the command; every failure ends in one line on stderr and an exit code."""
    try:
        return _run(args)
    except Exception as error:  # noqa: BLE001 - a bare traceback could show a key
        if isinstance(error, OSError) and error.errno in _DISK:
            # Not the results' disk, whose errors are told where they come up: stdout's, or /tmp's.
            where = f" ({error.filename})" if error.filename else ""
            said = f"{error.strerror}{where}; mend that disk (space, permissions) and run again"
            return _fail(said, StorageError.exit_code)
        from pipeline.log import told

        click.echo(told(error, environ=os.environ), err=True)
        return _fail("that is a defect of this program: please report the lines above", 1)


def _run(args: list[str] | None) -> int:
    try:
        result: Any = app.main(args=args, prog_name="scholar-metrics", standalone_mode=False)
    except ScholarMetricsError as error:
        return _fail(str(error), error.exit_code)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "scholar-metrics"
        return _fail(f"{error.format_message()} See `{where} --help`.", 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted; nothing known was lost", 130)
    except BrokenPipeError:
        # The reader of stdout went away (`| head`): nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0


def _fail(message: str, code: int) -> int:
    from pipeline.cli.show import one_line

    click.echo(f"scholar-metrics: {one_line(message)}", err=True)
    return code
