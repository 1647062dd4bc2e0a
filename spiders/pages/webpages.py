"""Telling a web page from the XML that was asked for, by its first element and not by words."""

from __future__ import annotations

import re

_LEADING = re.compile(rb"(?:\s+|<\?[^>]{0,300}\?>|<!--(?:(?!-->).){0,2000}-->)*+", re.DOTALL)
_FIRST = re.compile(
    rb"<(?:!doctype\s+html|(?:html|head|body|title|meta|link|script|style|div|p|h[1-6]|center|table"
    rb"|form|noscript|main|section|span|iframe|pre)(?=[\s/>]))",
    re.IGNORECASE,
)


def is_web_page(body: bytes) -> bool:
    """Whether a body begins as HTML does."""
    rest = body.removeprefix(b"\xef\xbb\xbf")
    found = _LEADING.match(rest)
    return _FIRST.match(rest, found.end() if found else 0) is not None
