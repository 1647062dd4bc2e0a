"""The bundled sample: one synthetic author, as three providers would tell of her.

`refresh --sample` needs neither configuration nor network: the pages in this folder are served
over loopback HTTP, and the very same pipeline reads them. `pages/README.md` says what is in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.sample.server import ReplayServer
from spiders.registry import PROVIDERS

PAGES = Path(__file__).parent / "pages"
"""Folder of the sample: one folder a provider."""

AUTHOR_KEY = "ada"
"""Key of the sample's author in its configuration."""

AUTHOR_NAME = "Ada Sample"

AUTHOR_IDS = (
    "google_scholar:SAMPLEadaAAJ",
    "openalex:A9000000001",
    "semantic_scholar:900000001",
    "orcid:0000-0002-1825-0097",
)
"""Her identifiers; the ORCID iD is that of ORCID's own fictional person."""


@contextmanager
def serve_sample() -> Iterator[Mapping[str, str]]:
    """Serve the sample on loopback while the context is open.

    Yields:
        Provider name to the base URL of its stand-in, in the order of the registry. Each
        provider has a server of its own, because robots.txt speaks for a whole host.
    """
    names = [name for name in PROVIDERS if (PAGES / name).is_dir()]
    with ExitStack() as servers:
        yield {
            name: servers.enter_context(ReplayServer(PAGES / name)).url
            + urlsplit(PROVIDERS[name].base_url).path
            for name in names
        }


def sample_config(base_urls: Mapping[str, str], output: Path | str, history: Path | str) -> str:
    """Configuration (TOML) that follows the sample's author at the given addresses.

    Args:
        base_urls: Provider name to base URL; its order is the order of preference.
        output: Folder for the artifacts.
        history: Folder for the history.
    """
    lines = [
        f"output = {_quoted(str(output))}",
        f"history = {_quoted(str(history))}",
        "allow_private_hosts = true",
        "",
        "[[authors]]",
        f"key = {_quoted(AUTHOR_KEY)}",
        f"name = {_quoted(AUTHOR_NAME)}",
        f"ids = {_listed(AUTHOR_IDS)}",
        "",
        "[providers]",
        f"order = {_listed(tuple(base_urls))}",
    ]
    for name, url in base_urls.items():
        lines += ["", f"[providers.{name}]", f"base_url = {_quoted(url)}", "delay = 0"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, all but that of DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _listed(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"
