"""The download handler: counts what is really sent, and bounds it for each author.

A middleware counts what is queued; a request that a deadline cancels in the queue was never
sent, and one that waits its turn has not begun. What comes back is bounded as well: Scrapy bounds
bodies, and Twisted reads headers for as long as they come (0.4 GB a second from a near server).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_HEAD = 256 * 1024
"""Bytes of status line and headers, those of answers before the last one (1xx) included."""

_WITHIN_BODY = frozenset({"BODY", "DONE"})
"""States of Twisted's parser once the headers are read."""


class HeadTooLong(Exception):
    """An answer whose headers do not end."""


class CountingHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler, with a tally and with an end to headers."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _bounded(self._pool._factory)  # noqa: SLF001 - Scrapy sets it so

    async def download_request(self, request: Request) -> Response:
        """Send a request that the spider's bound allows.

        Raises:
            BadRequest: the author has used up the requests it may cost.
        """
        spider = self._crawler.spider
        spider.count_sent(request)  # type: ignore[union-attr]
        try:
            return await super().download_request(request)
        finally:
            spider.count_answered(request)  # type: ignore[union-attr]


def _bounded(factory: Any) -> Any:
    """The factory of connections, with a bound on what each reads as headers."""

    class Factory(factory):  # type: ignore[misc]
        def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's name
            connection = super().buildProtocol(addr)
            connection.dataReceived = _Reader(connection)
            return connection

    return Factory


class _Reader:
    """Stands before a connection's `dataReceived`, and ends a connection that goes on too long."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._receive = connection.dataReceived
        self._parser: Any = None
        self._head = 0

    def __call__(self, data: bytes) -> None:
        parser = self._connection._parser  # noqa: SLF001 - one a request; it has no public name
        if parser is not self._parser:
            self._parser, self._head = parser, 0
        if parser is not None and parser.state not in _WITHIN_BODY:
            self._head += len(data)
            if self._head > MAX_HEAD:
                error = HeadTooLong(f"its headers go on for more than {MAX_HEAD} bytes")
                self._connection._giveUp(Failure(error))  # type: ignore[no-untyped-call]  # noqa: SLF001
                return
        self._receive(data)
