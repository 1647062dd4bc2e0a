"""Why ADS gave no data, told by status, by its budget headers and by the `Error` of its metrics.

`X-RateLimit-Reset` is a moment here (seconds since 1970), not a number of seconds to wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BadRequest, BudgetSpent, NotFound
from spiders.pages import reading, refusing
from spiders.pages.ads.papers import WHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError
    from spiders.pages.reading import Fields

KEY = "ADS_API_TOKEN"
_UNKNOWN = "it knows no such thing; check the id and `base_url` in the configuration"


def refusal(body: bytes, *, status: int, headers: Mapping[str, str] | None = None) -> ProviderError:
    """The error of an answer that came with a status of failure."""
    told = _told(reading.peek(body))
    if status == 429:  # noqa: PLR2004 - too many requests
        wait = reading.retry_after_seconds(headers)
        is_spent = (reading.header(headers, "X-RateLimit-Remaining") or "").strip() == "0"
        if is_spent or wait is None:
            return budget_spent(told, headers)
        return refusing.too_many(WHERE, told, wait)
    return refusing.by_status(
        body,
        where=WHERE,
        status=status,
        told=told,
        unknown=_UNKNOWN,
        headers=headers,
        key_env=KEY,
    )


def stated_error(
    body: bytes, data: Fields, *, headers: Mapping[str, str] | None
) -> ProviderError | None:
    """The error that an answer says with status 200; `None` where it says none."""
    if "Error" in data.data:
        told = refusing.words(data.data.get("Error Info")) or _told(data.data)
        if "no data available" in told.lower():
            return NotFound(f"{WHERE} has no metrics of these papers: {told}")
        return BadRequest(f"{WHERE} works out no metrics: {told}")
    if "error" not in data.data and "message" not in data.data:
        return None
    told = _told(data.data)
    marks = {401: ("unauthorized", "token"), 429: ("too many", "rate limit"), 404: ("not found",)}
    words = told.lower()
    status = next((code for code, texts in marks.items() if any(t in words for t in texts)), 400)
    return refusal(body, status=status, headers=headers)


def budget_spent(told: str, headers: Mapping[str, str] | None) -> BudgetSpent:
    """The day's allowance of an endpoint is used up, until the moment that the answer tells."""
    wait = reading.retry_after_seconds(headers)
    reset = reading.header(headers, "X-RateLimit-Reset")
    return BudgetSpent(
        f"{WHERE}: the day's requests are used up: {told}; run again tomorrow",
        retry_after=refusing.seconds_until(reset, headers) if wait is None else wait,
    )


def _told(data: Mapping[str, object]) -> str:
    """The text of `{"error": "..."}`, `{"error": {"msg": "..."}}` or `{"message": "..."}`."""
    for key in ("error", "Error", "message"):
        said = data.get(key)
        if isinstance(said, dict):
            said = said.get("msg")
        if told := refusing.words(said):
            return told
    return "no reason given"
