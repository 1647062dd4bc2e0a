"""The homepage that lies beside the configuration: will it show our figures, and whose?

The theme's own script (AcadHomepage) fills `#total_cit` first and then every span of
`.show_paper_citations` in order; it stops for good at the first thing that is missing.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from pipeline.doctor.finding import Finding, note, ok, wrong
from pipeline.doctor.repository import Place, badge_urls, refusal

TEMPLATES = ("rayeren/acad-homepage.github.io", "rayeren/rayeren.github.io")
"""Repositories whose forks showed their owner's figures."""

_PAGES = ("_pages/*.md", "_pages/*.html", "index.*")
_FRAMES = ("_layouts/*.html", "_includes/*.html")
_LARGEST = 2 * 2**20
_NAMED = 8
_SETTING = r"(?m)^{name}[ \t]*:[ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^#\n]*?))[ \t]*(?:#.*)?$"
_ENDPOINT = re.compile(r"img\.shields\.io/endpoint(?:\.svg|\.json)?/?\?([^\s\"'<>)]+)")


@dataclass(slots=True)
class _Page(HTMLParser):
    """The elements that the theme's script looks for; what is commented out is not there."""

    has_total: bool = False
    spans: list[str | None] = field(default_factory=list)
    """`data` of every span that is to show a paper's citations."""

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Look at one element."""
        found = dict(attrs)
        self.has_total = self.has_total or found.get("id") == "total_cit"
        if "show_paper_citations" in (found.get("class") or "").split():
            self.spans.append(found.get("data"))


def examine(folder: Path, *, place: Place | None, branch: str, output: Path) -> Iterator[Finding]:
    """What of a homepage in `folder` would not show, or show somebody else's figures."""
    if place is not None and place.slug is not None:
        yield from _addresses(place.slug, branch)
    config = _text(folder / "_config.yml")
    if config is not None:
        yield from settings(config, slug=place.slug if place else None)
    texts = {path: text for path in _found(folder, _PAGES) if (text := _text(path)) is not None}
    frames = [text for path in _found(folder, _FRAMES) if (text := _text(path)) is not None]
    has_total = any(_parsed(text).has_total for text in frames)
    known = _publications(output / "gs_data.json")
    for path, text in texts.items():
        name = path.relative_to(folder).as_posix()
        yield from badges(name, text)
        yield from spans(name, text, known=known, has_total=has_total)


def settings(text: str, *, slug: str | None) -> Iterator[Finding]:
    """What `_config.yml` says about whose figures are shown, and how soon.

    Args:
        text: the file.
        slug: `owner/name` of the repository that the figures are published to, if known.
    """
    repository, cdn = setting(text, "repository"), setting(text, "google_scholar_stats_use_cdn")
    if repository is None:
        if cdn is not None:
            yield wrong("_config.yml: `repository` is missing: set it to OWNER/NAME of this page")
    elif repository.casefold() in TEMPLATES:
        yield wrong(
            f"_config.yml: `repository: {repository}` is the template's, so the page shows "
            f"another person's figures: set it to {slug or 'OWNER/NAME of your repository'}"
        )
    elif slug is not None and repository.casefold() != slug.casefold():
        yield wrong(
            f"_config.yml: `repository: {repository}`, and figures are published to {slug}: "
            "set the one to the other"
        )
    else:
        yield ok(f"_config.yml: `repository: {repository}`")
    if cdn is not None and cdn.casefold() == "true":
        yield note(
            "_config.yml: `google_scholar_stats_use_cdn: true`: jsDelivr keeps files for 12 hours, "
            "and browsers for 7 days; with `false` pages are up to date within minutes"
        )


def setting(text: str, name: str) -> str | None:
    """A plain top-level value of a YAML file; `None` when it is not there or empty."""
    found = re.search(_SETTING.format(name=re.escape(name)), text)
    if found is None:
        return None
    return next((v for v in found.groups() if v is not None), "").strip() or None


def badges(name: str, text: str) -> Iterator[Finding]:
    """Badges of a page that shields.io would refuse to fill."""
    for found in dict.fromkeys(_ENDPOINT.findall(text)):
        query = html.unescape(found)
        url = unquote(next((p[4:] for p in query.split("&") if p.startswith("url=")), ""))
        # Liquid puts the address together when the page is built.
        if not url or "{{" in url or "{%" in url:
            continue
        why = refusal(url)
        if why is not None:
            yield wrong(f"{name}: the badge of {url} will not show: {why}")


def spans(
    name: str, text: str, *, known: frozenset[str] | None, has_total: bool
) -> Iterator[Finding]:
    """Spans for citations of papers that would stay empty.

    Args:
        name: of the page, for people.
        text: the page, Markdown or HTML.
        known: ids in `gs_data.json`; `None` when there is none to compare with.
        has_total: whether a layout has the total's element.
    """
    page = _parsed(text)
    if not page.spans:
        return
    if not page.has_total and not has_total:
        yield wrong(
            f"{name}: papers' citations stay empty, because the theme's script wants the total "
            "first: add <span id='total_cit'></span> to the page"
        )
    if None in page.spans or "" in page.spans:
        yield wrong(
            f"{name}: a `show_paper_citations` has no `data`: write data='USER:PUBLICATION' (not "
            "data-...); all later ones stay empty too"
        )
    ids = [found for found in dict.fromkeys(page.spans) if found and "{{" not in found]
    if known is None:
        yield note(
            f"{name}: names {len(ids)} papers, and there is no gs_data.json yet to compare them "
            "with: run `scholar-metrics refresh`"
        )
        return
    missing = [found for found in ids if found not in known]
    if missing:
        rest = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        yield wrong(
            f"{name}: {', '.join(missing[:_NAMED])}{rest}: no paper in gs_data.json has this id, "
            "and the theme's script leaves it and all later ones empty: mend `data`, or remove "
            "the span"
        )
    else:
        yield ok(f"{name}: all {len(ids)} papers that it names are in gs_data.json")


def _addresses(slug: str, branch: str) -> Iterator[Finding]:
    for url in badge_urls(slug, branch):
        why = refusal(url)
        yield wrong(f"badges: {url}: {why}") if why else ok(f"badges: {url} is one to use")


def _parsed(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    page.close()
    return page


def _found(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return [p for pattern in patterns for p in sorted(folder.glob(pattern)) if p.is_file()]


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _publications(path: Path) -> frozenset[str] | None:
    try:
        return frozenset(json.loads(path.read_bytes())["publications"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
