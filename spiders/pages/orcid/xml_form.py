"""The XML of ORCID's API as the object that its JSON would be.

Both are made of one schema: names are the same, a list is an element said several times, and a
text within an object is its `value`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spiders.pages import reading

if TYPE_CHECKING:
    from spiders.pages.xml import Element

_LISTS = frozenset(
    {"group", "work-summary", "external-id", "external-identifier", "researcher-url"}
)
_PLAIN = frozenset(
    {
        *("external-id-type", "external-id-value", "external-id-relationship", "type", "path"),
        *("uri", "host", "response-code", "developer-message", "user-message", "error-code"),
        *("more-info", "url-name"),
    }
)
"""Elements whose text is the value itself."""
_ATTRIBUTES = ("put-code", "display-index", "visibility", "path")
_HOLDERS = frozenset(
    {"works", "external-ids", "external-identifiers", "researcher-urls", "record", "person"}
)
"""Elements that are objects even when they are empty."""


def as_object(element: Element) -> Any:
    """The object of an element; `read_xml` has bounded its depth."""
    found: dict[str, Any] = {n: v for n in _ATTRIBUTES if (v := element.get(n)) is not None}
    for child in element:
        name = _name(child)
        value = _value(child, name)
        if name in _LISTS:
            found.setdefault(name, []).append(value)
        elif name in found and name not in _ATTRIBUTES:
            found[name] = _also(found[name], value)
        else:
            found[name] = value
    if _name(element) == "works":
        found.setdefault("group", [])
    return found


def _value(child: Element, name: str) -> Any:
    text = reading.fold(child.text or "")
    if name in _PLAIN and not len(child):
        return text
    if len(child) or name in _HOLDERS or name in _LISTS:
        return as_object(child)
    return {"value": text} if text else None


def _also(held: Any, value: Any) -> list[Any]:
    """What is said several times where once is right: a list, which no reader takes for one."""
    if isinstance(held, list):
        held.append(value)
        return held
    return [held, value]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
