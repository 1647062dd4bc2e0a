"""Reading XML that a provider sent, without any of the things that XML can be made to do.

Promise: no entity is expanded, no DTD is loaded, nothing is fetched, and what is too deep, too long
or too heavy is refused: by time and memory an answer costs what its length says. Nothing here
knows a provider.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from spiders.pages.reading import is_html, layout_changed, one_line
from spiders.pages.weight import TooHeavy, weigh_xml

Element: TypeAlias = Any
"""An lxml element: lxml ships no types."""

_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*+=\s*+[\"']([\w.:-]{1,40})[\"']")
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "windows-1252": "cp1252",
}
"""What the XML of providers is written in; UTF-16 and UTF-7 could hide a DTD from what looks."""
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")


def read_xml(body: bytes, *, where: str) -> Element:
    """The root element of a document; its depth is at most 256, a text at most 10 MB.

    Comments and processing instructions are left out. A plain `<!DOCTYPE name>` is let be; one
    that declares entities is refused, whether or not they are used.

    Args:
        body: The answer, in UTF-8, ASCII, ISO-8859-1 or Windows-1252.
        where: Name of the provider, or of the place in its answer, for the message.

    Raises:
        LayoutChanged: empty, no XML, cut off, too heavy, or with entities of its own.
    """
    if not body.strip():
        raise layout_changed(where, "the answer is empty")
    if not is_html(body):
        raise layout_changed(where, f"XML was expected, not {body[:20]!r}")
    try:
        weigh_xml(body)
        text = _decoded(body)
    except TooHeavy as error:
        raise layout_changed(where, f"the answer is too heavy to be read: {error}") from None
    except ValueError as error:
        reason = one_line(str(error), limit=100)
        raise layout_changed(where, f"the answer cannot be decoded ({reason})") from error
    if "<!ENTITY" in text:
        raise layout_changed(where, "the XML declares entities, which no provider needs")
    try:
        return etree.fromstring(text.encode(), _parser())
    except (etree.LxmlError, ValueError) as error:
        reason = one_line(str(error), limit=100)
        raise layout_changed(where, f"the answer is not XML, or was cut off ({reason})") from error


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _decoded(body: bytes) -> str:
    """Text without its XML declaration."""
    plain = body.removeprefix(b"\xef\xbb\xbf")
    said = _DECLARED.match(plain.lstrip())
    name = said.group(1).decode("ascii", "replace").lower() if said else "utf-8"
    if name not in _ENCODINGS:
        raise ValueError(f"the encoding {name!r} is not read")
    if b"\0" in body:
        raise ValueError("it holds NUL bytes")
    return _DECLARATION.sub("", plain.decode(_ENCODINGS[name])).lstrip()
