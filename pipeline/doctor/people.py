"""Whom the configuration asks, for whom, and with which keys."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.doctor.finding import Finding, note, ok, wrong
from spiders.registry import PROVIDERS

if TYPE_CHECKING:
    from pipeline.config import Config

_SCHOLAR_LENGTH = 12


def ids(config: Config) -> Iterator[Finding]:
    """Ids that are well formed and still look odd."""
    for author in config.authors:
        for identifier in author.ids:
            scheme, _, value = identifier.partition(":")
            if scheme != "google_scholar":
                continue
            if ":" in value:
                yield wrong(
                    f"{author.key}: {identifier} is the id of a paper: the author's is the part "
                    f"before the second colon, google_scholar:{value.partition(':')[0]}"
                )
            elif len(value) != _SCHOLAR_LENGTH:
                yield note(
                    f"{author.key}: {identifier} has {len(value)} characters, and Google Scholar's "
                    "ids have had 12 so far: compare it with `user=` in the profile's address"
                )


def providers(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Every provider in the configured order: whom it is asked for, where, with which key."""
    for name in config.providers.order:
        yield from _provider(config, name, environ)
    if "google_scholar" in config.providers.order and environ.get("GITHUB_ACTIONS"):
        yield note(
            "google_scholar: cloud machines are nearly always refused; put openalex first in "
            "`order`, or feed a saved page with --from-html"
        )
    if not config.contact:
        yield note("no `contact` is set: providers cannot reach you; add a mail or web address")


def _provider(config: Config, name: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    provider = PROVIDERS[name]
    asked = [a.key for a in config.authors if config.target_for(a.to_author(), name)]
    if not asked:
        schemes = " or ".join(provider.id_schemes)
        yield note(f"{name}: no author has an id for it ({schemes}); it is not asked")
        return
    url = config.base_url(name)
    if is_private(url) and not config.allow_private_hosts:
        yield wrong(f"{name}: {url} is a private address: set allow_private_hosts = true")
    env = config.api_key_env(name)
    if env is None:
        yield ok(f"{name}: asked for {len(asked)} authors; it takes no key")
    elif config.api_key(name, environ):
        yield ok(f"{name}: asked for {len(asked)} authors, with the key in {env}")
    elif provider.api_key_required:
        yield wrong(f"{name}: no key in {env}, and it answers nobody without: set it")
    else:
        yield note(
            f"{name}: no key in {env}: keyless allowances are small and shared; get a free "
            "key from the provider"
        )


def is_private(url: str) -> bool:
    """Whether an address names this machine or network, as far as it says so itself."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
