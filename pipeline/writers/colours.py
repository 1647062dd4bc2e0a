"""Colours of badges as shields reads them: its palette's names, and how bright one is."""

from __future__ import annotations

_PALETTE = {
    "brightgreen": "#4b0",
    "green": "#67ac09",
    "yellow": "#d8b800",
    "yellowgreen": "#95991a",
    "orange": "#ea7233",
    "red": "#dd4343",
    "blue": "#007ec6",
    "grey": "#555",
    "lightgrey": "#939393",
}
"""badge-maker 6; drawing libraries in Python still have the colours before it."""
_ALIASES = {
    "gray": "grey",
    "lightgray": "lightgrey",
    "critical": "red",
    "important": "orange",
    "success": "brightgreen",
    "informational": "blue",
    "inactive": "lightgrey",
}
_LIGHT = 0.69
"""Text is white up to this brightness, as badge-maker has it."""


def in_hex(colour: str) -> str:
    """`blue`, `007ec6` or `#007ec6` as `#007ec6`; an endpoint takes no other spelling."""
    found = _PALETTE.get(_ALIASES.get(colour, colour), colour)
    return f"#{found.removeprefix('#').lower()}"


def brightness(colour: str) -> float:
    """0 for black to 1 for white, of a colour in hex; how far one sees through it is left out."""
    digits = colour.removeprefix("#")
    size = 2 if len(digits) >= 6 else 1  # noqa: PLR2004 - one digit a channel, or two
    red, green, blue = (int(digits[at : at + size] * (3 - size), 16) for at in (0, size, 2 * size))
    return round((red * 299 + green * 587 + blue * 114) / 255000, 2)


def is_light(colour: str) -> bool:
    """Whether text on it is dark."""
    return brightness(colour) > _LIGHT
