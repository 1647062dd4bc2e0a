"""Links of a page's source with their places, as Markdown and as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.homepage.tags import Element
from spiders.pages.homepage.links import is_label, paper

# A bracket may hold one more pair; a blank line ends it.
_INSIDE = r"((?:[^\[\]\n]|\n(?!\s*\n)|\[[^\[\]\n]{0,200}\]){1,600}?)"
_TARGET = (
    r"\(\s*<?((?:[^\s()<>]|\([^\s()]{0,200}\)){1,2000})>?(?:\s+[\"'][^\"'\n]{0,300}[\"'])?\s*\)"
)
_LINK = re.compile(
    r"(?<![\\!])\[" + _INSIDE + r"\]" + _TARGET + r"(?:\{:[^}\n]{0,200}\})?", re.ASCII
)
_TAGS = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link, or what a script made to look like one."""

    start: int
    end: int
    text: str
    """What it shows, without tags."""
    papers: tuple[str, ...]
    """Identifiers of the paper that it leads to."""

    @property
    def is_label(self) -> bool:
        """Whether it says what is behind it (`[pdf]`, an icon), and is no title."""
        return is_label(self.text)


def read(text: str, elements: Sequence[Element], *, is_markdown: bool) -> list[Link]:
    """All links in order; `text` is masked."""
    found = list(_anchors(text, elements))
    if is_markdown:
        found += [
            Link(start=m.start(), end=m.end(), text=_plain(m[1]), papers=paper(m[2]))
            for m in _LINK.finditer(text)
        ]
    return sorted(found, key=lambda link: (link.start, link.end))


def _anchors(text: str, elements: Sequence[Element]) -> Iterator[Link]:
    for one in elements:
        if one.name == "a" and one.is_closed and not one.attrs.keys().isdisjoint(_ACTS):
            yield Link(
                start=one.start,
                end=one.end,
                text=_plain(text[one.inner : one.inner_end]),
                papers=paper(one.attrs.get("href", "")),
            )


_ACTS = {"href", "onclick", "data-toggle", "role"}


def _plain(text: str) -> str:
    return " ".join(_TAGS.sub(" ", text).split())
