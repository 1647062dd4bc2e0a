"""robots.txt as RFC 9309 has it, read once a host and run.

Scrapy's own middleware allows everything when robots.txt cannot be read, and reads the body of
an error page as rules. Here a 4xx allows everything (2.3.1.3), while a 5xx, a 429 or no answer
at all forbids everything (2.3.1.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http.request import NO_CALLBACK

from spiders.answers import cause
from spiders.errors import BadRequest, Blocked, ProviderError, Unavailable

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_OK = range(200, 300)
_UNAVAILABLE = range(300, 500)
_TOO_MANY = 429


class RobotsRules:
    """Asks robots.txt before the first request to a host, and obeys it."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._known: dict[str, Protego | ProviderError] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy once a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass that the rules allow.

        Raises:
            BadRequest: the rules forbid it.
            Unavailable, Blocked: the rules could not be read.
        """
        if request.meta.get("is_robots"):
            return
        parts = urlsplit(request.url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._known:
            self._known[root] = await self._read(f"{root}/robots.txt")
        rules = self._known[root]
        if isinstance(rules, ProviderError):
            raise rules
        if not rules.can_fetch(request.url, self._agent):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise BadRequest(
                f"robots.txt of {parts.netloc} forbids {parts.path}?{parts.query}: not asked; "
                "its rules have changed, so use another provider or a saved page"
            )

    async def _read(self, url: str) -> Protego | ProviderError:
        request = Request(url, callback=NO_CALLBACK, meta={"is_robots": True})
        self._crawler.stats.inc_value("robotstxt/request_count")
        try:
            response = await self._crawler.engine.download_async(request)
        except ProviderError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever failed, the rules are unknown
            return Unavailable(
                f"{url} could not be read ({cause(error)}), so nothing was asked; try again later"
            )
        self._crawler.stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status in _OK:
            return Protego.parse(response.body.decode("utf-8-sig", errors="ignore"))
        if response.status == _TOO_MANY:
            return Blocked(
                f"{url} answered 429 (too many requests), so nothing was asked; ask tomorrow"
            )
        if response.status in _UNAVAILABLE:
            return Protego.parse("")
        return Unavailable(
            f"{url} answered {response.status}, so nothing was asked; try again later"
        )
