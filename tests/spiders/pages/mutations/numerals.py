"""Other ways to write one whole number, as the pages of the world do.

Each form takes plain digits and gives what stands in their place, or `None` where the form does
not exist for that number. None of them is another number: a reader takes it, or refuses it.
"""

from collections.abc import Callable
from random import Random

Form = Callable[[str, Random], "str | None"]


def grouped(digits: str, separator: str, *, last: int = 3, others: int = 3) -> str | None:
    """Digits in groups from the right, `None` for a number that has one group only."""
    if len(digits) <= last or set(digits) == {"0"}:
        return None
    head, parts = digits[:-last], [digits[-last:]]
    while head:
        parts.insert(0, head[-others:])
        head = head[:-others]
    return separator.join(parts)


def written_in(digits: str, zero: int) -> str:
    """Digits of another script, by the code point of its zero."""
    return "".join(chr(zero + int(digit)) for digit in digits)


def _grouping(separator: str, **sizes: int) -> Form:
    return lambda digits, chance: grouped(digits, separator, **sizes)


def _script(zero: int) -> Form:
    return lambda digits, chance: written_in(digits, zero)


def _wrong_groups(digits: str, chance: Random) -> str | None:
    if len(digits) < 3:
        return None
    at = chance.randrange(1, len(digits))
    return None if len(digits) - at == 3 else digits[:at] + chance.choice(",. ") + digits[at:]


def _thousands(digits: str, chance: Random) -> str | None:
    value = int(digits) / 1000
    return f"{value:.1f}{chance.choice(['K', 'k', ' k', ' mil'])}" if value >= 1 else None


def _roman(digits: str, chance: Random) -> str | None:
    value, text = int(digits), ""
    for number, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (value // number)
        value %= number
    return text if 0 < int(digits) < 40 else None


def _in_parts(digits: str, chance: Random) -> str | None:
    at = chance.randrange(1, len(digits)) if len(digits) > 1 else 0
    return digits[:at] + chance.choice([" ", "\n", "\t", "\u200b", "\u00ad"]) + digits[at:]


_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

FORMS: dict[str, Form] = {
    "grouped by comma": _grouping(","),
    "grouped by point": _grouping("."),
    "grouped by space": _grouping(" "),
    "grouped by no-break space": _grouping("\u00a0"),
    "grouped by narrow no-break space": _grouping("\u202f"),
    "grouped by thin space": _grouping("\u2009"),
    "grouped by apostrophe": _grouping("'"),
    "grouped by right quote": _grouping("\u2019"),
    "grouped by underscore": _grouping("_"),
    "grouped by arabic separator": _grouping("\u066c"),
    "grouped as in India": _grouping(",", others=2),
    "grouped by four": _grouping(",", last=4, others=4),
    "grouped wrongly": _wrong_groups,
    "arabic digits": _script(0x660),
    "persian digits": _script(0x6F0),
    "devanagari digits": _script(0x966),
    "bengali digits": _script(0x9E6),
    "fullwidth digits": _script(0xFF10),
    "bold mathematical digits": _script(0x1D7CE),
    "superscript digits": lambda digits, chance: digits.translate(_SUPERSCRIPT),
    "one superscript digit": lambda digits, chance: (
        digits[:-1] + digits[-1].translate(_SUPERSCRIPT)
    ),
    "roman numerals": _roman,
    "right-to-left marks": lambda digits, chance: f"\u200f{digits}\u200f",
    "right-to-left embedding": lambda digits, chance: f"\u202b{digits}\u202c",
    "digits in parts": _in_parts,
    "with a star": lambda digits, chance: f"{digits}*",
    "with a plus": lambda digits, chance: f"{digits}+",
    "about": lambda digits, chance: chance.choice(["~", "≈", "> ", "≥"]) + digits,
    "with a unit": lambda digits, chance: f"{digits} citations",
    "with a label": lambda digits, chance: f"Cited by {digits}",
    "with a change": lambda digits, chance: f"{digits} (+{chance.randrange(1, 9)})",
    "as a range": lambda digits, chance: f"{digits}-{int(digits) + 1}",
    "in brackets": lambda digits, chance: f"({digits})",
    "in thousands": _thousands,
    "negative": lambda digits, chance: chance.choice(["-", "\u2212"]) + digits,
    "with a sign": lambda digits, chance: f"+{digits}",
    "decimal": lambda digits, chance: digits + chance.choice([".0", ",0", ".00", ".5"]),
    "decimal of three places": lambda digits, chance: digits + chance.choice([".000", ",000"]),
    "exponent": lambda digits, chance: f"{int(digits):.3e}",
    "percent": lambda digits, chance: f"{digits}%",
    "hexadecimal": lambda digits, chance: hex(int(digits)),
    "leading zeros": lambda digits, chance: digits.zfill(len(digits) + 2),
    "said twice": lambda digits, chance: f"{digits} {digits}",
    "empty": lambda digits, chance: "",
    "white space": lambda digits, chance: " \u00a0\u3000",
    "dash": lambda digits, chance: chance.choice(["—", "-", "–", "n/a", "N/A", "?", "…"]),
    "words": lambda digits, chance: chance.choice(["none", "many", "null", "NaN", "Infinity"]),
    "huge": lambda digits, chance: digits + "0" * 20,
}
