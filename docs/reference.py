"""Makes docs/cli.md and docs/configuration.md out of the program itself.

`make docs` writes them, a test compares them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pipeline import config
from pipeline.cli import COMMANDS, app

COMMAND_HEAD = """\
# The command

Made by `make docs` out of the command's own help; do not edit.

Results go to stdout, everything else to stderr. With `--json` stdout is one JSON document
([json.md](json.md)). Errors are one line, and the exit code names their family (see the end of
[README](../README.md)).
"""


def commands() -> str:
    """The page of the command."""
    group = click.Context(app, info_name="scholar-metrics", terminal_width=96)
    parts = [COMMAND_HEAD, _section("scholar-metrics", app.get_help(group))]
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


CONFIGURATION_HEAD = """\
# The configuration file

Made by `make docs` out of the program's own schema (`scholar-metrics config schema`); do not edit.

`scholar-metrics.toml` is TOML. Relative paths count from its folder. An unknown key is refused, and
the nearest right one is named. `[[authors]]` may stand several times; `ids` may also be a table
(`ids = {openalex = "A5023888391"}`). Keys of providers are never in it: `api_key_env` names the
environment variable that holds one.
"""
TABLES = {
    "the file": "",
    "[[authors]]": "AuthorConfig",
    "[providers]": "ProvidersConfig",
    "[providers.NAME]": "ProviderConfig",
    "[publish]": "PublishConfig",
    "[schedule]": "ScheduleConfig",
    "[notify]": "NotifyConfig",
}


def configuration() -> str:
    """The page of the configuration file."""
    schema = config.schema()
    parts = [CONFIGURATION_HEAD]
    for title, name in TABLES.items():
        table = schema["$defs"][name] if name else schema
        rows = [
            f"| `{key}` | {_kind(field)} | {_default(field)} | {_cell(field['description'])} |"
            for key, field in table["properties"].items()
            if "description" in field
        ]
        head = "| key | type | default | meaning |\n|---|---|---|---|"
        parts.append("\n".join([f"## {title}", "", head, *rows, ""]))
    return "\n".join(parts)


def _kind(field: dict[str, Any]) -> str:
    options = field.get("anyOf", [field])
    kinds = [o for o in options if o.get("type") != "null"]
    if "enum" in kinds[0]:
        return " or ".join(f"`{json.dumps(value)}`" for value in kinds[0]["enum"])
    return str(kinds[0].get("type", "table"))


def _default(field: dict[str, Any]) -> str:
    if "default" not in field:
        return ""
    return f"`{json.dumps(field['default'])}`" if field["default"] is not None else "none"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES = {"cli.md": commands, "configuration.md": configuration}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (Path(__file__).parent / name).write_text(make(), encoding="utf-8")
