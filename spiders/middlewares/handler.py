"""The download handler: counts what is really sent, and bounds it for each author.

A middleware counts what is queued; a request that a deadline cancels in the queue was never
sent, and one that waits its turn has not begun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class CountingHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler, with a tally."""

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
