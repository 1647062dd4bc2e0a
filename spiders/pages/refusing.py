"""What a JSON API's refusal means, by status: the part that providers have in common.

Each provider says how its own words and budgets are told apart; what is left is HTTP.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, BudgetSpent, NotFound, Unavailable
from spiders.pages import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

_KEY = frozenset({401, 403})
_GONE = frozenset({404, 410})
_PASSING = frozenset({408, 425})
_A_WEEK = 7 * 86_400
LONGEST_WAIT = 120.0
"""Seconds beyond which no run waits: then a shortage is a spent budget."""


def is_success(status: int | None) -> bool:
    """Whether a body may hold data; that of a saved file may."""
    return status is None or 200 <= status < 300  # noqa: PLR2004 - HTTP success


def web_page(where: str, status: int | None) -> Blocked:
    """The error of a web page that came in place of data."""
    shown = "" if status is None else f" (HTTP {status})"
    return Blocked(
        f"{where} answers with a web page instead of data{shown}; it was asked no more: try again"
        " tomorrow"
    )


def by_status(
    body: bytes,
    *,
    where: str,
    status: int,
    told: str,
    unknown: str,
    headers: Mapping[str, str] | None = None,
    key_env: str | None = None,
) -> ProviderError:
    """The error of an answer without data.

    Args:
        body: The answer, of which only is looked at whether it is a web page.
        where: The provider's name.
        status: HTTP status, not a successful one.
        told: What the provider says, on one line.
        unknown: What a 404 means, and what to do about it.
        headers: Response headers.
        key_env: Variable that holds the key, of a provider that takes one.
    """
    wait = reading.retry_after_seconds(headers)
    if status in _GONE:
        return NotFound(f"{where}: {unknown} (HTTP {status}: {told})")
    if status == 429:  # noqa: PLR2004 - too many requests
        return too_many(where, told, wait)
    if status in _KEY:
        return _turned_away(body, where=where, status=status, told=told, key_env=key_env)
    if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
        return Unavailable(
            f"{where} gave no answer (HTTP {status}): {told}; run again later", retry_after=wait
        )
    return BadRequest(f"{where} refuses the request (HTTP {status}): {told}")


def _turned_away(
    body: bytes, *, where: str, status: int, told: str, key_env: str | None
) -> ProviderError:
    if reading.is_html(body):
        return web_page(where, status)
    if key_env:
        return BadRequest(f"{where} refuses the key (HTTP {status}): {told}; check {key_env}")
    return Blocked(f"{where} refuses this client (HTTP {status}): {told}; try again tomorrow")


def too_many(where: str, told: str, wait: float | None) -> ProviderError:
    """The error of an answer that says to ask less often."""
    if wait is not None and wait > LONGEST_WAIT:
        return BudgetSpent(
            f"{where} asks for {wait:.0f} s of rest: {told}; run again after that", retry_after=wait
        )
    return Unavailable(f"{where} was asked too fast: {told}; run again later", retry_after=wait)


def seconds_until(epoch: str | None, headers: Mapping[str, str] | None) -> float | None:
    """Seconds from an answer's own date to a moment in seconds since 1970, at most a week."""
    moment = reading.as_int(epoch)
    try:
        now = parsedate_to_datetime(reading.header(headers, "Date") or "").timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    wait = moment - now if moment is not None else -1.0
    return wait if 0 <= wait <= _A_WEEK else None


def words(value: object) -> str:
    """Text of a provider, on one line and without its full stop; empty where it is none."""
    return reading.one_line(value).rstrip(".") if isinstance(value, str) else ""


def given_name_first(name: str) -> str:
    """`Testperson, Ada` as `Ada Testperson`; a name with no comma or several stays."""
    family, comma, given = name.partition(",")
    if not comma or "," in given or not given.strip() or not family.strip():
        return name
    return f"{given.strip()} {family.strip()}"
