"""Takes keys out of text: providers repeat them in error messages, and logs are public in CI."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"
_SHORTEST = 4

_NAMED = re.compile(
    r"(?i)\b((?:x-)?api[_-]?key|access_token|token|authorization)"
    r"(=|%3d|['\"]?\s*:\s*(?:\[?b?['\"])?)((?:bearer\s+)?)[^\s&'\",}\])]+"
)


def redact(text: str, secrets: Iterable[str | None] = ()) -> str:
    """Text without the secrets, and without whatever follows a key's name."""
    for secret in sorted({s for s in secrets if s and len(s) >= _SHORTEST}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _NAMED.sub(rf"\1\2\3{MASK}", text)


class RedactingFilter(logging.Filter):
    """Rewrites log records, tracebacks included, for every handler it is attached to."""

    def __init__(self, secrets: Iterable[str | None]) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; nothing is dropped."""
        record.msg = redact(record.getMessage(), self._secrets)
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text, self._secrets)
        return True
