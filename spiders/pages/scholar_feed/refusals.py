"""Why Scholar Feed gave no data, told by status, `message` (or `detail`) and `Retry-After`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, BudgetSpent, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.scholar_feed.grammar import WHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

_CHALLENGED = frozenset({403, 429, 503})
# 422 is how the framework of such an API answers an id that is no number.
_GONE = frozenset({404, 410, 422})
_PASSING = frozenset({408, 425})


def refusal(body: bytes, status: int, headers: Mapping[str, str] | None) -> ProviderError:
    """The error of an answer without data."""
    if status in _CHALLENGED and reading.is_html(body):
        return Blocked(f"{WHERE} answers with a web page (HTTP {status}): try again tomorrow")
    told, wait = _told(body), reading.retry_after_seconds(headers)
    if status in _GONE:
        return NotFound(
            f"{WHERE} knows no such author (HTTP {status}): the id is the number in the address"
            " of the profile, scholarfeed.org/author/NUMBER"
        )
    if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
        return Unavailable(
            f"{WHERE} gave no answer (HTTP {status}): {told}; run again later", retry_after=wait
        )
    return _refused(status, told, wait)


def _refused(status: int, told: str, wait: float | None) -> ProviderError:
    match status:
        case 401:
            return BadRequest(f"{WHERE} refuses the key: {told}; check SF_API_KEY")
        case 403:
            return Blocked(f"{WHERE} refuses this client: {told}; set SF_API_KEY to a key")
        case 429:
            return BudgetSpent(
                f"{WHERE}: the day's calls are used up: {told}; come back tomorrow, or set"
                " SF_API_KEY to a key",
                retry_after=wait,
            )
        case _:
            return BadRequest(f"{WHERE} refuses the request (HTTP {status}): {told}")


def _told(body: bytes) -> str:
    data = reading.peek(body)
    said = data.get("message") or data.get("detail") or data.get("error")
    told = reading.one_line(said).rstrip(".") if isinstance(said, str) else ""
    return told or "no reason given"
