"""Reading JSON and text that a provider sent, so that no figure is ever guessed.

Promise: what is absent or null reads as `None`; what is there and is not what it should be
(a fraction for a count, a negative one, NaN, a key said twice) raises `LayoutChanged` with one
line that names the place. Nothing here knows a provider.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from spiders.errors import LayoutChanged
from spiders.pages.weight import TooHeavy, weigh_json

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_COUNT = 10**12
"""No provider counts that far; beyond it a "count" is something else."""

_SHOWN = 40
_DIGITS = re.compile(r"[0-9]{1,15}")
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
# Control characters that are no white space, and halves of surrogate pairs (no UTF-8 holds them).
_UNSHOWN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});", re.ASCII)
# Tags that publishers leave in titles: HTML, JATS and MathML. A bare "<" of a formula stays.
_ATTRIBUTES = r"(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>"
_BLOCK_TAG = re.compile(r"</?(?:br|p|div|title|sec|jats:p|jats:title)" + _ATTRIBUTES, re.IGNORECASE)
_INLINE_TAG = re.compile(
    r"</?(?:(?:mml|jats|m|ns\d?|xref|tp):[a-z][\w-]*|i|b|u|em|strong|sub|sup|tt|sc|scp|span|small"
    r"|font|a|italic|bold|inf|named-content|inline-formula|tex-math|math|mi|mn|mo|mrow|msub|msup"
    r"|mtext|mspace|mover|msubsup|mfrac|mathvariant|strike|underline|styled-content|ext-link)"
    + _ATTRIBUTES,
    re.IGNORECASE,
)


def layout_changed(where: str, problem: str) -> LayoutChanged:
    """The error of a field that cannot be read: what, where, what to do."""
    return LayoutChanged(
        f"{where}: {problem}; nothing was taken from it: update scholar-metrics or report this line"
    )


def load(body: bytes, *, where: str) -> Any:
    """JSON value of an answer, refusing what JSON parsers let through.

    Raises:
        LayoutChanged: empty, a web page, cut off, too heavy, NaN or Infinity, or a key said twice.
    """
    if not body.strip():
        raise layout_changed(where, "the answer is empty")
    if is_html(body):
        raise layout_changed(where, "a web page came in place of JSON")
    try:
        weigh_json(body)
        return json.loads(body, parse_constant=_no_constant, object_pairs_hook=_unique_keys)
    except TooHeavy as error:
        raise layout_changed(where, f"the answer is too heavy to be read: {error}") from None
    except (ValueError, RecursionError) as error:
        reason = one_line(str(error), limit=100)
        raise layout_changed(where, f"the answer is not JSON, or was cut off ({reason})") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(key for key, _ in pairs)
        twice = next(key for key in found if times[key] > 1)
        raise ValueError(f"{twice!r} is said twice")
    return found


def as_int(value: object) -> int | None:
    """The whole number that a value is (12, 12.0 or "12"), else `None`; `True` is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    return None


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object together with where it stands, for error messages."""

    data: Mapping[str, Any]
    where: str
    """E.g. `OpenAlex: results[3] (W12)`."""

    @classmethod
    def of(cls, value: object, where: str) -> Fields:
        """The object that a value must be."""
        if not isinstance(value, dict):
            raise layout_changed(where, f"an object was expected, not {_shown(value)}")
        return cls(value, where)

    def named(self, name: str) -> Fields:
        """The same object with its id in the place."""
        return Fields(self.data, f"{self.where} ({name})")

    def count(self, key: str) -> int | None:
        """A number of things, 0 or more; `None` when absent or null."""
        value = self.data.get(key)
        if value is None:
            return None
        number = as_int(value)
        if number is None or not 0 <= number <= MAX_COUNT:
            raise layout_changed(self.where, f"{key} is {_shown(value)}, not a count")
        return number

    def required_count(self, key: str) -> int:
        """A number of things that must be said."""
        number = self.count(key)
        if number is None:
            raise layout_changed(self.where, f"{key} is missing")
        return number

    def year(self, key: str) -> int | None:
        """A year of the calendar; providers hold impossible ones (0, 20133), which say nothing."""
        value = self.data.get(key)
        number = as_int(value)
        if value is not None and number is None:
            raise layout_changed(self.where, f"{key} is {_shown(value)}, not a year")
        return number if number is not None and 1 <= number <= 9999 else None  # noqa: PLR2004

    def date(self, key: str) -> str | None:
        """An ISO date, as exact as it is (`2020`, `2020-05`, `2020-05-17`)."""
        value = self.text(key)
        return value if value and _DATE.fullmatch(value) else None

    def number(self, key: str) -> float | int | None:
        """A finite figure of the provider's own making, as it is."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            raise layout_changed(self.where, f"{key} is {_shown(value)}, not a number")
        return value

    def text(self, key: str) -> str | None:
        """Text on one line; `None` when absent, null or blank."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise layout_changed(self.where, f"{key} is {_shown(value)}, not text")
        return fold(value)

    def required_text(self, key: str) -> str:
        """Text that must be said."""
        value = self.text(key)
        if value is None:
            raise layout_changed(self.where, f"{key} is missing")
        return value

    def flag(self, key: str) -> bool | None:
        """True, false or not said."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, bool):
            raise layout_changed(self.where, f"{key} is {_shown(value)}, not true or false")
        return value

    def items(self, key: str) -> tuple[Any, ...] | None:
        """A list; `None` when absent or null."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            raise layout_changed(self.where, f"{key} is {_shown(value)}, not a list")
        return tuple(value)

    def objects(self, key: str) -> tuple[Fields, ...]:
        """The objects of a list, each with its place; empty when absent or null."""
        values = self.items(key) or ()
        return tuple(Fields.of(v, f"{self.where}: {key}[{i}]") for i, v in enumerate(values))

    def object(self, key: str) -> Fields | None:
        """An object inside this one; `None` when absent or null."""
        value = self.data.get(key)
        return None if value is None else Fields.of(value, f"{self.where}: {key}")


def _is_finite(value: float) -> bool:
    return abs(value) <= MAX_COUNT if isinstance(value, int) else math.isfinite(value)


def _shown(value: object) -> str:
    # By pieces: `json.dumps` would write out all of a large value, and fails on a deep one.
    said = ""
    for piece in json.JSONEncoder().iterencode(value):
        said += piece
        if len(said) > _SHOWN:
            break
    return one_line(said, limit=_SHOWN)


def fold(text: str) -> str | None:
    """Text on one line, white space folded, control characters and half characters dropped."""
    kept = text if text.isprintable() else _UNSHOWN.sub("", text)
    return " ".join(kept.split()) or None


def title(text: str | None) -> str | None:
    """A title without mark-up; TeX stays as it is."""
    if text is None:
        return None
    plain = _ENTITY.sub(lambda found: unescape(found.group(0)), text)
    return fold(_INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", plain)))


def one_line(text: str, *, limit: int = 200) -> str:
    """First line of a text that others wrote, fit for an error message."""
    lines = text.strip().splitlines()
    kept = fold(lines[0]) if lines else None
    return (kept or "")[:limit]


def is_html(body: bytes) -> bool:
    """Whether an answer is a web page (or XML), by its first sign."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def header(headers: Mapping[str, str] | None, name: str) -> str | None:
    """Value of a header, whatever its case."""
    wanted = name.lower()
    return next((v for k, v in (headers or {}).items() if k.lower() == wanted), None)


def retry_after_seconds(headers: Mapping[str, str] | None) -> float | None:
    """`Retry-After` where it is a number of seconds; dates are for whoever has a clock."""
    value = (header(headers, "Retry-After") or "").strip()
    return float(value) if _SECONDS.fullmatch(value) else None


def peek(body: bytes) -> Mapping[str, Any]:
    """The object of an error answer, or an empty one: an error may have any body."""
    try:
        weigh_json(body)
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def unique(*identifiers: str | None) -> tuple[str, ...]:
    """Identifiers in their order, each once, the unsaid ones left out."""
    return tuple(dict.fromkeys(i for i in identifiers if i))


def web_address(text: str | None) -> str | None:
    """An http(s) address as it stands, or `None`: nothing else may become a link."""
    value = fold(text) if text else None
    return value if value and re.match(r"https?://[^\s<>\"']+$", value, re.IGNORECASE) else None
