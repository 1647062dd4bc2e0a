"""Elements of a page's source with their places; end tags that HTML lets out are put in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)(?=[\s/>])"
    r"(?P<attrs>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>",
    re.ASCII,
)
_ATTR = re.compile(
    r"([^\s=\"'<>/]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?",
    re.ASCII,
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"]
)
_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav"),
        *("ol", "p", "pre", "section", "table", "ul"),
    ]
)
_IMPLIED = {
    "li": ({"li"}, {"ul", "ol"}),
    "dd": ({"dd", "dt"}, {"dl"}),
    "dt": ({"dd", "dt"}, {"dl"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tr": ({"tr"}, {"table"}),
}
"""What an element ends, unless one of the second kind lies between."""
_NO_FURTHER = {"div", "section", "article", "td", "li", "main", "body"}
_DEEPEST = 500


@dataclass(slots=True, eq=False, kw_only=True)
class Element:
    """One element of the source."""

    name: str
    start: int
    inner: int
    """Where its content begins."""
    attrs: dict[str, str]
    parent: Element | None
    inner_end: int = -1
    end: int = -1
    is_closed: bool = False
    """Whether its end tag is there."""

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.attrs.get("class", "").split()

    def above(self) -> Iterator[Element]:
        """What it lies in, the nearest first."""
        one = self.parent
        while one is not None:
            yield one
            one = one.parent

    def holds(self, at: int) -> bool:
        """Whether a place is inside it."""
        return self.inner <= at < self.inner_end


def read(text: str) -> list[Element]:
    """All elements in the order of their start tags; `text` is masked."""
    found: list[Element] = []
    stack: list[Element] = []
    for tag in _TAG.finditer(text):
        name = tag["name"].lower()
        if tag["close"]:
            _close(stack, name, tag)
            continue
        _imply(stack, name, tag.start())
        one = Element(
            name=name,
            start=tag.start(),
            inner=tag.end(),
            attrs=_attrs(tag["attrs"]),
            parent=stack[-1] if stack else None,
        )
        found.append(one)
        if name in _VOID or tag["attrs"].endswith("/") or len(stack) > _DEEPEST:
            one.inner_end = one.end = tag.end()
        else:
            stack.append(one)
    _end_all(stack, len(text))
    return found


def _attrs(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in _ATTR.findall(text):
        bare = value[1:-1] if value[:1] in ("'", '"') else value
        values.setdefault(name.lower(), html.unescape(bare))
    return values


def _close(stack: list[Element], name: str, tag: re.Match[str]) -> None:
    if not any(one.name == name for one in stack):
        return
    while stack:
        one = stack.pop()
        one.inner_end = tag.start()
        one.end = tag.start()
        if one.name == name:
            one.end, one.is_closed = tag.end(), True
            return


def _imply(stack: list[Element], name: str, at: int) -> None:
    """End what this start tag ends."""
    if name in _BLOCKS:
        ended, walls = {"p"}, _NO_FURTHER
    else:
        ended, walls = _IMPLIED.get(name, (set(), set()))
    for depth in range(len(stack) - 1, -1, -1):
        if stack[depth].name in ended:
            _end_all(stack[depth:], at)
            del stack[depth:]
            return
        if stack[depth].name in walls:
            return


def _end_all(stack: list[Element], at: int) -> None:
    for one in stack:
        one.inner_end = one.end = at
