"""From bytes to a tree: how the text is encoded, and whether it came to its end."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from parsel import Selector

from spiders.errors import LayoutChanged
from spiders.pages.reading import fold
from spiders.pages.weight import TooHeavy, weigh_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Element: TypeAlias = Any
"""An lxml element: lxml ships no types."""

_CHARSET = re.compile(r"charset\s*+=\s*+[\"']?\s*+([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_CLOSED = re.compile(r"</html\s*+>\s*+(?:<!--(?:[^-]|-(?!->))*+-->\s*+)*+\Z", re.IGNORECASE)
_TAIL = 2000
_HEAD = 4096
_CHARSETS = re.compile(
    r"utf-8|ascii|iso8859-\d\d?|cp125\d|cp866|cp874|cp932|cp949|koi8-[ru]|mac-(?:roman|cyrillic)"
    r"|gb2312|gbk|gb18030|big5|big5hkscs|euc_jp|euc_kr|shift_jis|iso2022_jp"
)
"""Python's names of the charsets of the web (WHATWG Encoding, section 4.2). Python has others that
are no charsets of text, make halves of characters, or take time by the square of the length."""
_BROWSER_NAMES = {"iso8859-1": "cp1252", "ascii": "cp1252"}
"""What browsers read under these names (WHATWG Encoding, section 4.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed page."""

    root: Element
    """Its `html` element."""
    ids: Mapping[str, Element]
    """First element of each id."""
    is_closed: bool
    """Whether the text ends with `</html>`."""


def read(body: bytes, *, content_type: str | None) -> Document:
    """Decode and parse a page.

    Raises:
        LayoutChanged: it is blank, or no text in the encoding that it declares.
    """
    text = decode(body, content_type=content_type)
    if not text.strip():
        raise LayoutChanged("google_scholar: the page is blank; ask again later")
    plain = text.encode()
    try:
        weigh_html(plain)
    except TooHeavy as error:
        raise LayoutChanged(
            f"google_scholar: the page is too heavy to be read: {error}; save the profile anew"
        ) from None
    root = Selector(body=plain, encoding="utf-8", type="html").root
    ids: dict[str, Element] = {}
    for element in root.xpath("//*[@id]"):
        ids.setdefault(element.get("id"), element)
    return Document(root=root, ids=ids, is_closed=bool(_CLOSED.search(text[-_TAIL:])))


def decode(body: bytes, *, content_type: str | None) -> str:
    """Text by the charset of the header, else of the `meta` element, else UTF-8.

    Scholar serves ISO-8859-1 to clients that it does not take for browsers.

    Raises:
        LayoutChanged: a NUL byte, or bytes that the encoding does not have.
    """
    if b"\0" in body:
        raise LayoutChanged("google_scholar: the page holds NUL bytes; it is no HTML text")
    name = _known(_CHARSET.search(content_type or ""))
    if name is None:
        name = _known(_META.search(body, 0, _HEAD)) or "utf-8"
        if name in _BROWSER_NAMES.values() and _is_utf_8(body):
            name = "utf-8"  # saved anew by an editor, which leaves the meta element as it was
    try:
        return body.decode(name).removeprefix("\ufeff")
    except UnicodeError as error:
        raise LayoutChanged(
            f"google_scholar: the page is not {name} as declared ({error}); save it again"
        ) from error


def _known(label: re.Match[str] | re.Match[bytes] | None) -> str | None:
    """Python's name of a charset, `None` where there is no such charset of text."""
    if label is None:
        return None
    said = label.group(1)
    said = said.decode("ascii", "ignore") if isinstance(said, bytes) else said
    try:
        b"a".decode(said)
        name = codecs.lookup(said).name
    except (LookupError, ValueError):
        return None
    return _BROWSER_NAMES.get(name, name) if _CHARSETS.fullmatch(name) else None


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def has_class(element: Element, name: str) -> bool:
    """Whether a class is among an element's classes (Scholar's CSS holds the names as text)."""
    return name in (element.get("class") or "").split()


def each(element: Element, tag: str, name: str) -> Iterator[Element]:
    """Descendants of a tag and class, in document order."""
    return (found for found in element.iter(tag) if has_class(found, name))


def first(element: Element, tag: str, name: str) -> Element | None:
    """First descendant of a tag and class."""
    return next(each(element, tag, name), None)


def text(element: Element | None) -> str:
    """All text of an element on one line (saved pages are re-indented by editors)."""
    if element is None:
        return ""
    return fold("".join(element.itertext()) if len(element) else element.text or "") or ""


def figure(element: Element | None) -> str:
    """Text of a figure; white space within it stays (a no-break space may group thousands).

    Pieces (a note's mark beside a number, a number and its correction) are kept apart by a bar,
    so that two never read as one number.
    """
    pieces = () if element is None else (piece.strip() for piece in element.itertext())
    return "|".join(filter(None, pieces))
