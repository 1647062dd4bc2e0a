"""Why ORCID gave no data, told by status and by the `error-code` of its answer.

Codes of closed records: 9044 (deactivated), 9018 (locked), 9036 (not claimed), all with status
409; 9007 (merged into another record) with 301. Texts come in XML where JSON was not asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spiders.errors import BadRequest, Blocked, BudgetSpent, LayoutChanged, NotFound, Unavailable
from spiders.pages import reading
from spiders.pages.orcid.works import WHERE
from spiders.pages.orcid.xml_form import as_object
from spiders.pages.webpages import is_web_page
from spiders.pages.xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError

_GONE = frozenset({404, 409, 410})
_MERGED = frozenset({301, 308})
_PASSING = frozenset({408, 425})
_REFUSES = frozenset({401, 403})
_CLOSED = {
    9007: "was merged into another one; give the iD that its page at orcid.org leads to",
    9018: "is locked by ORCID; its owner can write to support@orcid.org",
    9036: "was not claimed by its owner yet",
    9044: "was deactivated by its owner; look for another iD of the person",
}
# A wait that no run sits out.
_LONGEST_WAIT = 120.0


def refusal(body: bytes, status: int | None, headers: Mapping[str, str] | None) -> ProviderError:
    """The error of an answer without data; without a status its own `response-code` counts."""
    said = {} if is_web_page(body) else _said(body)
    code = reading.as_int(_plain(said.get("error-code")))
    if status is None:
        status = reading.as_int(_plain(said.get("response-code"))) or 400
    told = reading.one_line(str(_plain(said.get("developer-message")) or "")).rstrip(".")
    wait = reading.retry_after_seconds(headers)
    if code in _CLOSED:
        return NotFound(f"{WHERE}: this record {_CLOSED[code]} (HTTP {status})")
    if status in _MERGED:
        return NotFound(f"{WHERE}: this record {_CLOSED[9007]} (HTTP {status})")
    if status in _GONE:
        return NotFound(
            f"{WHERE} shows no such record (HTTP {status}): {told or 'no reason given'}; check the"
            " iD, its page is https://orcid.org/ID"
        )
    return _by_status(status, told or "no reason given", wait)


def wall() -> Blocked:
    """The error of a web page in place of data."""
    return Blocked(f"{WHERE} answers with a web page instead of data: try again tomorrow")


def _by_status(status: int, told: str, wait: float | None) -> ProviderError:
    match status:
        case _ if status in _REFUSES:
            return Blocked(f"{WHERE} refuses this client (HTTP {status}): {told}; try tomorrow")
        case 429 if wait is None or wait > _LONGEST_WAIT:
            return BudgetSpent(
                f"{WHERE}: the day's reads are used up: {told}; run again tomorrow",
                retry_after=wait,
            )
        case _ if status in _PASSING or status == 429 or not 400 <= status < 500:  # noqa: PLR2004 - HTTP
            return Unavailable(
                f"{WHERE} gave no answer (HTTP {status}): {told}; run again later", retry_after=wait
            )
        case _:
            return BadRequest(f"{WHERE} refuses the request (HTTP {status}): {told}")


def _said(body: bytes) -> Mapping[str, Any]:
    if not reading.is_html(body):
        return reading.peek(body)
    try:
        found = as_object(read_xml(body, where=WHERE))
    except LayoutChanged:
        return {}
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> Any:
    """A value that may stand in an object."""
    return value.get("value") if isinstance(value, dict) else value
