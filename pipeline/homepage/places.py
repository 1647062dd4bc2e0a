"""Where in a page's source each paper lies, and where its citations belong.

In a card of AcadHomepage: behind its line of links, else behind its authors. In a list: at the
end of the line that the paper's links stand in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.homepage.links import Link
from pipeline.homepage.tags import Element

_ENTRY = frozenset({"p", "li", "td", "dd", "article", "blockquote"})
_ENTRY_CLASS = re.compile(r"pub|paper|entry|card|bib|item|work", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_FOLDED = frozenset({"abstract", "bibtex", "hidden", "collapse"})
_BLOCK = (
    r"</?(?:p|li|ul|ol|div|td|tr|th|table|section|article|dd|dt|dl|h[1-6]|blockquote|details"
    r"|summary|hr|br|body|html|main|footer)(?=[\s/>])"
)
_MARKDOWN = (
    r"|[ ]{2,}\r?\n|\\\r?\n|\n[ \t]*\r?\n|\n[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]|\n[ ]{0,3}\#{1,6}[ \t]"
)
_STOP_HTML = re.compile(_BLOCK, re.IGNORECASE | re.ASCII)
_STOP_MARKDOWN = re.compile(_BLOCK + _MARKDOWN, re.IGNORECASE | re.ASCII)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]", re.ASCII)
_BREAKS = re.compile(r"(?:[ \t\r\n\\]|<br\s*/?>|</?p(?:\s[^<>]*)?>)*", re.IGNORECASE | re.ASCII)
_TRAIL = re.compile(r"(?:\{:[^}\n]{0,200}\}|\*\*|</(?:strong|b|em|i|u|span)\s*>|[\])])*", re.ASCII)
_IMAGES = re.compile(
    r"(?:[ \t]*(?:<img\b[^<>]*>|!\[[^\[\]]{0,300}\]\([^()\s]{0,2000}\)))*", re.IGNORECASE | re.ASCII
)
_FURTHEST = 600
"""Letters from a paper's link to the end of its line; behind more of them nobody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a paper lies."""

    start: int
    end: int
    at: int
    """Where its citations belong."""
    element: Element | None
    """The card or the element around it; `None` in Markdown's own lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page's masked source, and what is in it."""

    text: str
    elements: Sequence[Element]
    links: Sequence[Link]
    is_markdown: bool

    def cards(self) -> list[Element]:
        """Cards of papers, in order."""
        return [e for e in self.elements if "paper-box" in e.classes and e.is_closed]

    def line_end(self, at: int, limit: int) -> int:
        """Where the text line that a place is in ends, before its white space."""
        stop = (_STOP_MARKDOWN if self.is_markdown else _STOP_HTML).search(self.text, at, limit)
        end = stop.start() if stop else limit
        return at + len(self.text[at:end].rstrip(" \t\r\n\\"))


def in_card(source: Source, card: Element, title: Link | None) -> Place | None:
    """The place in a card; `title` is the link that its title is, if it is one."""
    body = next(
        (e for e in source.elements if "paper-box-text" in e.classes and card.holds(e.start)), card
    )
    shown = [k for k in source.links if body.holds(k.start) and k is not title]
    labels = [k for k in shown if k.is_label and _is_in_line(source, k, body)]
    if labels:
        at = _behind(source.text, labels[-1].end)
    elif title is not None:
        at = _below(source, _behind(source.text, title.end), body.inner_end)
    else:
        return None
    return Place(start=card.start, end=card.end, at=at, element=card)


def in_list(
    source: Source, ids: Sequence[str], others: Collection[Link], *, begins: int = 0
) -> Place | None:
    """The place of a paper outside cards.

    Args:
        source: the page.
        ids: of the paper.
        others: links of the cards, which are looked at elsewhere.
        begins: of the publications; news above them may name the paper too.
    """
    own = [
        k
        for k in source.links
        if k not in others and set(k.papers) & set(ids) and not _hidden(source, k.start)
    ]
    own = [k for k in own if k.start >= begins] or own
    if not own:
        return None
    start, end, element = _block(source, own[0])
    inside = [k for k in source.links if start <= k.start < end]
    if any(k.papers and k not in own for k in inside):
        last = next(k for k in reversed(own) if k.start < end)
        return Place(
            start=last.start, end=last.end, at=_behind(source.text, last.end), element=element
        )
    last = [k for k in inside if k in own or (k.is_label and k.start > own[0].start)][-1]
    behind = _behind(source.text, last.end)
    at = source.line_end(behind, end)
    return Place(
        start=start, end=end, at=at if at - behind <= _FURTHEST else behind, element=element
    )


def _block(source: Source, link: Link) -> tuple[int, int, Element | None]:
    """The list item, cell or paragraph that a link is in."""
    start, end, element = 0, len(source.text), None
    for one in source.elements:
        if one.start > link.start:
            break
        is_entry = one.name in _ENTRY or (
            one.name == "div" and _ENTRY_CLASS.search(one.attrs.get("class", ""))
        )
        if is_entry and one.holds(link.start):
            start, end, element = one.inner, one.inner_end, one
    if source.is_markdown:
        first, last = _paragraph(source.text, link)
        start = max(first, start)
        end = min(end, last)
    return start, end, element


def _paragraph(text: str, link: Link) -> tuple[int, int]:
    """The lines of Markdown that a link is in: up to a blank line, or to another list item."""
    start = text.rfind("\n", 0, link.start) + 1
    while start and not _ITEM.match(text[start : start + 40]):
        before = text.rfind("\n", 0, start - 1) + 1
        if not text[before:start].strip(" \t\r\n") or text[before:start].lstrip(" ").startswith(
            "#"
        ):
            break
        start = before
    end = text.find("\n", link.end)
    while 0 <= end < len(text) - 1:
        after = text.find("\n", end + 1)
        line = text[end + 1 : after if after >= 0 else len(text)]
        if not line.strip(" \t\r") or _ITEM.match(line) or line.lstrip(" ").startswith("#"):
            break
        end = after
    return start, end if end >= 0 else len(text)


def _behind(text: str, at: int) -> int:
    """Behind a link, its brackets, and the images that stand beside it."""
    trail = _TRAIL.match(text, at)
    at = trail.end() if trail else at
    images = _IMAGES.match(text, at)
    return images.end() if images else at


def _below(source: Source, at: int, limit: int) -> int:
    """The end of the line below a title, if it is text; else the end of the title's own."""
    own = source.line_end(at, limit)
    breaks = _BREAKS.match(source.text, own, limit)
    begins = breaks.end() if breaks else own
    if begins == own or _ITEM.match(source.text[begins : begins + 40]):
        return own
    end = source.line_end(begins, limit)
    return end if end > begins else own


def _is_in_line(source: Source, link: Link, body: Element) -> bool:
    """Whether a link of a card stands in no list, and in nothing that is folded away."""
    before = source.text.rfind("\n", 0, link.start) + 1
    if source.is_markdown and _ITEM.match(source.text[before : link.start + 1]):
        return False
    around = [e for e in source.elements if body.holds(e.start) and e.holds(link.start)]
    return not any(e.name == "li" or _is_folded(e) for e in around)


def _hidden(source: Source, at: int) -> bool:
    return any(_is_folded(e) and e.holds(at) for e in source.elements)


def _is_folded(element: Element) -> bool:
    return (
        element.name == "details"
        or "hidden" in element.attrs
        or _UNSEEN.search(element.attrs.get("style", "")) is not None
        or not _FOLDED.isdisjoint(element.classes)
    )
