"""Where the total belongs: at the head of the publications, else before the first paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.homepage.headings import publications
from pipeline.homepage.page import Page
from pipeline.homepage.regions import CLOSED
from pipeline.homepage.tags import Element

_LISTS = frozenset({"li", "ul", "ol", "tr", "td", "tbody", "thead", "table", "dl", "dd", "p"})
_CLOSERS = re.compile(r"(?:</(?:strong|b|em|i|span|a|u)\s*>|\*\*)*", re.IGNORECASE | re.ASCII)
_BLANK = re.compile(r"[ \t]*\r?\n")
_BOM = "\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place for a line, and what goes around it."""

    at: int
    before: str
    after: str


def spot(page: Page) -> Spot | None:
    """Where a line about all papers belongs; `None` when no paper's place is known."""
    begins = [p.place for p in page.papers if p.place]
    if not begins:
        return None
    first = min(begins, key=lambda place: place.start)
    found = _below_heading(page, first.start) or _before(page, first.start, first.element)
    around = next((r for r in page.regions if r.start < found.at < r.end), None)
    if around is None or around.kind not in CLOSED:
        return found
    return replace(found, at=around.end, before=page.newline + found.before)


def behind(page: Page, element: Element) -> int:
    """Right behind an element, and what is only around it."""
    closers = _CLOSERS.match(page.source.text, element.end)
    return closers.end() if closers else element.end


def _below_heading(page: Page, limit: int) -> Spot | None:
    """Below the last heading of publications before the first paper."""
    headings = [h for h in publications(page.source) if h.end <= limit]
    if not headings:
        return None
    at, newline = headings[-1].end, page.newline
    if not headings[-1].is_markdown:
        return Spot(at=at, before=f"{newline}<p>", after="</p>")
    if _BLANK.match(page.source.text, at):
        return Spot(at=at, before=newline, after=newline)
    return Spot(at=at, before="", after=newline * 2)


def _before(page: Page, start: int, element: Element | None) -> Spot:
    """Before the list or card that the first paper is in."""
    if element is None:
        at = _paragraph(page, start)
        return Spot(at=at, before=_gap(page, at), after=page.newline * 2)
    for above in element.above():
        if above.name not in _LISTS:
            break
        element = above
    line = page.source.text.rfind("\n", 0, element.start) + 1
    indent = page.source.text[line : element.start]
    is_alone = not indent.strip(" \t")
    if page.source.is_markdown and is_alone:
        return Spot(at=line, before=_gap(page, line), after=page.newline * 2)
    lead = indent if is_alone else ""
    return Spot(at=element.start, before="<p>", after=f"</p>{page.newline}{lead}")


def _gap(page: Page, at: int) -> str:
    """A line end where the line above would go on in ours."""
    above = page.source.text[:at].rstrip(" \t").split("\n")[-2:]
    return page.newline if len(above) > 1 and above[0].strip(" \t\r") else ""


def _paragraph(page: Page, start: int) -> int:
    """The first line of the list or paragraph that a place is in."""
    text = page.source.text
    line = text.rfind("\n", 0, start) + 1
    while line:
        above = text.rfind("\n", 0, line - 1) + 1
        said = text[above:line].strip(" \t\r\n")
        if not said or said.startswith(("#", "<", "---")):
            break
        line = above
    front = next((r.end for r in page.regions if r.kind == "front"), 0)
    return max(line, front, len(_BOM) if text.startswith(_BOM) else 0)
