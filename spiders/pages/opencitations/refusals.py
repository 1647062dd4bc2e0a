"""Why OpenCitations gave no data: by status, and by whether text or a web page came.

A token that is not valid is answered with 403 and plain text; a guard in front of the service
answers with a web page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, BudgetSpent, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.opencitations.rows import WHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

_LONGEST_WAIT = 120.0
_CHALLENGED = frozenset({401, 403, 429, 503})
_KEY = frozenset({401, 403})
_GONE = frozenset({404, 410})
_PASSING = frozenset({408, 425})


def refusal(
    body: bytes, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The error of an answer without data; without a status it is judged by its words."""
    told = _told(body)
    if status is None or 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        status = _likely_status(told.lower())
    if status in _CHALLENGED and reading.is_html(body):
        return Blocked(
            f"{WHERE} answers with a web page instead of data (HTTP {status}); it was asked no "
            "more: try again tomorrow"
        )
    if status in _KEY:
        return BadRequest(
            f"{WHERE} refuses the token (HTTP {status}): {told}; correct or remove "
            "OPENCITATIONS_TOKEN"
        )
    if status in _GONE:
        return NotFound(f"{WHERE} has nothing there (HTTP {status}): {told}")
    wait = reading.retry_after_seconds(headers)
    if status == 429:  # noqa: PLR2004 - too many requests
        return _too_many(wait)
    if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
        return Unavailable(
            f"{WHERE} gave no answer (HTTP {status}): {told}; run again later", retry_after=wait
        )
    return BadRequest(f"{WHERE} refuses the request (HTTP {status}): {told}")


def _too_many(wait: float | None) -> ProviderError:
    if wait is not None and wait > _LONGEST_WAIT:
        return BudgetSpent(
            f"{WHERE} asks for {wait:.0f} s of rest; run again after that", retry_after=wait
        )
    return Unavailable(f"{WHERE} was asked too fast; run again later", retry_after=wait)


def _told(body: bytes) -> str:
    data = reading.peek(body)
    said = next((v for k in ("error", "message") if isinstance(v := data.get(k), str)), None)
    if said is None and not data and not reading.is_html(body):
        said = body[:300].decode("utf-8", "replace")
    return reading.one_line(said or "").rstrip(".") or "no reason given"


def _likely_status(words: str) -> int:
    """HTTP status that a saved refusal most likely came with."""
    marks = {403: ("token",), 429: ("rate limit", "too many"), 404: ("not exist", "not found")}
    return next((code for code, texts in marks.items() if any(t in words for t in texts)), 500)
