"""Why arXiv gave no list, told by status, by the entry that it sends for an error, and by form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import BadRequest, Blocked, BudgetSpent, LayoutChanged, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.arxiv.entries import WHERE, Entry
from spiders.pages.xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spiders.errors import ProviderError

_ATOM = "{http://www.w3.org/2005/Atom}"
_REFUSES = frozenset({401, 403})
_GONE = frozenset({404, 410})
_PASSING = frozenset({408, 425})
# A wait that no run sits out.
_LONGEST_WAIT = 120.0


def refusal(body: bytes, status: int | None, headers: Mapping[str, str] | None) -> ProviderError:
    """The error of an answer that is no feed, or came with a status of failure."""
    wait = reading.retry_after_seconds(headers)
    if status is None or 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        return Blocked(f"{WHERE} answers with a web page instead of a feed: try again tomorrow")
    if status in _GONE:
        return NotFound(
            f"{WHERE} has no list of this person (HTTP {status}): the ORCID iD must be linked at"
            " arxiv.org/user, or give arxiv_author:NAME_1 from the address of the page arxiv.org/a/"
        )
    if status in _REFUSES:
        return Blocked(f"{WHERE} refuses this client (HTTP {status}): try again tomorrow")
    if status == 429:  # noqa: PLR2004 - too many requests
        return _too_many(wait)
    if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
        return Unavailable(
            f"{WHERE} gave no answer (HTTP {status}); run again later", retry_after=wait
        )
    told = _told(body)
    return BadRequest(f"{WHERE} refuses the request (HTTP {status}): {told or 'no reason given'}")


def stated_error(entries: Sequence[Entry]) -> ProviderError | None:
    """The error that a feed's only entry may stand for; `None` where it is none."""
    wrong = next((entry for entry in entries if entry.is_error), None)
    return BadRequest(f"{WHERE} refuses the query: {wrong.summary}") if wrong else None


def _too_many(wait: float | None) -> ProviderError:
    told = f"{WHERE} was asked too fast (one request in 3 s is allowed, for all machines together)"
    if wait is not None and wait > _LONGEST_WAIT:
        return BudgetSpent(f"{told}; it asks for {wait:.0f} s of rest", retry_after=wait)
    return Blocked(f"{told}; run again later", retry_after=wait)


def _told(body: bytes) -> str:
    """What the entry of an error says."""
    try:
        feed = read_xml(body, where=WHERE)
        entries = [Entry(e, WHERE) for e in feed.iter(f"{_ATOM}entry")]
        return next((entry.summary for entry in entries if entry.is_error), "")
    except LayoutChanged:
        return ""
