"""`scholar-metrics publish`: the results on the data branch, in one commit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.show import CONFIG_OPTION, JSON_OPTION, one_line, print_json, table

if TYPE_CHECKING:
    from pipeline.publish import Published


@click.command("publish")
@CONFIG_OPTION
@click.option(
    "--repo",
    metavar="DIR_OR_URL",
    help="Repository to publish to: a folder or an address, instead of the configured one.",
)
@click.option("--branch", metavar="NAME", help="Branch, instead of the configured one.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@JSON_OPTION
def command(
    config_path: Path, *, repo: str | None, branch: str | None, dry_run: bool, as_json: bool
) -> None:
    """Put the results on the data branch, in one commit on top of what is there.

    Nothing new, no commit. Files of others, earlier figures and ids on the branch stay.
    """
    from pipeline.config import load
    from pipeline.publish import publish

    config = load(config_path)
    base = config_path.resolve().parent
    done = publish(config, base=base, repo=repo, branch=branch, dry_run=dry_run)
    for note in done.notes:
        click.echo(one_line(note), err=True)
    if as_json:
        print_json(document(done))
    else:
        _show(done, dry_run=dry_run)


def document(done: Published) -> dict[str, Any]:
    """What was done, as JSON."""
    return {
        "schema": 1,
        "branch": done.branch,
        "repository": done.repository,
        "commit": done.commit,
        "operations": [{"kind": o.kind.value, "path": o.path} for o in done.operations],
        "changed": [
            {"path": c.path, "label": c.label, "old": c.old, "new": c.new} for c in done.changed
        ],
        "urls": {path: dict(found) for path, found in done.urls.items()},
    }


def _show(done: Published, *, dry_run: bool) -> None:
    if dry_run:
        for operation in done.operations:
            click.echo(f"{operation.kind.value:6}  {operation.path}")
    if done.changed:
        rows = [[c.path, c.label, c.old or "–", "->", c.new] for c in done.changed]
        table(None, ["badge", "label", ">before", "", "now"], rows)
    where = one_line(f"{done.branch} of {done.repository}")
    if not done.operations:
        click.echo(f"nothing new for {where}: no commit")
    elif dry_run:
        click.echo(f"dry run: {len(done.operations)} files would change on {where}")
    else:
        click.echo(
            f"{len(done.operations)} files changed on {where} ({(done.commit or '')[:12]}): "
            f"{done.message}"
        )
    for found in done.urls.values():
        for address in found.values():
            click.echo(address)
