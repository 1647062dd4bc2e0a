"""Follows a redirect only to where its provider lives; any other is an answer in itself.

A redirect to Google's sorry or sign-in page says "blocked" or "no such profile": the page
module reads that from the `Location` header, and nothing is sent there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from w3lib.url import safe_url_string

from spiders.middlewares.address_guard import is_near, origin

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEY_HEADERS = frozenset({b"Authorization", b"X-Api-Key"})


class NearRedirects(RedirectMiddleware):
    """Scrapy's redirects within the provider's hosts, at most `REDIRECT_MAX_TIMES` of them."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The request to follow, or the 3xx response itself."""
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or location is None:
            return response
        try:
            target = urljoin(request.url, safe_url_string(location.decode("latin-1")))
        except ValueError:  # an address that is none leads nowhere
            return response
        if not self._may_follow(request, target):
            return response
        # Scrapy's own `process_response` would work the target out again, and differently for
        # three slashes: what was judged is what is followed.
        redirected = self._build_redirect_request(request, response, url=target)
        return self._redirect(redirected, request, response.status)

    def handle_referer(self, request: Request, response: Response) -> None:
        """Say nowhere where we come from; keys go to the origin they were meant for only."""
        request.headers.pop("Referer", None)
        if origin(request.url) != origin(response.url):
            key = (self.crawler.spider.api_key or "").encode()  # type: ignore[union-attr]
            for name, values in list(request.headers.items()):
                if name in _KEY_HEADERS or (key and any(key in value for value in values)):
                    request.headers.pop(name)

    def _engine_started(self) -> None:
        """No referer middleware is looked for: `handle_referer` needs none."""

    def _may_follow(self, request: Request, target: str) -> bool:
        spider: Any = self.crawler.spider
        if request.meta.get("redirect_times", 0) >= self.max_redirect_times:
            return False
        if origin(request.url)[0] == "https" and origin(target)[0] != "https":
            return False
        return is_near(target, base_url=spider.base_url, hosts=spider.provider.hosts)
