"""Logging: stdlib, to stderr, with every secret of the environment taken out."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping

from spiders.redact import RedactingFilter

_SECRET_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|NOTIFY)", re.IGNORECASE)
_SHORTEST = 6


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
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(RedactingFilter(secrets_of(os.environ if environ is None else environ)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel({0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG))
