"""Stands between spider and network: serves kept pages, and makes requests conditional.

Between `Manners` and `StrictCompression`, so that it sees bodies as pages do, and each hop of a
redirect by itself. Scrapy's own cache drops validators on `no-cache`, keeps what no spider has
looked at, and pickles. What is kept, and when, is `spiders.cache`'s to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured

from spiders.cache import kept_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class PageCache:
    """The downloader's side of `spiders.cache.Kept`."""

    def __init__(self, crawler: Crawler) -> None:
        told = crawler.settings["PAGE_CACHE"]
        if not told:
            raise NotConfigured
        spider: Any = crawler.spider
        self._kept = kept_of(told, provider=spider.name, api_key=spider.api_key)
        spider.kept = self._kept
        self._crawler = crawler
        crawler.signals.connect(self._told, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy once a crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """A kept page of a run that was stopped; else the request goes on its way."""
        return self._kept.before(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; the kept page for a "not modified" that was asked for."""
        return self._kept.after(request, response)

    def _told(self) -> None:
        for flag, count in self._kept.counts.items():
            self._crawler.stats.set_value(f"cache/{flag}", count)
