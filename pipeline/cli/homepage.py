"""`scholar-metrics homepage`: what a homepage lists, and the markup that shows its citations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.show import JSON_OPTION, number, one_line, print_json, table
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.homepage import Known, Page

_CONFIG = Path("scholar-metrics.toml")
_LONGEST_TITLE = 60
_FILE = click.argument("file", type=click.Path(path_type=Path))
_CONFIG_OPTION = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration file.  [default: scholar-metrics.toml]",
)
_DATA_OPTION = click.option(
    "--data",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A gs_data.json, in place of the configuration's.",
)


@click.group("homepage")
def command() -> None:
    """Read a homepage's papers; write the markup that shows their citations."""


@command.command("scan")
@_FILE
@_CONFIG_OPTION
@_DATA_OPTION
@JSON_OPTION
def scan(file: Path, config_path: Path | None, data: Path | None, *, as_json: bool) -> None:
    """List the papers of a page (Markdown or HTML), and what is known of each."""
    from pipeline.homepage import document, files
    from pipeline.homepage.page import read
    from pipeline.homepage.site import look

    page = read(files.read(file).body, name=file.name)
    told = document(page, _known(config_path, data), site=look(file))
    if as_json:
        print_json({"file": str(file)} | told)
    else:
        _show(file, told)


@command.command("annotate")
@_FILE
@_CONFIG_OPTION
@_DATA_OPTION
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--check", is_flag=True, help="Like --dry-run; leave with 1 if anything would.")
@click.option("--no-badge", is_flag=True, help="Without the badge of shields.io.")
@click.option(
    "--repository",
    metavar="OWNER/NAME",
    help="Where results are published at GitHub, for the badge of a page without Liquid.",
)
@click.option("--branch", default="google-scholar-stats", show_default=True, help="And its branch.")
def annotate(
    file: Path,
    config_path: Path | None,
    data: Path | None,
    repository: str | None,
    branch: str,
    *,
    dry_run: bool,
    check: bool,
    no_badge: bool,
) -> int:
    """Write the total, the badge and each paper's citations into a page.

    Only what is missing is added, and only papers that the data have; what
    changes is shown. Leaves with 1 when a span is left that names no paper.
    """
    from pipeline.homepage import Wish, apply, files, markup, plan
    from pipeline.homepage.page import read
    from pipeline.homepage.site import look

    address = markup.address(repository, branch) if repository else None
    page_file = files.read(file)
    page = read(page_file.body, name=file.name)
    known = _known(config_path, data)
    if known is None:
        raise ConfigError(
            f"{file}: nothing is known yet to write into it: run `scholar-metrics refresh`, or "
            "name a gs_data.json with --data"
        )
    site = look(page_file.path)
    try:
        planned = plan(page, known, Wish(site=site, address=address, badge=not no_badge))
        after = apply(page, planned.edits)
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from None
    for note in [*planned.notes, *_script_note(page, has_script=site.has_script)]:
        click.echo(one_line(f"{file}: {note}"), err=True)
    is_same = after == page_file.body
    for line in _diff(page_file.body, after, str(file)):
        click.echo(line)
    if not is_same and not dry_run and not check:
        if page_file.is_link:
            click.echo(one_line(f"{file}: is a link: {page_file.path} is changed"), err=True)
        files.replace(page_file, after)
    verb = "would add" if dry_run or check else "added"
    what = f"{verb} {', '.join(planned.added)}" if not is_same else "nothing to add"
    click.echo(one_line(f"{file}: {what}"), err=True)
    return int(not is_same if check else planned.is_broken)


def _known(config_path: Path | None, data: Path | None) -> Known | None:
    """The data; `None` when there are none yet."""
    from pipeline.cli.glance import glance
    from pipeline.homepage.data import NAME, read

    if data is not None:
        return read(data)
    if config_path is None and not _CONFIG.exists():
        return None
    found = glance(config_path or _CONFIG).output / NAME
    return read(found) if found.exists() else None


def _script_note(page: Page, *, has_script: bool | None) -> Iterator[str]:
    from pipeline.homepage.site import fills

    scripts = (page.text[r.start : r.end] for r in page.regions if r.kind == "code")
    is_alone = has_script is None and not page.source.is_markdown
    if (has_script is False or is_alone) and not fills(*scripts):
        yield (
            "no script of this page fills the spans: AcadHomepage has one; elsewhere include "
            "scholar-metrics.js (docs/homepage.md)"
        )


def _diff(before: bytes, after: bytes, name: str) -> Iterator[str]:
    """What changes, in colours on a terminal."""
    from difflib import unified_diff

    old, new = (_decoded(body).split("\n") for body in (before, after))
    is_coloured = "NO_COLOR" not in os.environ
    for line in unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm=""):
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        shown = _shown(line)
        yield click.style(shown, fg=colour) if colour and is_coloured else shown


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _shown(line: str) -> str:
    """A line of the page, safe for a terminal and a log."""
    text = "".join(c for c in line if c.isprintable() or c == "\t").replace("##[", "## [")
    # GitHub's runner takes `::` for a command behind blanks too.
    return f"{text[:1]}| {text[1:]}" if text[1:].lstrip().startswith("::") else text


def _show(file: Path, told: dict[str, Any]) -> None:
    rows = [_row(paper) for paper in told["papers"]]
    table(None, ["paper", "id", ">citations", "provider", "as of", "on the page"], rows)
    for line in _summary(file, told):
        click.echo(one_line(line))


def _row(paper: dict[str, Any]) -> list[str]:
    title = paper["title"] or ""
    short = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
    seen = "commented out" if paper["is_commented_out"] else "shown" if paper["has_span"] else "–"
    named = paper["ids"][0] if paper["ids"] else "–"
    by = paper["provider"] or "–"
    return [
        short,
        named,
        number(paper["cited_by_count"]),
        f"{by} (by title)" if paper["matched_by"] == "title" else by,
        (paper["as_of"] or "–")[:10],
        seen,
    ]


def _summary(file: Path, told: dict[str, Any]) -> Iterator[str]:
    listed = [p for p in told["papers"] if not p["is_commented_out"]]
    hidden = len(told["papers"]) - len(listed)
    yield f"{file}: {len(listed)} papers listed, {hidden} commented out"
    data = told["data"]
    if data is None:
        yield "nothing is known of them yet: run `scholar-metrics init`, then `refresh`"
    else:
        known = sum(p["cited_by_count"] is not None for p in listed)
        by = [data["provider"] or "provider unknown", (data["updated"] or "undated")[:10]]
        by += ["not renewed since"] if data["is_stale"] else []
        total = number(data["cited_by_count"])
        yield f"known: {known} of {len(listed)}; total {total} ({', '.join(by)})"
    has = [f"{'a' if told[key] else 'no'} {key[4:]}" for key in ("has_total", "has_badge")]
    yield f"on the page: {has[0]}, {has[1]}, citations of {told['spans']} papers"
    for key in told["broken_spans"] or []:
        yield f"wrong: data='{key or ''}' names no paper of the data: all later ones stay empty too"
    if told["stranger"]:
        yield f"wrong: {told['stranger']}: name the page owner's data with --data"
    for what in told["skipped"]:
        yield f"left out: {what}"
