"""`scholar-metrics init`: a configuration file out of an author's ids."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import click

from pipeline.errors import ConfigError
from spiders import ids

_TEMPLATE = """\
# Who is followed, whom to ask, where results go: `scholar-metrics config schema` lists all keys.
output = "output"
# A mail or web address, so that providers can reach you about your requests.
{contact}

[[authors]]
key = {key}
{name}ids = [
{ids}]

[providers]
# Badges show the first that ever answered. Google Scholar answers homes and offices, hardly ever
# cloud machines: where it is blocked, put "openalex" first.
order = [{order}]
"""


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--name", help="The author's name.")
@click.option("--key", help="Short name for paths and commands; made from the name by default.")
@click.option("--orcid", help="ORCID iD, e.g. 0000-0002-1825-0097.")
@click.option("--scholar", help="Google Scholar id: the part after user= in the profile's address.")
@click.option("--openalex", help="OpenAlex author id, e.g. A5023888391.")
@click.option("--semantic-scholar", help="Semantic Scholar author id: a number.")
@click.option("--contact", help="Mail or web address for the user agent.")
def command(
    directory: Path,
    name: str | None,
    key: str | None,
    orcid: str | None,
    scholar: str | None,
    openalex: str | None,
    semantic_scholar: str | None,
    contact: str | None,
) -> None:
    """Write scholar-metrics.toml into DIRECTORY (here by default).

    At least one id is needed: by a name alone nobody is ever guessed.
    """
    given = {
        "google_scholar": scholar,
        "openalex": openalex,
        "semantic_scholar": semantic_scholar,
        "orcid": orcid,
    }
    found = [_normal(scheme, value) for scheme, value in given.items() if value]
    if not found:
        raise ConfigError(
            "init: an id is needed: --scholar, --openalex, --orcid or --semantic-scholar; "
            "look yours up on the page of your profile there"
        )
    text = _write(name=name, key=key, found=found, contact=contact)
    path = directory / "scholar-metrics.toml"
    from pipeline import config

    config.parse(text, name=str(path), base=directory.resolve())
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path}: exists already; edit it, or remove it first") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from None
    click.echo(f"{path} written; now: scholar-metrics refresh --config {path}")


def _normal(scheme: str, value: str) -> str:
    if scheme == "google_scholar" and "user=" in value:
        value = value.partition("user=")[2].partition("&")[0]
    if scheme == "semantic_scholar":
        value = value.rstrip("/").rpartition("/")[2]
    identifier = ids.normalise(f"{scheme}:{value}")
    if identifier is None:
        option = "--" + {"google_scholar": "scholar"}.get(scheme, scheme).replace("_", "-")
        raise ConfigError(f"init: {option} {value!r} is no {scheme} id; copy it from the profile")
    return identifier


def _write(*, name: str | None, key: str | None, found: list[str], contact: str | None) -> str:
    order = [p for p in ("google_scholar", "openalex", "semantic_scholar") if _askable(p, found)]
    return _TEMPLATE.format(
        contact=f"contact = {_quoted(contact)}" if contact else '# contact = "you@example.org"',
        key=_quoted(key or _key(name) or "me"),
        name=f"name = {_quoted(name)}\n" if name else "",
        ids="".join(f"  {_quoted(i)},\n" for i in found),
        order=", ".join(_quoted(p) for p in order),
    )


def _askable(provider: str, found: list[str]) -> bool:
    from spiders.registry import PROVIDERS

    return any(i.partition(":")[0] in PROVIDERS[provider].id_schemes for i in found)


def _key(name: str | None) -> str | None:
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or None


def _quoted(text: str) -> str:
    """A TOML basic string; control characters are escaped as TOML wants them."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
