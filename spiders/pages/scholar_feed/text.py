"""The lines of a page, out of saved text or out of HTML that shows the same text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spiders.pages import reading
from spiders.pages.reading import layout_changed
from spiders.pages.scholar_feed.grammar import WHERE, Line
from spiders.pages.weight import TooHeavy, weigh_html

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "nav", "footer", "aside", "svg", "head", "form"}
)
_INLINE = frozenset(
    {"a", "abbr", "b", "button", "code", "em", "i", "mark", "small", "span", "strong", "sub"}
    | {"sup", "time", "u"}
)


def lines(body: bytes) -> tuple[Line, ...]:
    """Every line that is not blank, white space folded.

    Raises:
        LayoutChanged: it is blank, or no text in UTF-8.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise layout_changed(WHERE, f"the page is not UTF-8 text (byte {error.start})") from None
    is_html = reading.is_html(body)
    try:
        if is_html:
            weigh_html(body)
    except TooHeavy as error:
        raise layout_changed(WHERE, str(error)) from None
    shown = _shown(text) if is_html else text.replace("\r\n", "\n").split("\n")
    folded = ((number, reading.fold(line)) for number, line in enumerate(shown, start=1))
    found = tuple(Line(number=number, text=line) for number, line in folded if line)
    if not found:
        raise layout_changed(WHERE, "the page shows no text")
    return found


def canonical(body: bytes) -> str | None:
    """The address that an HTML page gives itself."""
    if not reading.is_html(body):
        return None
    from parsel import Selector

    page = Selector(text=body.decode("utf-8", "replace"), type="html")
    return page.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content").get()


def _shown(text: str) -> list[str]:
    """Text of each block of the main part, from its heading on."""
    from parsel import Selector

    page = Selector(text=text.replace("\0", ""), type="html")
    main = page.xpath("(//main | //body)[1]")
    if not main:
        return []
    blocks = [" ".join(part.split()) for part in "".join(_text(main[0].root)).split("\n")]
    shown = [block for block in blocks if block]
    title = " ".join("".join(main[0].xpath("(.//h1)[1]//text()").getall()).split())
    return shown[shown.index(title) :] if title in shown else shown


def _text(element: Any) -> Iterator[str]:
    """Text with a line feed wherever a block begins or ends; not deeper than a page may nest."""
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, is_done = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        is_seen = isinstance(node.tag, str) and node.tag not in _UNSEEN
        if is_seen and node.tag not in _INLINE:
            yield "\n"
        if is_done or not is_seen:
            continue
        stack.append((node, True))
        for child in reversed(node):
            if child.tail:
                stack.append((" ".join(child.tail.split("\n")), False))
            stack.append((child, False))
        if node.text:
            yield " ".join(node.text.split("\n"))
