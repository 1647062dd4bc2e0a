"""Logging: stdlib, to stderr, with every secret of the environment taken out.

What providers send may stand in a message or in the text of an error: a record is one line, the
lines of a traceback are set in, and no line holds what a terminal or a CI job obeys.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping

from spiders.redact import RedactingFilter, redact

_SECRET_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|NOTIFY)", re.IGNORECASE)
_SHORTEST = 6
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


class Lines(logging.Formatter):
    """A record on one line that is plain text, its traceback set in below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        """The line: a break in it is written as an escape, so that nobody forges a record."""
        line = super().formatMessage(record)
        return plain(line).replace("\n", r"\n").replace("\t", " ")

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback where there is one."""
        first, *rest = super().format(record).split("\n")
        return "\n".join([first, *(f"  | {plain(line)}" for line in rest)])


def plain(text: str) -> str:
    """Text without what a terminal obeys; nothing is dropped, it is written as Python does."""
    shown = _OBEYED.sub(lambda found: ascii(found.group())[1:-1], text)
    return shown.replace("##[", "## [")


def told(error: BaseException, *, environ: Mapping[str, str]) -> str:
    """The traceback of a defect, fit for a public log."""
    text = redact("".join(traceback.format_exception(error)).rstrip(), secrets_of(environ))
    return "\n".join(f"  | {plain(line)}" for line in text.split("\n"))


def secrets_of(environ: Mapping[str, str]) -> frozenset[str]:
    """Values of the environment that are secrets by their variable's name, a line each."""
    lines = (
        line.strip()
        for name, value in environ.items()
        if _SECRET_NAMES.search(name)
        for line in value.splitlines()
    )
    return frozenset(line for line in lines if len(line) >= _SHORTEST)


def configure(*, verbose: int = 0, environ: Mapping[str, str] | None = None) -> None:
    """Send logs to stderr: warnings by default, more with `verbose` 1 (info) or 2 (debug)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(
        RedactingFilter(tuple(secrets_of(os.environ if environ is None else environ)))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel({0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG))
