"""What all spiders share: authors one after another, one outcome each, and knowing when to stop.

A spider says which pages make up an author (`read`). Requests go through `engine.download_async`,
so an author reads from top to bottom, and yields one `FailureItem` and no half list if one fails.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlencode

import scrapy
from scrapy.core.downloader import Slot

from spiders import by_hand
from spiders.answers import pages_of, told_when, unanswered
from spiders.cache import or_anew
from spiders.errors import (
    BadRequest,
    Blocked,
    BudgetSpent,
    NotFound,
    ProviderError,
    Unavailable,
)
from spiders.items import OutcomeKind, PageItem, Target
from spiders.outcomes import Stop, failure, kind_of, unreadable
from spiders.registry import PROVIDERS
from spiders.tally import Tally
from spiders.union import united

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.items import FailureItem, ParsedPage, Provider

log = logging.getLogger(__name__)

_LAST_SEEN: dict[str, float] = {}
"""When a provider was last asked in this process: a crawl may follow another one of the same."""
_REFUSES_KEY = frozenset({401, 403})


class ProviderSpider(scrapy.Spider):
    """Asks one provider for authors. `name` is the provider's name in the registry."""

    keyed_delay: ClassVar[float | None] = None
    """Seconds between requests that a key allows, where that is less than the row's `delay`."""
    max_retries: ClassVar[int] = 2
    """Further tries a request may have, as far as `MANNERS_TRIES` allows."""
    wait_after: ClassVar[Mapping[int, float]] = {}
    """Seconds before another try after a status that came without a `Retry-After`."""
    final: ClassVar[tuple[type[ProviderError], ...]] = (BadRequest, NotFound, BudgetSpent)
    """Verdicts on a failed try that no other try can change."""

    def __init__(
        self,
        *,
        provider: Provider | None = None,
        targets: Sequence[Target] = (),
        ids: str = "",
        base_url: str | None = None,
        api_key: str | None = None,
        delay: float | str | None = None,
        deadline: float | str = 900.0,
    ) -> None:
        super().__init__()
        self.provider = provider or PROVIDERS[self.name]
        self.targets = (*targets, *by_hand.targets(self.provider, ids))
        self.base_url = (base_url or self.provider.base_url).rstrip("/")
        self.api_key = api_key or (by_hand.key(self.provider) if ids else None)
        self.delay = self._pace(delay)
        self.deadline = float(deadline)
        self.parse_page = import_module(self.provider.page).parse
        self.tallies: dict[str, Tally] = {}
        self._profiles = {t.author_key: 1 + len(t.also) for t in self.targets}
        self.stopped: Stop | None = None
        self._ends_at = monotonic() + self.deadline

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Built by Scrapy: the provider's row becomes settings of this crawl."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        # Scrapy's jitter goes both ways; the slot's delay is raised so that it never undercuts.
        jitter = crawler.settings.getfloat("DOWNLOAD_DELAY_JITTER")
        slot = {
            "delay": spider.delay / (1 - jitter),
            "concurrency": spider.provider.concurrency,
            "jitter": jitter,
        }
        crawler.settings.set("DOWNLOAD_SLOTS", {spider.name: slot}, priority="spider")
        crawler.settings.set("ROBOTSTXT_OBEY", spider.provider.robots, priority="spider")
        return spider

    async def start(self) -> AsyncIterator[PageItem | FailureItem]:
        """Every author in turn: their pages, or why there are none."""
        self._ends_at = monotonic() + self.deadline
        self._be_ready()
        if self.provider.api_key_required and not self.api_key:
            reason = f"it answers nobody without a key: set {self.provider.api_key_env} to one"
            self.stop(OutcomeKind.REFUSED, reason)
        for together in self.batches():
            for item in await self._ask_all(together):
                yield item
        # An engine whose last item is still on its way looks for idleness only 5 s later.
        scraper = self.crawler.engine.scraper
        while scraper.slot and not scraper.slot.is_idle():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0)
        slot = self.crawler.engine.downloader.slots.get(self.name)
        if slot is not None:
            _LAST_SEEN[self.name] = slot.lastseen

    def batches(self) -> Iterable[Sequence[Target]]:
        """The authors, those in one group that one question can be about: see `read_all`."""
        return ((target,) for target in self.targets)

    async def read_all(self, targets: Sequence[Target]) -> Mapping[str, Sequence[ParsedPage]]:
        """The pages of several authors, by author key; one left out is asked for alone.

        Raises:
            Blocked, BudgetSpent, Unavailable: so for all; after other errors each is asked alone.
        """
        raise NotImplementedError

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The pages of one author, complete.

        Raises:
            ProviderError: it could not be had, or not whole.
        """
        raise NotImplementedError

    async def get(
        self, target: Target, path: str, params: Mapping[str, str] | None = None, **meta: Any
    ) -> ParsedPage:
        """The one page that an address below the base URL answers with."""
        pages = await self.get_all(target, path, params, **meta)
        if len(pages) != 1:
            raise unreadable(ValueError(f"{len(pages)} authors on one page"))
        return pages[0]

    async def get_all(
        self, target: Target, path: str, params: Mapping[str, str] | None = None, **meta: Any
    ) -> tuple[ParsedPage, ...]:
        """Every page that one answer holds: an author each, where it lists authors."""
        response = await self._send(self.request(target, path, params, **meta))
        self.heed(response)
        try:
            return pages_of(self.parse_page, response)
        except ProviderError as error:
            raise self._judged(error, response) from None

    def request(
        self, target: Target, path: str, params: Mapping[str, str] | None = None, **meta: Any
    ) -> scrapy.Request:
        """A GET below the base URL, in the provider's slot and on the author's account."""
        query = f"?{urlencode(params, safe=':,*')}" if params else ""
        return scrapy.Request(
            f"{self.base_url}{path}{query}",
            headers=self.key_headers() if self.api_key else None,
            meta={"download_slot": self.name, "author_key": target.author_key, **meta},
            dont_filter=True,
        )

    def key_headers(self) -> dict[str, str]:
        """Headers that carry the key: in no URL, so in no log."""
        return {}

    def heed(self, response: Response) -> None:
        """Look at the headers of an answer before it is parsed (budgets)."""

    def may_retry(self, request: scrapy.Request, response: Response) -> bool:
        """Whether a failed try (5xx, 408, 429) may be repeated; the page module knows."""
        if request.meta.get("is_robots"):
            return True
        try:
            pages_of(self.parse_page, response)
        except ProviderError as error:
            return not isinstance(error, self.final)
        return True

    def stop(self, kind: OutcomeKind, reason: str, *, retry_after: float | None = None) -> None:
        """Ask this provider for nobody else in this run."""
        if self.stopped is None:
            self.stopped = Stop(kind, reason, retry_after)

    def seconds_left(self) -> float:
        """Seconds until the run's deadline."""
        return self._ends_at - monotonic()

    def count_sent(self, request: scrapy.Request) -> None:
        """A request goes out; robots.txt is on nobody's account (raises as `Tally.sent`)."""
        if (key := request.meta.get("author_key")) is not None:
            most = self.provider.max_requests_per_author * self._profiles.get(key, 1)
            self.tallies.setdefault(key, Tally()).sent(at_most=most)

    def count_answered(self, request: scrapy.Request) -> None:
        """An answer has come, or the request has failed."""
        tally = self.tallies.get(request.meta.get("author_key", ""))
        if tally is not None:
            tally.answered()

    def _be_ready(self) -> None:
        # A slot of Scrapy's has "last been used" when the machine was started: a CI runner that is
        # younger than the delay would wait before its first request.
        slot = self.settings.getdict("DOWNLOAD_SLOTS")[self.name]
        ready = Slot(slot["concurrency"], slot["delay"], slot["jitter"])
        ready.lastseen = _LAST_SEEN.get(self.name, -slot["delay"] * 2)
        self.crawler.engine.downloader.slots[self.name] = ready

    def _pace(self, delay: float | str | None) -> float:
        """The configured delay; the row's own gives way to what the key allows."""
        given = self.provider.delay if delay is None else float(delay)
        is_default = given == self.provider.delay
        return self.keyed_delay if self.keyed_delay and self.api_key and is_default else given

    async def _ask_all(self, targets: Sequence[Target]) -> Sequence[PageItem | FailureItem]:
        if len(targets) == 1 or self.stopped is not None or self.seconds_left() <= 0:
            return [item for target in targets for item in await self._ask(target)]
        # The bound of requests is that of all of them together, on the first one's account.
        self._profiles[targets[0].author_key] = len(targets)
        try:
            found = await or_anew(self.read_all, targets)
        except (Blocked, BudgetSpent, Unavailable) as error:
            return [self._failed(target, error) for target in targets]
        except Exception:  # noqa: BLE001 - whatever it was, each alone says it of itself
            found = {}
        every = [(t, found.get(t.author_key)) for t in targets]
        read = [
            self._items(t.author_key, pages) if pages else await self._ask(t) for t, pages in every
        ]
        return [item for items in read for item in items]

    async def _ask(self, target: Target) -> Sequence[PageItem | FailureItem]:
        if self.stopped is None and self.seconds_left() <= 0:
            self._stop_at_deadline()
        if self.stopped is not None:
            return [self._failed(target, self.stopped.for_others())]
        try:
            every = [replace(target, id=one, also=()) for one in (target.id, *target.also)]
            pages = united([await or_anew(self.read, one) for one in every])
        except ProviderError as error:
            return [self._failed(target, error)]
        except Exception as error:
            log.exception("unreadable provider=%s author=%s", self.name, target.author_key)
            return [self._failed(target, unreadable(error))]
        return self._items(target.author_key, pages)

    def _items(self, author_key: str, pages: Sequence[ParsedPage]) -> list[PageItem]:
        return [
            PageItem(
                provider=self.name,
                author_key=author_key,
                author=page.author,
                works=page.works,
                is_last=page is pages[-1],
            )
            for page in pages
        ]

    async def _send(self, request: scrapy.Request) -> Response:
        try:
            async with asyncio.timeout(max(0.0, self.seconds_left())) as limit:
                return await self.crawler.engine.download_async(request)
        except ProviderError:
            raise
        except Exception as error:
            if limit.expired():
                raise Unavailable(f"not answered in time: {self._stop_at_deadline()}") from None
            size = self.settings.getint("DOWNLOAD_MAXSIZE")
            raise unanswered(request, error, max_size=size) from error

    def _judged(self, error: ProviderError, response: Response) -> ProviderError:
        cap = self.settings.getfloat("MANNERS_RETRY_AFTER_CAP")
        error = told_when(error, response, cap=cap)
        if isinstance(error, BadRequest) and response.status in _REFUSES_KEY:
            self.stop(OutcomeKind.REFUSED, str(error))
        return error

    def _failed(self, target: Target, error: ProviderError) -> FailureItem:
        if isinstance(error, Blocked | BudgetSpent):
            self.stop(kind_of(error), str(error), retry_after=error.retry_after)
        return failure(
            error, provider=self.name, author_key=target.author_key, secrets=(self.api_key,)
        )

    def _stop_at_deadline(self) -> str:
        reason = f"the run's deadline of {self.deadline:g} s passed; raise it, or ask for fewer"
        self.stop(OutcomeKind.OFFLINE, reason)
        return reason
