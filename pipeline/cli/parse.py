"""`scholar-metrics parse`: what a page module reads out of a saved page."""

from __future__ import annotations

import dataclasses
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from pipeline.cli.show import as_json
from pipeline.errors import NothingFresh
from spiders.errors import ProviderError
from spiders.items import AuthorRecord, WorkRecord
from spiders.registry import PROVIDERS


@click.command("parse")
@click.argument("provider", type=click.Choice(list(PROVIDERS)))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", help="Where the page came from; helps to tell block pages.")
@click.option("--status", type=click.IntRange(100, 599), help="HTTP status it came with.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="HTTP header it came with; may be given several times.",
)
def command(
    provider: str, file: Path, url: str | None, status: int | None, headers: tuple[str, ...]
) -> None:
    """Print the records of a saved page as JSON lines; no network.

    The first line of an author's page is {"record": "author", ...}, then one
    {"record": "work", ...} a paper. A page that is none (blocked, not found,
    changed) prints {"record": "verdict", ...} and leaves with exit code 3.
    """
    page = import_module(PROVIDERS[provider].page)
    try:
        pages = page.parse(
            file.read_bytes(), url=url, status=status, headers=dict(_header(h) for h in headers)
        )
    except ProviderError as error:
        verdict = {"record": "verdict", "verdict": error.verdict, "reason": str(error)}
        click.echo(_line({**verdict, "retry_after": error.retry_after}))
        raise NothingFresh(f"{file}: {error.verdict}: {error}") from None
    for one in pages:
        author = one.author or AuthorRecord(
            provider=provider, author_id=None, works_expected=one.total, url=url
        )
        click.echo(_line({"record": "author", "verdict": one.verdict, **_plain(author)}))
        for work in one.works:
            click.echo(_line({"record": "work", **_plain(work)}))


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise click.BadParameter(f"{text!r} is no header: write NAME:VALUE.", param_hint="--header")
    return name.strip(), value.strip()


def _plain(record: AuthorRecord | WorkRecord) -> dict[str, Any]:
    """The record's fields as JSON has them; what the provider does not say is null."""
    return {f.name: _value(getattr(record, f.name)) for f in dataclasses.fields(record)}


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _value(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    return dict(value) if hasattr(value, "items") else value


def _line(document: dict[str, Any]) -> str:
    return as_json(document)
