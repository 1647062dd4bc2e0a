"""Why SerpApi gave no data: by status, and by the words of `error` where there is none.

A status of 429 is both its hourly limit and a month's searches that are used up. Only searches
that succeed are paid for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BudgetSpent, Unavailable
from spiders.pages import reading, refusing
from spiders.pages.serpapi.articles import WHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

KEY = "SERPAPI_KEY"
UNKNOWN = (
    "Google Scholar shows no such profile; look at the address of the person's page there, and"
    " correct the id in the configuration"
)
_SPENT = ("run out", "ran out", "searches for the month", "exceed", "plan limit")
_MARKS = {401: ("api key", "api_key"), 403: ("account",), 404: ("not found",)}


def is_no_results(said: str) -> bool:
    """Whether an error says that the search succeeded and found nothing."""
    words = said.lower()
    return "returned any results" in words or "no results" in words


def refusal(body: bytes, *, status: int, headers: Mapping[str, str] | None = None) -> ProviderError:
    """The error of an answer that came with a status of failure."""
    said = refusing.words(reading.peek(body).get("error"))
    wait = reading.retry_after_seconds(headers)
    if _is_spent(said) or (status == 429 and wait is None):  # noqa: PLR2004 - too many requests
        return _budget_spent(said, wait)
    return refusing.by_status(
        body,
        where=WHERE,
        status=status,
        told=said or "no reason given",
        unknown=UNKNOWN,
        headers=headers,
        key_env=KEY,
    )


def stated(
    body: bytes, said: str, *, is_failed: bool, headers: Mapping[str, str] | None
) -> ProviderError:
    """The error that stands in an answer, whatever its status was."""
    if _is_spent(said):
        return _budget_spent(said, reading.retry_after_seconds(headers))
    words = said.lower()
    status = next((code for code, texts in _MARKS.items() if any(t in words for t in texts)), 0)
    if is_failed or not said:
        return Unavailable(
            f"{WHERE} could not search: {said or 'no reason given'}; run again later"
        )
    return refusal(body, status=status or 400, headers=headers)


def _is_spent(said: str) -> bool:
    words = said.lower()
    return any(text in words for text in _SPENT)


def _budget_spent(said: str, wait: float | None) -> BudgetSpent:
    return BudgetSpent(
        f"{WHERE}: no more searches: {said or 'the hour or the month is used up'}; run again later,"
        " or look at the plan of the account",
        retry_after=wait,
    )
