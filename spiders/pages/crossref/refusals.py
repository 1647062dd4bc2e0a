"""Why Crossref gave no data, told by status, content and `Retry-After`.

Its refusals come as plain text (unknown DOI), JSON (`validation-failure`, `resource-failure`) and
HTML (429); no recording holds a `Retry-After`, which is heeded where it comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, BudgetSpent, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.crossref.works import WHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

_LONGEST_WAIT = 120.0
_PASSING = frozenset({408, 425})
_GONE = frozenset({404, 410})
_KEY = frozenset({401, 403})


def refusal(
    body: bytes, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The error of an answer without data; without a status it is judged by its kind."""
    kind, told = _told(body)
    if status is None:
        status = 404 if kind == "resource-failure" else 400
    wait = reading.retry_after_seconds(headers)
    if status == 429:  # noqa: PLR2004 - too many requests
        return _too_many(wait)
    if status in _KEY and reading.is_html(body):
        return Blocked(
            f"{WHERE} answers with a web page instead of data (HTTP {status}); it was asked no "
            "more: try again tomorrow"
        )
    if status in _GONE:
        if kind and "cursor" in told:
            return BadRequest(f"{WHERE} refuses the cursor (HTTP {status}): {told}")
        return NotFound(f"{WHERE} has no such work (HTTP {status}): the DOI is another agency's")
    return _by_status(status, told, wait)


def _by_status(status: int, told: str, wait: float | None) -> ProviderError:
    match status:
        case 401:
            return BadRequest(
                f"{WHERE} refuses the token (HTTP 401): {told}; check CROSSREF_PLUS_TOKEN"
            )
        case 403:
            return Blocked(f"{WHERE} refuses this client (HTTP 403): {told}; write to its support")
        case _ if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
            return Unavailable(
                f"{WHERE} gave no answer (HTTP {status}): {told}; run again later", retry_after=wait
            )
        case _:
            return BadRequest(f"{WHERE} refuses the request (HTTP {status}): {told}")


def _too_many(wait: float | None) -> ProviderError:
    if wait is not None and wait > _LONGEST_WAIT:
        return BudgetSpent(
            f"{WHERE} asks for {wait:.0f} s of rest; run again after that", retry_after=wait
        )
    return Unavailable(
        f"{WHERE} was asked too fast; run again later, with `contact` in the configuration",
        retry_after=wait,
    )


def _told(body: bytes) -> tuple[str, str]:
    """Kind of a JSON refusal (or nothing), and its words."""
    data = reading.peek(body)
    kind, message = data.get("message-type"), data.get("message")
    first = message[0] if isinstance(message, list) and message else message
    said = first
    if isinstance(first, dict):
        said = ": ".join(v for v in map(first.get, ("type", "message")) if isinstance(v, str))
    if not isinstance(said, str) or not said.strip():
        is_text = not data and not reading.is_html(body)
        said = body[:200].decode("utf-8", "replace") if is_text else ""
    words = reading.one_line(said).rstrip(".") or "no reason given"
    return kind if isinstance(kind, str) else "", words
