"""`scholar-metrics init`: a configuration file out of an author's ids, and those they lead to."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.show import JSON_OPTION, one_line, print_json
from pipeline.errors import ConfigError, NothingFresh

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.discover import Evidence, Finding, Places

_FILE = "scholar-metrics.toml"


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--orcid", help="ORCID iD, e.g. 0000-0002-1825-0097.")
@click.option("--scholar", help="Google Scholar id: the part after user= in the profile's address.")
@click.option("--openalex", help="OpenAlex author id, e.g. A5023888391.")
@click.option("--semantic-scholar", help="Semantic Scholar author id: a number.")
@click.option("--dblp", help="dblp id: the part after /pid/ in the address, e.g. 12/3456.")
@click.option("--inspire", help="INSPIRE id, e.g. A.Lovelace.1.")
@click.option("--arxiv-author", help="arXiv author id, e.g. lovelace_a_1.")
@click.option("--homepage", metavar="URL|FILE", help="Your own page, or a saved copy of it.")
@click.option("--name", help="The author's name; alone, it lists who may be meant.")
@click.option("--key", help="Short name for paths and commands; made from the name by default.")
@click.option("--contact", help="Mail or web address for the user agent.")
@click.option("--yes", "is_unasked", is_flag=True, help="Ask nothing; take what is stated only.")
@click.option("--offline", "is_offline", is_flag=True, help="Write what was given; ask nobody.")
@click.option(
    "--providers",
    "providers_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="TOML with [providers.NAME] tables (base_url, delay, api_key_env), for mirrors.",
)
@JSON_OPTION
@click.pass_context
def command(
    ctx: click.Context,
    /,
    directory: Path,
    *,
    homepage: str | None,
    name: str | None,
    key: str | None,
    contact: str | None,
    is_unasked: bool,
    is_offline: bool,
    providers_path: Path | None,
    as_json: bool,
    **values: str | None,
) -> int:
    """Write scholar-metrics.toml into DIRECTORY (here by default).

    Give one id or more. The providers are asked, and ids that they state beside
    a given one are taken too. What only looks alike is asked on a terminal, and
    left out without one: nobody is ever guessed.
    """
    from pipeline.cli import found
    from pipeline.discover import decide, discover, read_places

    if not ctx.obj:
        from pipeline.log import configure

        configure()
    path = directory / _FILE
    given, page = _given(values, homepage)
    if path.exists():
        raise ConfigError(f"{path}: exists already; edit it, or remove it first")
    places = read_places(providers_path)
    asking = places.config(_checked(contact))
    if not given and page is None:
        if name is None or is_offline:
            raise ConfigError(
                "init: an id is needed: --orcid, --scholar, --openalex, --semantic-scholar, "
                "--dblp, --inspire, --arxiv-author or --homepage; look yours up on the page of "
                "your profile there, or give --name alone to see who may be meant"
            )
        return _list(asking, name, as_json=as_json)
    with _progress(is_quiet=as_json or is_offline) as progress:
        evidence = discover(
            asking, given=given, name=name, page=page, is_offline=is_offline, progress=progress
        )
    findings = decide(evidence)
    if not (as_json or is_offline):
        found.show(findings)
    if not (is_unasked or as_json or is_offline) and _is_terminal():
        findings = _asked(evidence, findings)
    taken = tuple(f for f in findings if f.is_taken)
    if not taken:
        raise NothingFresh(f"{homepage}: no id is in it, and nobody could be asked: give an id")
    _write(path, taken, evidence, key=key, contact=contact, places=places)
    code = 1 if found.unanswered(evidence) else 0
    if as_json:
        print_json(found.document(path, findings, evidence, code=code))
    else:
        found.tell(path, findings, evidence)
    return code


def _list(asking: Config, name: str, *, as_json: bool) -> int:
    """Show who may be meant by a name; 2, as one of them must be chosen."""
    from pipeline.cli import found
    from pipeline.discover import listing

    with _progress(is_quiet=as_json) as progress:
        listed = listing(asking, name, progress=progress)
    if as_json:
        print_json(found.listing_document(listed))
    else:
        found.show_listing(listed)
    if listed.found:
        if not as_json:
            cost = "OpenAlex took 10 to 15 of the day's 1,000 free credits for the search."
            click.echo("Nothing was written: type the command of the right one.", err=True)
            click.echo(cost, err=True)
        return ConfigError.exit_code
    raise NothingFresh(f"nobody called {name!r} was found: give an id, e.g. --orcid or --openalex")


def _given(values: Mapping[str, str | None], homepage: str | None) -> tuple[list[str], Path | None]:
    given = [_normal(scheme, value) for scheme, value in values.items() if value]
    page = None
    if homepage and re.match(r"https?://", homepage, re.IGNORECASE):
        given.append(_normal("homepage", homepage))
    elif homepage:
        page = Path(homepage)
        if not page.is_file():
            raise ConfigError(
                f"init: --homepage {homepage!r} is neither an address (https://…) nor a file"
            )
    return given, page


def _normal(option: str, value: str) -> str:
    from pipeline.discover.evidence import is_persons
    from spiders import ids
    from spiders.pages.profiles import person_id

    scheme = {"scholar": "google_scholar"}.get(option, option)
    value = value.strip()
    if option == "inspire" and not value.rstrip("/").rpartition("/")[2].isdecimal():
        scheme = "inspire_bai"
    found = person_id(value)
    if found is None or not found.startswith(f"{scheme}:"):
        if option in ("semantic_scholar", "inspire"):
            value = value.rstrip("/").rpartition("/")[2]
        if scheme == "google_scholar" and "user=" in value:
            value = value.partition("user=")[2].partition("&")[0]
        found = ids.normalise(f"{scheme}:{value}")
    if found is None or not is_persons(found):
        shown = "--" + option.replace("_", "-")
        raise ConfigError(f"init: {shown} {value!r} is no {scheme} id; copy it from the profile")
    return found


def _checked(contact: str | None) -> str | None:
    """A contact goes into every request's headers: no control character may be in it."""
    if contact is not None and not re.fullmatch(r"[\x21-\x7e ]{1,200}", contact):
        raise ConfigError("init: --contact: up to 200 ASCII letters, digits and marks are wanted")
    return contact


def _write(
    path: Path,
    taken: tuple[Finding, ...],
    evidence: Evidence,
    *,
    key: str | None,
    contact: str | None,
    places: Places,
) -> None:
    from pipeline import config
    from pipeline.discover import Choice, in_order, write

    text = write(
        Choice(
            ids=taken,
            order=in_order(taken, evidence),
            name=evidence.known_name,
            key=key,
            contact=contact,
            places=places,
        )
    )
    config.parse(text, name=str(path), base=path.parent.resolve())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path}: exists already; edit it, or remove it first") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from None


def _asked(evidence: Evidence, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Put the open ids to the person, one after another; each answer may settle others."""
    from pipeline.cli import found
    from pipeline.discover import Kind, decide
    from pipeline.discover.evidence import Said

    said = Said()
    while one := next((f for f in findings if f.kind is Kind.OPEN), None):
        click.echo(one_line(f"{one.id}: {found.evidence_of(one)}"), err=True)
        if click.confirm("Is that the same person?", default=False, err=True):
            said = Said(yes=said.yes | {one.id}, no=said.no)
        else:
            said = Said(yes=said.yes, no=said.no | {one.id})
        findings = decide(evidence, said)
    return findings


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def _progress(*, is_quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """How many answers came, on stderr, where a person looks on; gone when all are there."""
    if is_quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("asking the providers", total=None)
        came = 0

        def count(_: str) -> None:
            nonlocal came
            came += 1
            shown.update(task, description=f"asking the providers: {came} answers")

        yield count
