"""`scholar-metrics doctor`: is the set-up sound? Each line says what was seen and what to do."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline.cli.show import CONFIG_OPTION, JSON_OPTION, one_line, print_json
from pipeline.doctor import Finding, examine


@click.command("doctor")
@CONFIG_OPTION
@click.option("--deep", is_flag=True, help="Read every file of the history.")
@click.option(
    "--online",
    is_flag=True,
    help="Ask each provider once for each author, and git for the data branch.",
)
@JSON_OPTION
@click.pass_context
def command(
    ctx: click.Context, config_path: Path, *, deep: bool, online: bool, as_json: bool
) -> int:
    """Check the set-up; leaves with 2 when something is wrong.

    Without --online nobody is asked anything.
    """
    if online and not ctx.obj:
        from pipeline.log import configure

        configure()
    found: list[Finding] = []
    now = datetime.now(UTC)
    for finding in examine(config_path, now=now, environ=os.environ, deep=deep, online=online):
        found.append(finding)
        if not as_json:
            click.echo(f"{finding.state:<5}  {one_line(finding.what)}")
    if as_json:
        print_json({"schema": 1, "findings": [{"state": f.state, "what": f.what} for f in found]})
    return 2 if any(f.state == "wrong" for f in found) else 0
