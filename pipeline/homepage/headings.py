"""Headings of a page under which papers stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.homepage.places import Source

_PUBLICATIONS = re.compile(
    r"\b(?:publications?|papers?|preprints?|articles?|bibliography)\b|论文|发表|著作|出版",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\b(?:news|updates?|talks?|awards?|services?)\b", re.IGNORECASE)
_BOM = "\xef\xbb\xbf"
_ATX = re.compile(
    rf"^(?:{_BOM})?[ ]{{0,3}}\#{{1,6}}[ \t]+(?P<said>[^\r\n]*)(?:\r?\n|\Z)", re.MULTILINE
)
_SETEXT = re.compile(
    rf"^(?:{_BOM})?[ ]{{0,3}}(?P<said>[^\s#<>=|-][^\r\n]*)\r?\n"
    r"[ ]{0,3}(?:={2,}|-{2,})[ \t]*(?:\r?\n|\Z)",
    re.MULTILINE | re.ASCII,
)
_ELEMENT = re.compile(r"h[1-6]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One heading of publications."""

    end: int
    """Where the text below it begins; the end of its element in HTML."""
    is_markdown: bool


def publications(source: Source) -> list[Heading]:
    """Headings of publications, in order."""
    found = []
    if source.is_markdown:
        for form in (_ATX, _SETEXT):
            found += [
                Heading(end=m.end(), is_markdown=True)
                for m in form.finditer(source.text)
                if _is_ours(m["said"])
            ]
    for one in source.elements:
        if one.is_closed and _ELEMENT.fullmatch(one.name):
            said = re.sub(r"<[^<>]*>", " ", source.text[one.inner : one.inner_end])
            if _is_ours(said):
                found.append(Heading(end=one.end, is_markdown=False))
    return sorted(found, key=lambda heading: heading.end)


def _is_ours(said: str) -> bool:
    text = said.encode("latin-1").decode("utf-8", "replace")
    return _PUBLICATIONS.search(text) is not None and _OTHERS.search(text) is None
