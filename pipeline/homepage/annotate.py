"""The edits that let a page show what is known. Pure: a page and the data in, edits out.

Promise: only insertions, but for the `data` of a span that names nothing; none of them in what
is commented out or code; on a page that has them already, none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.errors import ConfigError
from pipeline.homepage import head, markup
from pipeline.homepage.data import Known
from pipeline.homepage.match import Match, Matcher, stranger
from pipeline.homepage.page import Page, Paper, Span, read
from pipeline.homepage.regions import CLOSED
from pipeline.homepage.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of the source."""

    at: int
    text: str
    until: int | None = None
    """End of what it takes the place of; `None` for an insertion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done to a page."""

    edits: tuple[Edit, ...]
    added: tuple[str, ...]
    """What the edits bring, for people."""
    notes: tuple[str, ...]
    """What was left out and why, one line each."""
    is_broken: bool
    """Whether a span is left that keeps later ones empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller wants, and what else is known of the site."""

    site: Site
    address: str | None = None
    """Of the badge's endpoint, for a page without Liquid."""
    badge: bool = True


def plan(page: Page, known: Known, wish: Wish) -> Plan:
    """Edits for a page.

    Raises:
        ConfigError: the page lists no papers, the data are another person's or have no total.
    """
    matcher = Matcher(known)
    listed = [p for p in page.papers if p.is_listed]
    matches = {p.work.record_id: m for p in listed if (m := matcher.find(p.work))}
    _refuse(page, known, listed, is_any_known=bool(matches))
    edits: list[Edit] = []
    notes: list[str] = []
    added: list[str] = []
    _head(page, known, wish, edits=edits, added=added, notes=notes)
    fixed, is_broken = _mend(page, known, matches, edits=edits, notes=notes)
    count = _papers(page, matcher, matches, fixed, edits=edits, notes=notes)
    if fixed:
        added.append(f"{len(fixed)} mended")
    if count:
        added.append(f"{count} paper{'s' if count > 1 else ''}")
    return Plan(edits=tuple(edits), added=tuple(added), notes=tuple(notes), is_broken=is_broken)


def apply(page: Page, edits: Iterable[Edit]) -> bytes:
    """The file with the edits.

    Raises:
        ConfigError: the page would not list the same papers afterwards.
    """
    text, pieces, at = page.text, [], 0
    for edit in sorted(edits, key=lambda e: e.at):
        pieces += [text[at : edit.at], edit.text]
        at = edit.at if edit.until is None else edit.until
    body = "".join([*pieces, text[at:]]).encode("latin-1")
    if pieces and _listed(read(body, name=page.name).papers) != _listed(page.papers):
        raise ConfigError(
            "the page's papers would not be read as before, so nothing was written: add the "
            "markup by hand (docs/homepage.md), and please report the page"
        )
    return body


def has_span(page: Page, paper: Paper, match: Match | None) -> bool:
    """Whether a page shows a paper's citations already."""
    own = (i.removeprefix("google_scholar:") for i in paper.work.ids)
    keys = {*own, *(match.aliases if match else ())}
    return any(_is_at(s, paper) if s.is_made else s.key in keys for s in page.spans)


def _listed(papers: Sequence[Paper]) -> list[tuple[object, ...]]:
    return [
        (p.work.record_id, p.work.title, p.work.authors, p.work.is_excluded, p.place is None)
        for p in papers
    ]


def _refuse(page: Page, known: Known, listed: Sequence[Paper], *, is_any_known: bool) -> None:
    if "\r" in page.text and "\n" not in page.text:
        raise ConfigError("its lines end in CR alone: save it with LF or CRLF, then run again")
    if not listed:
        raise ConfigError("no paper is listed on it: name the page that lists the papers")
    why = stranger(page.owner, known, is_any_known=is_any_known)
    if why:
        raise ConfigError(f"{why}: name the page owner's data with --data")
    if known.cited_by_count is None:
        raise ConfigError(f"{known.path}: has no total (citedby): run `scholar-metrics refresh`")


def _head(
    page: Page,
    known: Known,
    wish: Wish,
    *,
    edits: list[Edit],
    added: list[str],
    notes: list[str],
) -> None:
    """The total, which the theme's script needs first, and the badge."""
    spot = head.spot(page)
    has_total = page.total is not None or wish.site.has_total
    if spot is None and not has_total:
        raise ConfigError(
            "no paper's place in its source was found: add "
            f"{markup.total(known.cited_by_count or 0)} by hand"
        )
    at = head.behind(page, page.total) if page.total else spot.at if spot else None
    badge = _badge(page, known, wish, at=at, notes=notes)
    pieces = [] if has_total else [markup.total(known.cited_by_count or 0)]
    added += [] if has_total else ["the total"]
    if badge and at is not None:
        pieces.append(badge)
        added.append("the badge")
    if not pieces or at is None:
        return
    if page.total is not None:
        edits.append(Edit(at=at, text=f" {pieces[0]}"))
    elif spot is not None:
        edits.append(Edit(at=spot.at, text=f"{spot.before}{' '.join(pieces)}{spot.after}"))


def _badge(page: Page, known: Known, wish: Wish, *, at: int | None, notes: list[str]) -> str | None:
    if page.has_badge or wish.site.has_badge or not wish.badge:
        return None
    assigned, is_printed = page.liquid_url()
    if is_printed:
        return None
    if assigned is not None and at is not None and assigned < at:
        return markup.badge(known, None)
    if wish.address:
        return markup.badge(known, wish.address)
    notes.append(
        "no badge: the page does not put its address together; give --repository OWNER/NAME "
        "(or --no-badge)"
    )
    return None


def _mend(
    page: Page,
    known: Known,
    matches: dict[str, Match],
    *,
    edits: list[Edit],
    notes: list[str],
) -> tuple[set[str], bool]:
    """Records of papers whose span named nothing and is mended, and whether one cannot be."""
    fixed: set[str] = set()
    is_broken = False
    for one in page.spans:
        if one.is_made or one.key in known.keys:
            continue
        said = f"data='{one.key}'" if one.key else "a span without data"
        paper = next((p for p in page.papers if p.is_listed and _is_at(one, p)), None)
        match = matches.get(paper.work.record_id) if paper else None
        edit = _renamed(page, one, match.entry.key) if match and match.entry.is_safe else None
        if edit is None or paper is None or match is None or paper.work.record_id in fixed:
            is_broken = True
            notes.append(
                f"{said}: no paper in the data has this id, and the theme's script leaves it and "
                "all later ones empty: mend or remove it"
            )
            continue
        fixed.add(paper.work.record_id)
        edits.append(edit)
        notes.append(f"{said}: no paper in the data has this id; it is {match.entry.key}")
    return fixed, is_broken


def _renamed(page: Page, span: Span, key: str) -> Edit | None:
    """Another `data` for a span."""
    element = span.element
    tag = page.text[element.start : element.inner]
    if span.key is None:
        if "data" in element.attrs:
            return None
        slash = len(tag) - len(tag.rstrip(">").rstrip("/ "))
        return Edit(at=element.inner - slash, text=f" data='{key}'")
    for quote in ("'", '"'):
        found = tag.find(f"data={quote}{span.key}{quote}")
        if found >= 0 and tag[found - 1].isspace():
            at = element.start + found + len("data='")
            return Edit(at=at, until=at + len(span.key), text=key)
    return None


def _papers(
    page: Page,
    matcher: Matcher,
    matches: dict[str, Match],
    fixed: set[str],
    *,
    edits: list[Edit],
    notes: list[str],
) -> int:
    count = 0
    for paper in page.papers:
        name = paper.work.record_id.removeprefix("homepage:")
        match = matches.get(paper.work.record_id)
        if not paper.is_listed or paper.work.record_id in fixed or has_span(page, paper, match):
            continue
        if match is None:
            notes.append(f"{name}: left without citations: {matcher.why_unknown(paper.work)}")
        elif not match.entry.is_safe:
            notes.append(f"{name}: left without citations: its id cannot stand in a page")
        elif any(_is_at(s, paper) for s in page.spans):
            notes.append(f"{name}: left alone: its span names another paper of the data")
        elif paper.place is None or _is_closed(page, paper.place.at):
            notes.append(
                f"{name}: no place for it was found; add {markup.span(match.entry.key)} by hand"
            )
        else:
            edits.append(Edit(at=paper.place.at, text=f" {markup.span(match.entry.key)}"))
            count += 1
    return count


def _is_at(span: Span, paper: Paper) -> bool:
    place = paper.place
    return place is not None and place.start <= span.element.start < place.end


def _is_closed(page: Page, at: int) -> bool:
    return any(r.start < at < r.end for r in page.regions if r.kind in CLOSED)
