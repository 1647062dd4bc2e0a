"""`scholar-metrics doctor`: is the set-up sound? Each line says what was seen and what to do."""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

import click

from pipeline.cli.show import CONFIG_OPTION, JSON_OPTION, one_line, print_json
from pipeline.errors import ConfigError, ScholarMetricsError
from pipeline.history import History
from spiders.registry import PROVIDERS

if TYPE_CHECKING:
    from pipeline.config import Config

_OWN = ("pipeline", "spiders")
_DISTRIBUTION = "scholar-metrics"
_FLOOR = (3, 11)
_EARLIEST = 2026
_FREE_BYTES = 50 * 2**20


class Finding(NamedTuple):
    """One line of the doctor's."""

    state: Literal["ok", "note", "wrong"]
    what: str


@click.command("doctor")
@CONFIG_OPTION
@JSON_OPTION
def command(config_path: Path, *, as_json: bool) -> int:
    """Check the set-up without asking any provider; leaves with 2 when something is wrong."""
    found = list(examine(config_path))
    if as_json:
        print_json({"schema": 1, "findings": [{"state": f.state, "what": f.what} for f in found]})
    else:
        for finding in found:
            click.echo(f"{finding.state:<5}  {one_line(finding.what)}")
    return 2 if any(f.state == "wrong" for f in found) else 0


def examine(config_path: Path) -> Iterator[Finding]:
    """Everything that can be told from here, the machine first."""
    yield from _installation()
    yield _clock(datetime.now(UTC))
    from pipeline.config import load

    try:
        config = load(config_path)
    except ConfigError as error:
        yield Finding("wrong", str(error))
        return
    yield Finding("ok", f"{config_path}: {len(config.authors)} authors")
    yield from _providers(config)
    yield from _places(config)


def _installation() -> Iterator[Finding]:
    if sys.version_info < _FLOOR:
        yield Finding("wrong", "Python 3.11 or newer is needed")
    else:
        yield Finding("ok", f"Python {sys.version.split()[0]}")
    owners = packages_distributions()
    for name in _OWN:
        others = sorted(set(owners.get(name, [])) - {_DISTRIBUTION})
        if others:
            yield Finding(
                "wrong",
                f"another package, {', '.join(others)}, installs {name!r} too: install "
                f"{_DISTRIBUTION} in an environment of its own (pipx or uv tool)",
            )


def _clock(now: datetime) -> Finding:
    if now.year < _EARLIEST:
        return Finding("wrong", f"the clock says {now:%Y-%m-%d}: set it, or dates will be wrong")
    return Finding("ok", f"the clock says {now:%Y-%m-%d %H:%M} UTC")


def _providers(config: Config) -> Iterator[Finding]:
    for name in config.providers.order:
        provider = PROVIDERS[name]
        asked = [a.key for a in config.authors if config.id_for(a.to_author(), name)]
        if not asked:
            ids = " or ".join(provider.id_schemes)
            yield Finding("note", f"{name}: no author has an id for it ({ids}); it is not asked")
            continue
        url = config.base_url(name)
        if _is_private(url) and not config.allow_private_hosts:
            yield Finding(
                "wrong", f"{name}: {url} is a private address: set allow_private_hosts = true"
            )
        env = config.api_key_env(name)
        if env is None:
            yield Finding("ok", f"{name}: asked for {len(asked)} authors; it takes no key")
        elif config.api_key(name):
            yield Finding("ok", f"{name}: asked for {len(asked)} authors, with the key in {env}")
        else:
            yield Finding(
                "note",
                f"{name}: no key in {env}: keyless allowances are small and shared; get a free "
                "key from the provider",
            )
    if "google_scholar" in config.providers.order and os.environ.get("GITHUB_ACTIONS"):
        yield Finding(
            "note",
            "google_scholar: cloud machines are nearly always refused; put openalex first in "
            "`order`, or feed a saved page with --from-html",
        )
    if not config.contact:
        yield Finding(
            "note", "no `contact` is set: providers cannot reach you; add a mail or web address"
        )


def _places(config: Config) -> Iterator[Finding]:
    for name, place in (("output", config.output), ("history", config.history_path)):
        ground = place
        while not ground.exists() and ground != ground.parent:
            ground = ground.parent
        if not ground.is_dir() or not os.access(ground, os.W_OK | os.X_OK):
            yield Finding("wrong", f"{name} {place}: cannot be written; mend its permissions")
        elif shutil.disk_usage(ground).free < _FREE_BYTES:
            yield Finding("wrong", f"{name} {place}: under 50 MB free; make room")
        else:
            yield Finding("ok", f"{name} {place}: can be written")
    history = History(config.history_path)
    try:
        rows = history.summary()
    except ScholarMetricsError as error:
        yield Finding("wrong", f"history: {error}")
        return
    for problem in history.problems:
        yield Finding("wrong", f"history: {problem.path}: {problem.what}")
    if rows:
        yield Finding("ok", f"history: figures of {len(rows)} authors and providers")
    else:
        yield Finding("note", "history: empty; `scholar-metrics refresh` begins it")


def _is_private(url: str) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
