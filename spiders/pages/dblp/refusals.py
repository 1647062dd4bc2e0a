"""Why dblp gave no data, told by status, `Retry-After` and whether a web page came.

Since September 2026 a bot wall (Anubis) stands before it: a web page with status 200 on mirrors,
with 500 on dblp.org. A browser passes it, a program does not and should not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, BudgetSpent, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.dblp.records import WHERE
from spiders.pages.webpages import is_web_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

_GONE = frozenset({404, 410})
_WALLED = frozenset({401, 403, 429, 500, 503})
_REFUSES = frozenset({401, 403})
_PASSING = frozenset({408, 425})
# A wait that no run sits out.
_LONGEST_WAIT = 120.0


def refusal(body: bytes, status: int, headers: Mapping[str, str] | None) -> ProviderError:
    """The error of an answer with a status of failure."""
    wait = reading.retry_after_seconds(headers)
    if status in _GONE:
        return NotFound(
            f"{WHERE} knows nobody of this id (HTTP {status}): look the person up at dblp.org; the"
            " id is what stands between /pid/ and .html in the address"
        )
    if status == 429:  # noqa: PLR2004 - too many requests
        return _too_many(wait)
    kind = reading.header(headers, "Content-Type") or ""
    if status in _WALLED and (is_web_page(body) or kind.lower().startswith("text/html")):
        return wall(status)
    if status in _REFUSES:
        return Blocked(f"{WHERE} refuses this client (HTTP {status}): try again tomorrow")
    if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
        return Unavailable(
            f"{WHERE} gave no answer (HTTP {status}); run again later", retry_after=wait
        )
    return BadRequest(f"{WHERE} refuses the request (HTTP {status})")


def wall(status: int | None) -> Blocked:
    """The error of a web page in place of data."""
    told = f" (HTTP {status})" if status else ""
    return Blocked(
        f"{WHERE} answers with a web page instead of data{told}, its wall against bots; the known"
        " papers stay: try again tomorrow, or save https://dblp.org/pid/PID.xml in a browser and"
        " read it with --provider dblp --from-html FILE"
    )


def _too_many(wait: float | None) -> ProviderError:
    if wait is not None and wait > _LONGEST_WAIT:
        return BudgetSpent(
            f"{WHERE} asks for {wait:.0f} s of rest; run again later", retry_after=wait
        )
    return Unavailable(f"{WHERE} was asked too fast; run again later", retry_after=wait)
