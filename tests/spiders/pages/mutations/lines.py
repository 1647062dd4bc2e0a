"""Changes of form of plain text and Markdown: of its lines and its figures."""

import re
from collections.abc import Callable
from random import Random

from . import numerals
from .raw import text_of

Mutator = Callable[[bytes, Random], "bytes | None"]
Edit = Callable[[list[str], Random], "list[str] | None"]

_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?![\w.,/-])", re.ASCII)


def _edited(edit: Edit) -> Mutator:
    def mutate(body: bytes, chance: Random) -> bytes | None:
        text, charset = text_of(body)
        found = edit(text.split("\n"), chance)
        return None if found is None else "\n".join(found).encode(charset, "replace")

    return mutate


def _written(form: numerals.Form) -> Mutator:
    def mutate(body: bytes, chance: Random) -> bytes | None:
        text, _ = text_of(body)
        places = list(_NUMBER.finditer(text))
        chance.shuffle(places)
        for place in places:
            said = form(place[0], chance)
            if said is not None:
                return (text[: place.start()] + said + text[place.end() :]).encode()
        return None

    return mutate


def _lost(lines: list[str], chance: Random) -> list[str]:
    at = chance.randrange(len(lines))
    return lines[:at] + lines[at + 1 :]


def _twice(lines: list[str], chance: Random) -> list[str]:
    at = chance.randrange(len(lines))
    return lines[: at + 1] + lines[at:]


def _swapped(lines: list[str], chance: Random) -> list[str] | None:
    if len(lines) < 2:
        return None
    at = chance.randrange(len(lines) - 1)
    return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]


def _joined(lines: list[str], chance: Random) -> list[str]:
    return [" ".join(lines)]


def _padded(lines: list[str], chance: Random) -> list[str]:
    return [f"  {line}\t " for line in lines]


MUTATORS: dict[str, Mutator] = {
    "a line lost": _edited(_lost),
    "a line twice": _edited(_twice),
    "two lines swapped": _edited(_swapped),
    "all on one line": _edited(_joined),
    "lines padded": _edited(_padded),
    **{f"figure {name}": _written(form) for name, form in numerals.FORMS.items()},
}
