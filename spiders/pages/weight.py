"""How much a body may hold, weighed before anything is built from it.

A few bytes of mark-up or JSON become hundreds in memory, and an HTML element takes time by the
square of its attributes (libxml2 2.14: 170,000 of them, 1 MB, are 24 s). What weighs more than any
page of a provider ever did is refused unread. Promise: weighing takes time by the length of the
body, and next to no memory.
"""

from __future__ import annotations

from lxml import etree  # type: ignore[import-untyped]

MAX_ELEMENTS = 250_000
"""Elements of a page; one with 3,000 papers has 50,000."""
MAX_ATTRIBUTES = 500_000
"""Attributes of all elements of a page."""
MAX_ATTRIBUTES_OF_ONE = 200
"""Attributes of one element."""
MAX_MARKS = 1_500_000
"""Commas, colons and brackets of a JSON answer; the heaviest lists of 500 papers come near half."""

_JSON_MARKS = (b",", b":", b"[", b"{")
_SEPARATORS = b"=/ \n\t\r\f"
_FEW = 20_000
"""Attributes that cost less than a second even when all of them are on one element."""
_PIECE = 1 << 16
_LONGEST_TAG = 32
"""Pieces that a tag or comment may go on for: 2 MB, which is more than any picture within one."""


class TooHeavy(ValueError):
    """A body that holds more than any page does; says what and how much is allowed."""


def weigh_json(body: bytes) -> None:
    """Refuse what would take up too much memory as values.

    Raises:
        TooHeavy: it has more than `MAX_MARKS`.
    """
    if sum(map(body.count, _JSON_MARKS)) > MAX_MARKS:
        raise TooHeavy(f"it has more than {MAX_MARKS} commas, colons and brackets")


def weigh_xml(body: bytes) -> None:
    """Refuse what would take up too much memory as a tree.

    Raises:
        TooHeavy: it may have more than `MAX_ELEMENTS` or `MAX_ATTRIBUTES`.
    """
    if body.count(b"<") > 2 * MAX_ELEMENTS:
        raise TooHeavy(f"it has more than {MAX_ELEMENTS} elements")
    if body.count(b"=") > MAX_ATTRIBUTES:
        raise TooHeavy(f"it has more than {MAX_ATTRIBUTES} attributes")


def weigh_html(body: bytes) -> None:
    """Refuse what would take up too much memory or time as a tree.

    A page that is too short of separators to be heavy is not looked into.

    Raises:
        TooHeavy: it has more than `MAX_ELEMENTS`, `MAX_ATTRIBUTES` or `MAX_ATTRIBUTES_OF_ONE`,
            or a tag of more than 2 MB.
    """
    separators = len(body) - len(body.translate(None, _SEPARATORS))
    if separators <= _FEW and body.count(b"<") <= MAX_ELEMENTS:
        return
    scales = _Scales()
    parser = etree.HTMLParser(target=scales, encoding="utf-8")
    told, since = 0, 0
    try:
        for start in range(0, len(body), _PIECE):
            parser.feed(body[start : start + _PIECE])
            since = since + 1 if scales.told == told else 0
            told = scales.told
            if since > _LONGEST_TAG:
                raise TooHeavy("a tag or comment is longer than 2 MB")
        parser.close()
    except etree.LxmlError:  # what is no HTML is for its reader to refuse
        return


class _Scales:
    """Counts what a parser tells of, and keeps nothing."""

    def __init__(self) -> None:
        self.told = 0
        """Times that anything was told of."""
        self._elements = 0
        self._attributes = 0

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.told += 1
        self._elements += 1
        self._attributes += len(attributes)
        if self._elements > MAX_ELEMENTS:
            raise TooHeavy(f"it has more than {MAX_ELEMENTS} elements")
        if len(attributes) > MAX_ATTRIBUTES_OF_ONE:
            raise TooHeavy(f"an element has more than {MAX_ATTRIBUTES_OF_ONE} attributes")
        if self._attributes > MAX_ATTRIBUTES:
            raise TooHeavy(f"it has more than {MAX_ATTRIBUTES} attributes")

    def data(self, _text: str) -> None:
        """Text goes on."""
        self.told += 1

    def close(self) -> None:
        """The document ends."""
