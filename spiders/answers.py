"""Makes pages, or one honest error, out of whatever a request ended in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadCancelledError

from spiders.errors import BadRequest, BudgetSpent, ProviderError, Unavailable
from spiders.middlewares.address_guard import refused_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.http import Response

    from spiders.items import ParsedPage

_ENDS = (b"</html>", b"}", b"]")


def pages_of(parse: Callable[..., Any], response: Response) -> tuple[ParsedPage, ...]:
    """What a page module reads in a response (raises the module's errors)."""
    if "partial" in response.flags and not response.body.rstrip().endswith(_ENDS):
        # Without a length, a connection that was cut looks like one that ended.
        raise Unavailable("the connection closed before the answer was whole: try again later")
    headers = {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    pages: tuple[ParsedPage, ...] = parse(
        response.body, url=response.url, status=response.status, headers=headers
    )
    return pages


def unanswered(request: Request, error: Exception, *, max_size: int) -> ProviderError:
    """The error of a request that brought no response."""
    host = urlsplit(request.url).hostname or ""
    if host in refused_names:
        return BadRequest(refused_names[host])
    if isinstance(error, DownloadCancelledError):
        return BadRequest(f"the answer of {host} is larger than {max_size} bytes: refused")
    name = type(error).__name__
    said = str(error)
    what = f"{name}: {said}" if said else name
    return Unavailable(f"{host} did not answer ({what}); try again later")


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
