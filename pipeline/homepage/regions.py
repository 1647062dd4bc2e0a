r"""Parts of a page's source that show nothing, or show their own source: no edit touches them.

Text is the page's bytes read as Latin-1, so that a place in the text is a place in the file
whatever its encoding. `\s` would match bytes of other encodings' letters, hence `re.ASCII`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

_BOM = "\xef\xbb\xbf"
_FRONT = re.compile(rf"(?:{_BOM})?\s*---[ \t]*\r?\n(?:.*?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_QUOTED = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+"
_CODE = "script|style|pre|textarea|code|template|noscript|svg|head"
_BEGINS = re.compile(
    r"(?P<comment><!--)"
    r"|{%-?\s*(?P<block>comment|raw|highlight)\b[^%]*%}"
    r"|(?P<liquid>{%[^%]*%}|{{[^{}]*}})"
    rf"|<(?P<tag>{_CODE})(?=[\s/>]){_QUOTED}>"
    r"|(?P<escape>\\[\\`])"
    r"|(?:^|(?<=\n))[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*(?:\n|\Z)"
    r"|(?P<tick>`+)",
    re.ASCII | re.IGNORECASE,
)
_KINDS = {"comment": "comment", "raw": "raw", "highlight": "code", "script": "code"}
HIDDEN = frozenset({"front", "comment", "code"})
"""Nothing in these is an element of the page."""
CLOSED = HIDDEN | {"raw", "liquid"}
"""Nothing is written into these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the source."""

    start: int
    end: int
    kind: str
    """`front`, `comment`, `raw`, `liquid` (one tag or output) or `code`."""


def read(text: str, *, is_markdown: bool) -> tuple[Region, ...]:
    """All such parts, in order; none overlap.

    Args:
        text: the source.
        is_markdown: whether fences and backticks mean code.
    """
    return tuple(_read(text, is_markdown=is_markdown))


def masked(text: str, regions: Iterable[Region], kinds: Container[str] = CLOSED) -> str:
    """The source with blanks in the place of some kinds: every other place stays where it was."""
    pieces, at = [], 0
    for region in regions:
        if region.kind in kinds:
            pieces += [text[at : region.start], _blank(text[region.start : region.end])]
            at = region.end
    return "".join([*pieces, text[at:]])


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)


def _read(text: str, *, is_markdown: bool) -> Iterator[Region]:
    front = _FRONT.match(text)
    at = front.end() if front else 0
    if front:
        yield Region(start=0, end=at, kind="front")
    while found := _BEGINS.search(text, at):
        which = str(found.lastgroup)
        at = found.end()
        if which == "escape" or (which in ("fence", "tick") and not is_markdown):
            continue
        end = _end(text, found, which)
        if end is not None:
            kind = _KINDS.get((found["block"] or which).lower(), which)
            named = "code" if kind in ("tag", "fence", "tick") else kind
            yield Region(start=found.start(), end=end, kind=named)
            at = end


def _end(text: str, found: re.Match[str], which: str) -> int | None:
    """Where a part ends; an open comment or fence goes on to the end, as in browsers."""
    at = found.end()
    if which == "liquid":
        return at
    if which == "comment":
        end = text.find("-->", at)
        return end + 3 if end >= 0 else len(text)
    if which == "tick":
        return _ticks(text, at, len(found["tick"]))
    if which == "fence":
        mark = found["fence"]
        close = re.compile(rf"^[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\r?$", re.MULTILINE)
    elif which == "block":
        close = re.compile(rf"{{%-?\s*end{found['block']}\s*-?%}}", re.ASCII | re.IGNORECASE)
    else:
        close = re.compile(rf"</{found['tag']}\s*>", re.ASCII | re.IGNORECASE)
    ends = close.search(text, at)
    if ends:
        return ends.end()
    is_open = which != "tag" or found["tag"].lower() in ("script", "style", "textarea")
    return len(text) if is_open else None


def _ticks(text: str, at: int, count: int) -> int | None:
    """The end of code between backticks; it stays within its paragraph."""
    blank = re.search(r"\n[ \t]*\r?\n", text[at : at + 5000])
    limit = at + blank.start() if blank else min(len(text), at + 5000)
    close = re.compile(rf"(?<!`)`{{{count}}}(?!`)").search(text, at, limit)
    return close.end() if close else None
