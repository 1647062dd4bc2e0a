"""Makes pages, or one honest error, out of whatever a request ended in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadCancelledError

from spiders.errors import BadRequest, BudgetSpent, ProviderError, Unavailable
from spiders.middlewares.address_guard import refused_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapy import Request
    from scrapy.http import Response

    from spiders.items import ParsedPage

_ENDS = (b"</html>", b"}", b"]")
_SECONDS = re.compile(r"took longer than ([\d.]+)")
_NO_ANSWER = {
    206: "only a part of the answer came (status 206), and the whole was asked for",
    408: "the provider gave up waiting for the request (status 408)",
}
"""Statuses that are no answer whatever the body holds: RFC 9110, 15.3.7 and 15.5.9."""
_CAUSES = {
    "CannotResolveHostError": "its name does not resolve",
    "DownloadConnectionRefusedError": "the connection was refused",
    "ConnectionLost": "the connection was reset",
    "ConnectionDone": "the connection was closed before the answer was whole",
    "ResponseDataLossError": "the answer was cut short",
    "_DataLoss": "the answer was cut short",
    "ParseError": "what came is no HTTP",
    "HeadTooLong": "its headers do not end",
}
"""What happened, by the name of the error that says it first."""


def pages_of(parse: Callable[..., Any], response: Response) -> tuple[ParsedPage, ...]:
    """What a page module reads in a response (raises the module's errors)."""
    if "partial" in response.flags and not response.body.rstrip().endswith(_ENDS):
        # Without a length, a connection that was cut looks like one that ended.
        raise Unavailable("the connection closed before the answer was whole: try again later")
    if response.status in _NO_ANSWER:
        raise Unavailable(f"{_NO_ANSWER[response.status]}: try again later")
    headers = {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    pages: tuple[ParsedPage, ...] = parse(
        response.body, url=response.url, status=response.status, headers=headers
    )
    keep = response.request.meta.get("keep") if response.request else None
    if keep is not None:  # `spiders.cache`: what could be read is worth keeping
        keep(response, pages)
    return pages


def unanswered(request: Request, error: Exception, *, max_size: int) -> ProviderError:
    """The error of a request that brought no response."""
    host = urlsplit(request.url).hostname or ""
    if host in refused_names:
        return BadRequest(refused_names[host])
    if isinstance(error, DownloadCancelledError):
        return BadRequest(f"the answer of {host} is larger than {max_size} bytes: refused")
    return Unavailable(f"{host} did not answer: {cause(error)}; try again later")


def cause(error: BaseException) -> str:
    """Why no answer came, in a few words that name the fault."""
    for one in _chain(error):
        name, said = type(one).__name__, str(one)
        if type(one).__module__.startswith("OpenSSL") or name == "VerificationError":
            return f"its certificate or its TLS was not accepted ({_of_tls(one)})"
        if name == "DownloadTimeoutError":
            seconds = _SECONDS.search(said)
            return f"no whole answer within {seconds[1]} s" if seconds else "no answer in time"
        if name in _CAUSES:
            return _CAUSES[name]
    first = next(_chain(error))
    name, said = type(first).__name__, str(first)
    return f"{name}: {said}" if said else name


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What Twisted found, which Scrapy wraps: the first reasons first, then the error itself."""
    inner = error.__cause__
    for failure in getattr(inner, "reasons", None) or ():
        yield from (failure.value, *(f.value for f in getattr(failure.value, "reasons", ())))
    yield error


def _of_tls(error: BaseException) -> str:
    """OpenSSL's own words out of its list of (library, function, reason)."""
    first = error.args[0] if error.args else ""
    reasons = [one[-1] for one in first if one] if isinstance(first, list) else []
    return "; ".join(map(str, reasons)) or type(error).__name__


def told_when(error: ProviderError, response: Response, *, cap: float) -> ProviderError:
    """A page's verdict with the wait that the header asks for; beyond `cap` it is final.

    A page module has no clock, so a `Retry-After` that is a date is only known here.
    """
    told = response.request.meta.get("retry_after") if response.request else None
    if told is not None:
        error.retry_after = told
    if not isinstance(error, Unavailable) or not error.retry_after or error.retry_after <= cap:
        return error
    asks = f"it asks to be left alone for {error.retry_after:.0f} s"
    return BudgetSpent(f"{error} ({asks})", retry_after=error.retry_after)
