"""Takes keys out of text: providers repeat them in error messages, and logs are public in CI."""

from __future__ import annotations

import logging
import re
from html import escape
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MASK = "***"
_SHORTEST = 4
_LONG = 16
_BEGINNING = 8
"""How much of a long secret is masked where a text was cut within it."""

_NAMED = re.compile(
    r"(?i)\b((?:x-)?api[_-]?key|access_token|token|authorization)"
    r"(=|%3d|['\"]?\s*:\s*(?:\[?b?['\"])?)((?:bearer\s+)?)[^\s&'\",}\])]+"
)


def redact(text: str, secrets: Iterable[str | None] = ()) -> str:
    """Text without the secrets, and without whatever follows a key's name."""
    spelled = {form for s in secrets if s and len(s) >= _SHORTEST for form in _spellings(s)}
    for secret in sorted(spelled, key=len, reverse=True):
        text = re.sub(re.escape(secret), MASK, text, flags=re.IGNORECASE)
    for secret in spelled:
        text = _without_beginning(text, secret)
    return _NAMED.sub(rf"\1\2\3{MASK}", text)


def _spellings(secret: str) -> set[str]:
    """A secret as it stands, and as URLs, HTML, JSON and Python write it."""
    in_json = secret.replace("\\", r"\\").replace('"', r"\"")
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        escape(secret),
        in_json,
    }


def _without_beginning(text: str, secret: str) -> str:
    """Text without what is left of a long secret that was cut short on its way here."""
    scheme = len(secret.partition("://")[0]) + 3 if "://" in secret else 0
    if len(secret) - scheme < _LONG:
        return text
    head, rest = secret[: scheme + _BEGINNING], secret[scheme + _BEGINNING :]
    kept, last = [], 0
    for found in re.finditer(re.escape(head), text, flags=re.IGNORECASE):
        end = found.end()
        same = (a.lower() == b.lower() for a, b in zip(text[end:], rest, strict=False))
        kept += [text[last : found.start()], MASK]
        last = end + sum(1 for _ in takewhile(bool, same))
    return "".join([*kept, text[last:]])


class RedactingFilter(logging.Filter):
    """Rewrites log records, tracebacks included, for every handler it is attached to."""

    def __init__(self, secrets: Sequence[str | None]) -> None:
        super().__init__()
        # Not copied: a crawl may learn of more keys on its way.
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; nothing is dropped."""
        record.msg = redact(record.getMessage(), self._secrets)
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text, self._secrets)
        return True
