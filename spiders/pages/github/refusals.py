"""Why GitHub gave no data: by status, by its rate-limit headers, and by the type of an error.

A spent allowance is a 403 (or 429) with `x-ratelimit-remaining: 0` and the epoch of its renewal in
`x-ratelimit-reset`; the `Date` of the same answer says how long that is.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, BudgetSpent, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.github.repositories import WHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError
    from spiders.pages.reading import Fields

_CHALLENGED = frozenset({401, 403, 429})
_LIMITED = frozenset({403, 429})
_GONE = frozenset({404, 410, 451})
_PASSING = frozenset({408, 425, 429})
_LONGEST = 7 * 86_400
_LONGEST_WAIT = 120.0


def refusal(
    body: bytes, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The error of an answer without data; without a status it is judged by its words."""
    data = reading.peek(body)
    said = next((v for k in ("message", "error") if isinstance(v := data.get(k), str)), "")
    told = reading.one_line(said).rstrip(".") or "no reason given"
    words = told.lower()
    status = status or _likely_status(words)
    if status in _CHALLENGED and reading.is_html(body):
        return Blocked(
            f"{WHERE} answers with a web page instead of data (HTTP {status}); it was asked no "
            "more: try again tomorrow"
        )
    wait = reading.retry_after_seconds(headers)
    if status in _GONE or (status == 403 and "block" in data):  # noqa: PLR2004 - taken down
        return NotFound(f"{WHERE} shows no such repository (HTTP {status}): {told}")
    if _is_spent(status, words, wait, headers):
        return budget_spent(told, headers)
    if status in (401, 403):
        return BadRequest(f"{WHERE} refuses the request: {told}; check GITHUB_TOKEN")
    if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
        return Unavailable(
            f"{WHERE} gave no answer (HTTP {status}): {told}; run again later", retry_after=wait
        )
    return BadRequest(f"{WHERE} refuses the request (HTTP {status}): {told}")


def _is_spent(
    status: int, words: str, wait: float | None, headers: Mapping[str, str] | None
) -> bool:
    """Whether a 403 or 429 is one that no other try of this run can change."""
    if (reading.header(headers, "x-ratelimit-remaining") or "").strip() == "0":
        return status in _LIMITED
    if status == 403:  # noqa: PLR2004 - forbidden
        return wait is not None or "rate limit" in words or "abuse" in words
    return status == 429 and (wait or 0) > _LONGEST_WAIT  # noqa: PLR2004 - too many requests


def graphql_refusal(error: Fields, *, headers: Mapping[str, str] | None = None) -> ProviderError:
    """The error that a whole GraphQL answer comes to; its status is 200 all the same."""
    kind = (error.text("type") or "").upper()
    told = reading.one_line(error.text("message") or "") or kind or "no reason given"
    if "RATE_LIMIT" in kind:
        return budget_spent(told, headers)
    if kind:
        return BadRequest(f"{WHERE} refuses the query ({kind}): {told}; check GITHUB_TOKEN")
    # Time-outs of its own ("Something went wrong while executing your query") have no type.
    return Unavailable(f"{WHERE} gave no answer: {told}; run again later")


def budget_spent(told: str, headers: Mapping[str, str] | None) -> BudgetSpent:
    """The hour's allowance is used up, or requests came too fast."""
    return BudgetSpent(
        f"{WHERE}: no more requests are answered now: {told}; run again later, or set GITHUB_TOKEN "
        "(5,000 an hour instead of 60)",
        retry_after=_wait(headers),
    )


def _wait(headers: Mapping[str, str] | None) -> float | None:
    """Seconds of `Retry-After`, or from the answer's date to the renewal of the allowance."""
    told = reading.retry_after_seconds(headers)
    if told is not None:
        return told
    reset = reading.as_int(reading.header(headers, "x-ratelimit-reset"))
    try:
        now = parsedate_to_datetime(reading.header(headers, "Date") or "").timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    wait = reset - now if reset is not None else -1.0
    return wait if 0 <= wait <= _LONGEST else None


def _likely_status(words: str) -> int:
    """HTTP status that a saved refusal most likely came with."""
    marks = {
        403: ("rate limit", "abuse"),
        401: ("credentials", "authentication"),
        404: ("not found",),
        502: ("server error",),
    }
    return next((code for code, texts in marks.items() if any(t in words for t in texts)), 400)
