"""Text and numbers as readers meet them: cleaned of what misleads, rounded as shields rounds.

Everything here is independent of locale and clock, so that equal figures give equal bytes.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from numbers import Integral, Real
from typing import Any

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")

_NONCHARACTERS = "".join(
    chr(plane * 0x10000 + low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
_MISLEADING = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters: XML cannot hold them, terminals obey them
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # invisible
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # change the direction of reading
    "\ud800-\udfff"  # halves of a pair: UTF-8 has no bytes for them
    f"\ufdd0-\ufdef{_NONCHARACTERS}"
    "]"
)
# Diacritics of Latin, Greek and Cyrillic; no orthography stacks more than four on a letter.
_HEAPED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
LONGEST = 4000
"""UTF-16 units of one text; what is longer is no title, name or reason."""


def clean(text: str) -> str:
    """Text without control, invisible and direction-changing characters, white space folded.

    Diacritics that are heaped up are cut down, and so is a text beyond `LONGEST`.
    """
    plain = _MISLEADING.sub("", " ".join(text.split()))
    folded = " ".join(_HEAPED.sub(r"\1", plain).split())
    short = cut(folded, LONGEST)
    return folded if short == folded else f"{cut(short, LONGEST - 1).rstrip()}…"


def cleaned(text: str | None) -> str | None:
    """`clean` of a text that may be unknown; nothing left is unknown too."""
    return (clean(text) or None) if text else None


def cut(text: str, limit: int = 255) -> str:
    """Text of at most so many UTF-16 units (how shields counts), never half a character."""
    if len(text) * 2 <= limit:
        return text
    units = text.encode("utf-16-le")[: limit * 2]
    return units.decode("utf-16-le", errors="ignore")


def integer(value: object) -> int | None:
    """A whole number as `int`, `None` for everything else; never a rounded one."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def number(value: object) -> int | float | None:
    """A finite number as plain `int` or `float`, `None` for everything else."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    if isinstance(value, Integral):
        return int(value)
    return float(value) if math.isfinite(value) else None


def metric(value: int, *, is_bound: bool = False) -> str:
    """`1250` as `1.3k`: the rounding of shields.io, halves up.

    shields divides in binary floating point and rounds that quotient, so this does too (1150
    gives `1.1k`). A lower bound is rounded down, or it would claim more than is known.
    """
    if value < 0:
        return f"-{metric(-value)}"
    power = min(len(str(value)) - 1, 24) // 3
    if power == 0:
        return str(value)
    scaled = Decimal(value) / 1000**power if is_bound else Decimal(value / 1000**power)
    rounding = ROUND_FLOOR if is_bound else ROUND_HALF_UP
    if scaled < 10:  # noqa: PLR2004 - shields keeps one decimal of a single digit
        tenth = str(scaled.quantize(Decimal("0.1"), rounding=rounding))
        if not tenth.endswith("0"):
            return tenth + _PREFIXES[power]
    whole = int(scaled.quantize(Decimal(1), rounding=rounding))
    if whole == 1000 and power + 1 < len(_PREFIXES):  # noqa: PLR2004 - 999500 is 1M
        return f"1{_PREFIXES[power + 1]}"
    return f"{whole}{_PREFIXES[power]}"


def day(moment: datetime) -> str:
    """Date in UTC, `2026-03-01`."""
    return moment.astimezone(UTC).date().isoformat()


def iso(moment: datetime) -> str:
    """Moment in UTC to the second, `2026-03-01T03:17:05+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def month(moment: datetime) -> str:
    """Month in UTC for people, `Mar 2026`, in English whatever the locale."""
    utc = moment.astimezone(UTC)
    return f"{_MONTHS[utc.month - 1]} {utc.year}"


def json_line(document: Any) -> bytes:
    """Compact JSON on one line, UTF-8, without a final newline."""
    return _encoded(
        json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    )


def json_page(document: Any, *, sort_keys: bool = False) -> bytes:
    """JSON with an indent of two and a final newline, UTF-8."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=sort_keys)
    return _encoded(text + "\n")


def _encoded(text: str) -> bytes:
    """JSON's bytes; `<` is escaped, so that a page may hold them in a script element."""
    return text.replace("<", r"\u003c").encode("utf-8", errors="replace")
