"""What the doctor says: one line that tells what was seen and, where needed, what to do."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """One line of the doctor's."""

    state: Literal["ok", "note", "wrong"]
    what: str


def ok(what: str) -> Finding:
    """As it should be."""
    return Finding("ok", what)


def note(what: str) -> Finding:
    """Worth knowing; it works as it is."""
    return Finding("note", what)


def wrong(what: str) -> Finding:
    """It must be mended, or something does not work."""
    return Finding("wrong", what)
