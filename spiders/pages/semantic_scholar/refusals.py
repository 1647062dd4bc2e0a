"""Why Semantic Scholar gave no data: told by status, and for a saved file by `error`/`message`.

Nothing here is ever an empty result: the popular client makes one of 401, 502 and 503.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.semantic_scholar.papers import WHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

_CHALLENGED = frozenset({403, 429, 503})
_PASSING = frozenset({408, 425})


def refusal(
    body: bytes, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The error of an answer without data; without a status it is judged by its words."""
    if status in _CHALLENGED and reading.is_html(body):
        return Blocked(
            f"{WHERE} answers with a web page instead of data (HTTP {status});"
            " it was asked no more: try again tomorrow"
        )
    data = reading.peek(body)
    told = _line(data.get("error")) or _line(data.get("message")) or "no reason given"
    status = status or _likely_status(told.lower())
    wait = reading.retry_after_seconds(headers)
    match status:
        case 404 | 410:
            return NotFound(
                f"{WHERE}: {told} (HTTP {status});"
                " look the person up at semanticscholar.org and correct the configuration"
            )
        case 401 | 403:
            return BadRequest(
                f"{WHERE} refuses the API key (HTTP {status}): {told};"
                " check SEMANTIC_SCHOLAR_API_KEY"
            )
        case 429:
            return Unavailable(
                f"{WHERE} was asked too often: {told}; run again later,"
                " or set SEMANTIC_SCHOLAR_API_KEY (without a key few requests get through)",
                retry_after=wait,
            )
        case _ if 400 <= status < 500 and status not in _PASSING:  # noqa: PLR2004 - HTTP refusals
            return BadRequest(f"{WHERE} refuses the request (HTTP {status}): {told}")
        case _:
            return Unavailable(
                f"{WHERE} gave no answer (HTTP {status}): {told}; run again later", retry_after=wait
            )


def _likely_status(words: str) -> int:
    """HTTP status that a saved error answer most likely came with."""
    marks = {
        404: ("not found",),
        403: ("forbidden", "unauthorized"),
        429: ("too many requests",),
        504: ("timed out", "internal server error", "unavailable"),
    }
    return next((code for code, texts in marks.items() if any(t in words for t in texts)), 400)


def _line(value: object) -> str:
    return reading.one_line(value).rstrip(".") if isinstance(value, str) else ""
