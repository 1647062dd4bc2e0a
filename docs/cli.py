"""Prints docs/cli.md out of the command's own help: `make docs` writes it, a test compares it."""

from __future__ import annotations

import click

from pipeline.cli import COMMANDS, app

HEAD = """\
# The command

Made by `make docs` out of the command's own help; do not edit.

Results go to stdout, everything else to stderr. With `--json` stdout is one JSON document
([json.md](json.md)). Errors are one line, and the exit code names their family (see the end of
[README](../README.md)).
"""


def reference() -> str:
    """The whole page."""
    group = click.Context(app, info_name="scholar-metrics", terminal_width=96)
    parts = [HEAD, _section("scholar-metrics", app.get_help(group))]
    for name in COMMANDS:
        command = app.get_command(group, name)
        if command is None:
            raise LookupError(name)
        parts.append(_section(f"scholar-metrics {name}", _help(command, name, group)))
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=name, parent=group, terminal_width=96)
            for inner, part in command.commands.items():
                title = f"scholar-metrics {name} {inner}"
                parts.append(_section(title, _help(part, inner, context)))
    return "\n".join(parts)


def _help(command: click.Command, name: str, parent: click.Context) -> str:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=96)
    return command.get_help(context)


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n```\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
