"""Tries again the way a provider asks for it, and stops when it asks to be left alone.

`Retry-After` is obeyed in both its forms; beyond `MANNERS_RETRY_AFTER_CAP` seconds nobody
waits: the answer goes to the spider, which stops asking. Without it, waits double and are
spread by chance. A host that fails `MANNERS_BREAKER` times in a row is not asked again.
"""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.utils.misc import load_object
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

from spiders.items import OutcomeKind
from spiders.middlewares.address_guard import origin, refused_names
from spiders.middlewares.retry_after import backoff, retry_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

log = logging.getLogger(__name__)

NETWORK_ERRORS = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    ConnectError,
    ConnectionDone,
    ConnectionLost,
)
FAILURES = frozenset({408, 500, 502, 503, 504, 520, 521, 522, 523, 524})
TOO_MANY = 429


class Manners:
    """Retries, waits, and the breaker of one provider's crawl."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._spider: Any = crawler.spider
        self._tries = settings.getint("MANNERS_TRIES")
        self._cap = settings.getfloat("MANNERS_RETRY_AFTER_CAP")
        self._backoff = settings.getfloat("MANNERS_BACKOFF")
        self._breaker = settings.getint("MANNERS_BREAKER")
        self._wait: Callable[[float], Awaitable[None]] = load_object(settings["MANNERS_WAIT"])
        self._failed = 0
        self._not_before = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy once a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:  # noqa: ARG002 - whichever it is
        """Wait until the moment that the provider named when it was given up on before."""
        due = self._not_before - monotonic()
        if due > 0:
            await self._wait(ceil(due * 10) / 10)
            self._not_before = 0.0

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The response, or the same request again after the wait that is due."""
        header = response.headers.get("Retry-After")
        told = retry_after(header.decode("latin-1") if header else None, now=datetime.now(UTC))
        request.meta["retry_after"] = told
        if response.status in FAILURES:
            self._count_failure(request)
        else:
            self._failed = 0
            if response.status != TOO_MANY:
                return response
        if not self._spider.may_retry(request, response):
            return response
        told = self._spider.wait_after.get(response.status) if told is None else told
        again = await self._again(request, told=told, why=str(response.status))
        if again is None and told is not None and told <= self._cap:
            # Whoever is asked for next waits as long: it is the same provider.
            self._not_before = monotonic() + told
        return again or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The same request again after a network failure, or `None` to give up."""
        if not isinstance(exception, NETWORK_ERRORS):
            return None
        if origin(request.url)[1] in refused_names:
            return None
        self._count_failure(request)
        return await self._again(request, told=None, why=type(exception).__name__)

    def _count_failure(self, request: Request) -> None:
        self._failed += 1
        if self._failed == self._breaker:
            host = origin(request.url)[1]
            reason = f"{host} failed {self._failed} times in a row: try again later"
            self._spider.stop(OutcomeKind.OFFLINE, reason)

    async def _again(self, request: Request, *, told: float | None, why: str) -> Request | None:
        tried = request.meta.get("tried", 0) + 1
        tries = min(self._tries, 1 + self._spider.max_retries)
        if tried >= tries or self._failed >= self._breaker:
            return None
        dice = random.random()  # noqa: S311 - spreads clients out, guards nothing
        seconds = told if told is not None else backoff(tried, base=self._backoff, dice=dice)
        if seconds > min(self._cap, self._spider.seconds_left()):
            return None
        log.info("retry provider=%s why=%s wait=%.1f", self._spider.name, why, seconds)
        self._crawler.stats.inc_value("retry/count")
        self._crawler.stats.inc_value(f"retry/reason_count/{why}")
        await self._wait(seconds)
        again = request.copy()
        again.meta["tried"] = tried
        again.dont_filter = True
        return again
