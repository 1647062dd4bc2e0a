"""`scholar-metrics config schema`: what may stand in the configuration file."""

from __future__ import annotations

import click

from pipeline.cli.show import print_json


@click.group("config")
def command() -> None:
    """The configuration file scholar-metrics.toml."""


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    from pipeline import config

    print_json(config.schema())
