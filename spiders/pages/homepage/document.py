"""From the bytes of a homepage, Markdown or HTML, to the trees that show and that hide papers.

Markdown is turned into just as much HTML as papers need (links, bold text, list items,
paragraphs, headings), so that a page's source and the page itself are read by the same code.
What stands in comments becomes trees of its own: there, but not shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from spiders.errors import Truncated
from spiders.pages.homepage.mojibake import mend
from spiders.pages.reading import layout_changed
from spiders.pages.weight import TooHeavy, weigh_html

if TYPE_CHECKING:
    from collections.abc import Iterator

Element: TypeAlias = Any
"""An lxml element: lxml ships no types."""

WHERE = "homepage"

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4096
_DEEPEST = 500
_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BEGINS = re.compile(r"\s*(?:<\?xml\b[^>]{0,200}>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
# HTML lets a page leave these out, and tools that do leave out all of them, `</html>` too.
_ENDINGS = re.compile(r"</(?:head|body|li|p|tr|td)\s*>", re.IGNORECASE)
_ENDS = re.compile(r"</html\s*>", re.IGNORECASE)
_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_LIQUID_COMMENT = re.compile(r"{%-?[ \t]{0,9}(end)?comment[ \t]{0,9}-?%}")
_LIQUID = re.compile(r"{%[^%]{0,500}%}|{{[^}]{0,500}}}")
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.DOTALL | re.MULTILINE)
# A bracket may hold one more pair; a blank line ends it.
_INSIDE = r"((?:[^\[\]\n]|\n(?!\s*\n)|\[[^\[\]\n]{0,200}\]){1,600}?)"
_TARGET = (
    r"\(\s*<?((?:[^\s()<>]|\([^\s()]{0,200}\)){1,2000})>?(?:\s+[\"'][^\"'\n]{0,300}[\"'])?\s*\)"
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]" + _TARGET)
_LINK = re.compile(r"(?<!\\)\[" + _INSIDE + r"\]" + _TARGET + r"(?:\{:[^}\n]{0,200}\})?")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,300}?)(?<=\S)\*\*|__(?=\S)([^_\n]{1,300}?)(?<=\S)__")
_ESCAPED = re.compile(r"\\([*_\[\]#~`])")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$")
_ITEM = re.compile(r"^\s{0,12}(?:[-*+]|\d{1,3}[.)])[ \t]+(.*)$")
STAR = "\u2217"
"""Stands for a star that Markdown escapes: a mark of an author, never bold text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One homepage."""

    root: Element
    """What it shows."""
    hidden: tuple[Element, ...]
    """What stands in comments, each on its own."""
    front: str
    """The settings at the head of a Markdown file; `""` without any."""


def read(body: bytes, *, content_type: str | None) -> Document:
    """Decode, mend and parse.

    Raises:
        LayoutChanged: it is blank, or no text.
        Truncated: it begins as a web page and does not end as one.
    """
    text = mend(_decode(body, content_type)).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise layout_changed(WHERE, "the page is blank")
    front = ""
    is_markdown = not _WEB_PAGE.search(text[:_HEAD])
    if is_markdown:
        found = _FRONT.match(text)
        if found:
            front, text = found[1], text[found.end() :]
    shown, comments = _without_comments(text)
    if _BEGINS.match(shown) and _ENDINGS.search(shown) and not _ENDS.search(shown):
        raise Truncated(
            f"{WHERE}: the page does not come to its end (</html> is missing), so that papers may"
            " be missing too: run again later, or write </html> where the page ends"
        )
    make = _html if is_markdown else str
    return Document(
        root=_tree(make(shown)), hidden=tuple(_tree(make(c)) for c in comments), front=front
    )


def _decode(body: bytes, content_type: str | None) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    if b"\0" in body:
        raise layout_changed(WHERE, "the page holds NUL bytes: it is no text")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    meta = _META.search(body, 0, _HEAD)
    said = _CHARSET.search(content_type or "")
    names = (said[1] if said else "", meta[1].decode("ascii", "ignore") if meta else "")
    for name in names:
        try:
            return body.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def _without_comments(text: str) -> tuple[str, list[str]]:
    """What is shown, and the text of each comment that may hold something."""
    text = _LIQUID_COMMENT.sub(lambda found: "-->" if found[1] else "<!--", text)
    comments: list[str] = []
    shown, at = [], 0
    while (begins := text.find("<!--", at)) >= 0:
        ends = text.find("-->", begins)
        # An open comment hides the rest, as in browsers.
        comments.append(text[begins + 4 : ends if ends >= 0 else len(text)])
        shown.append(text[at:begins])
        at = ends + 3 if ends >= 0 else len(text)
    return "".join([*shown, text[at:]]), [c for c in comments if c.strip()]


def _tree(text: str) -> Element:
    from parsel import Selector

    plain = text.replace("\0", "")
    try:
        weigh_html(plain.encode("utf-8", "replace"))
    except TooHeavy as error:
        raise layout_changed(WHERE, str(error)) from None
    root = Selector(text=plain, type="html").root
    depths: dict[Element, int] = {root: 0}
    for element in root.iterdescendants():
        depths[element] = depths[element.getparent()] + 1
    if max(depths.values()) > _DEEPEST:
        raise layout_changed(WHERE, f"its elements are nested more than {_DEEPEST} deep")
    return root


def _html(text: str) -> str:
    """As much HTML as papers need."""
    text = _LIQUID.sub("", _FENCE.sub("", text))
    text = _ESCAPED.sub(lambda found: STAR if found[1] == "*" else escape(found[1]), text)
    text = _IMAGE.sub(lambda found: f'<img src="{escape(found[1])}">', text)
    text = _LINK.sub(_anchor, text)
    text = _BOLD.sub(lambda found: f"<strong>{found[1] or found[2]}</strong>", text)
    return "\n".join(_blocks(text))


def _anchor(found: re.Match[str]) -> str:
    return f'<a href="{escape(found[2])}">{" ".join(found[1].split())}</a>'


def _blocks(text: str) -> Iterator[str]:
    is_item = is_blank = False
    for line in text.split("\n"):
        heading, item = _HEADING.match(line), _ITEM.match(line)
        # A list item goes on below a blank line only where it is indented.
        if is_item and (heading or (is_blank and line.strip() and not line[0].isspace())):
            yield "</li><p>"
            is_item = False
        is_blank = not line.strip()
        if is_blank:
            yield "<p>"
        elif heading:
            yield f"<h2>{heading[1]}</h2>"
        elif item:
            is_item = True
            yield f"<li>{item[1]}{_broken(line)}"
        else:
            yield f"{line}{_broken(line)}"


def _broken(line: str) -> str:
    """Two blanks, or a backslash, at a line's end break the line."""
    return "<br>" if line.endswith(("  ", "\\")) else ""
