"""Small questions to elements: classes, text, lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.pages import reading
from spiders.pages.homepage.document import STAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.pages.homepage.document import Element

BOLD_ON, BOLD_OFF = "\x02", "\x03"
"""Stand around bold text in `lines`: on a homepage, the owner's name."""

_BREAKS = frozenset(
    {"p", "div", "li", "ul", "ol", "br", "tr", "td", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {
        "section",
        "article",
        "blockquote",
        "dd",
        "dt",
        "dl",
        "header",
        "footer",
        "nav",
        "hr",
        "body",
    }
)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "sup"})
_BOLD = frozenset({"b", "strong", "u"})
_MARKS = re.compile(f"[{BOLD_ON}{BOLD_OFF}]")


def with_class(element: Element, *names: str) -> Iterator[Element]:
    """Descendants that have one of some classes, in document order."""
    for found in element.iter():
        if isinstance(found.tag, str) and not classes(found).isdisjoint(names):
            yield found


def classes(element: Element) -> frozenset[str]:
    """Classes of an element."""
    return frozenset((element.get("class") or "").split())


def text(element: Element | None) -> str:
    """All text of an element on one line; TeX stays."""
    if element is None:
        return ""
    said = " ".join(_MARKS.sub("", line) for line in lines(element))
    return reading.fold(said.replace(STAR, "*")) or ""


def lines(element: Element) -> list[str]:
    """Text of each line that an element shows, bold text between its marks."""
    # Bold around nothing is no bold text: a span that a script fills is written so.
    blocks = "".join(_pieces(element)).replace(BOLD_ON + BOLD_OFF, "").split("\n")
    folded = (" ".join(block.split()) for block in blocks)
    return [line for line in folded if _MARKS.sub("", line).strip()]


def plain(line: str) -> str:
    """A line without the marks of bold text."""
    return " ".join(_MARKS.sub("", line).split())


def _pieces(element: Element) -> Iterator[str]:
    stack: list[tuple[Element | str, bool]] = [(element, False)]
    while stack:
        node, is_done = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        if not isinstance(node.tag, str) or node.tag in _UNSEEN:
            continue
        if node.tag in _BREAKS:
            yield "\n"
        elif node.tag in _BOLD:
            yield BOLD_OFF if is_done else BOLD_ON
        if is_done:
            continue
        stack.append((node, True))
        for child in reversed(node):
            stack.append((_inline(child.tail), False))
            stack.append((child, False))
        yield _inline(node.text)


def _inline(said: str | None) -> str:
    return _MARKS.sub("", " ".join(said.split("\n"))) if said else ""
