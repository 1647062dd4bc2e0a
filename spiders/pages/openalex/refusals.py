"""Why OpenAlex gave no data, told by status, `error`, `message` and `Retry-After`.

Its 429 has four kinds, and `creditsRemaining` is 0 in several of them, so it is not looked at.
The texts are those of its edge (ourresearch/openalex-api-proxy, src/index.ts, August 2026).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, BudgetSpent, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.openalex.works import WHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

# A wait that no run sits out: shortages that pass are told with 60 s or less.
_LONGEST_WAIT = 120.0
_A_WEEK = 7 * 86_400
_CHALLENGED = frozenset({403, 429, 503})
_GONE = frozenset({404, 410})
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
    kind, said = _line(data.get("error")), _line(data.get("message"))
    told = said or kind or "no reason given"
    status = status or _likely_status(f"{kind} {said} {_line(data.get('reason'))}".lower())
    if status in _GONE:
        return NotFound(
            f"{WHERE} knows no such id (HTTP {status}): it may have been merged or deleted;"
            " look the person up at openalex.org and correct the configuration"
        )
    if "plan upgrade" in kind.lower():
        return BadRequest(f"{WHERE} wants a paid plan for this request: {told}")
    if status == 429:  # noqa: PLR2004 - too many requests
        wait = reading.retry_after_seconds(headers)
        return _too_many(told, _stated_wait(data) if wait is None else wait)
    return _by_status(status, told, headers)


def _by_status(status: int, told: str, headers: Mapping[str, str] | None) -> ProviderError:
    match status:
        case 401:
            return BadRequest(f"{WHERE} refuses the API key: {told}; check OPENALEX_API_KEY")
        case 403:
            return Blocked(f"{WHERE} refuses this client (HTTP 403): {told}; try again tomorrow")
        case _ if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
            wait = reading.retry_after_seconds(headers)
            return Unavailable(
                f"{WHERE} gave no answer (HTTP {status}): {told}; run again later", retry_after=wait
            )
        case _:
            return BadRequest(f"{WHERE} refuses the request (HTTP {status}): {told}")


def _too_many(told: str, wait: float | None) -> ProviderError:
    words = told.lower()
    if "budget" in words:
        return BudgetSpent(
            f"{WHERE}: the day's allowance is used up: {told}; run again after 00:00 UTC,"
            " or set OPENALEX_API_KEY (free) for ten times as much",
            retry_after=wait,
        )
    if "throttled" in words:
        return BudgetSpent(
            f"{WHERE} throttles this account: {told}; ask support@openalex.org", retry_after=wait
        )
    if wait is not None and wait > _LONGEST_WAIT:
        return BudgetSpent(
            f"{WHERE} asks for {wait:.0f} s of rest: {told}; run again after that", retry_after=wait
        )
    return Unavailable(f"{WHERE} was asked too fast: {told}; run again later", retry_after=wait)


def _likely_status(words: str) -> int:
    """HTTP status that a saved error answer most likely came with."""
    marks = {
        429: ("rate limit", "budget", "throttled", "plan upgrade"),
        401: ("api key",),
        504: ("timeout", "temporarily unavailable"),
        404: ("not found",),
    }
    return next((code for code, texts in marks.items() if any(t in words for t in texts)), 400)


def _stated_wait(data: Mapping[str, object]) -> float | None:
    value = data.get("retryAfter")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _A_WEEK else None


def _line(value: object) -> str:
    return reading.one_line(value).rstrip(".") if isinstance(value, str) else ""
