"""Logging: stdlib, to stderr, stable event names with key=value, secrets redacted in one place."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping

_SECRET_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)", re.IGNORECASE)
_QUERY = re.compile(
    r"(?i)\b(api[_-]?key|apikey|access_token|token|key|x-api-key)(=|%3D|['\"]?\s*:\s*['\"]?)"
    r"[^&\s'\",}]+"
)
_MIN_SECRET = 6


class Redactor(logging.Filter):
    """Takes keys out of every record: known values, and whatever follows a key's name."""

    def __init__(self, secrets: frozenset[str]) -> None:
        super().__init__()
        self._secrets = sorted(secrets, key=len, reverse=True)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; nothing is dropped."""
        record.msg = self.clean(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        return True

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _QUERY.sub(r"\1\2***", text)


def secrets_of(environ: Mapping[str, str]) -> frozenset[str]:
    """Values of the environment that look like secrets by their variable's name."""
    return frozenset(
        value.strip()
        for name, value in environ.items()
        if _SECRET_NAMES.search(name) and len(value.strip()) >= _MIN_SECRET
    )


def configure(*, verbose: int = 0, environ: Mapping[str, str] | None = None) -> None:
    """Send logs to stderr: warnings by default, more with `verbose` 1 (info) or 2 (debug)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(Redactor(secrets_of(os.environ if environ is None else environ)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel({0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG))
