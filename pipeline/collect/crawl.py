"""Starts one Scrapy process for all providers, and waits until the last one is done.

A reactor starts once a process, so questions that depend on answers (which DOIs to look up) are
rounds of the same crawl: when all of a round are done, `then` is asked for more.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from pipeline.collect.gather import Gathering
from pipeline.collect.plans import Collection, Keeping, ProviderPlan, joined
from spiders.redact import RedactingFilter

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Sequence

    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

_ADVICE = "DOWNLOAD_FAIL_ON_DATALOSS"
"""What Scrapy advises to switch off when an answer is cut: then half an answer would do."""
GRACE = 15.0
"""Seconds after the deadline in which a spider may end by itself."""


def collect(
    plans: Sequence[ProviderPlan],
    *,
    user_agent: str,
    allow_private_hosts: bool = False,
    deadline: float = 900.0,
    progress: Callable[[str], None] | None = None,
    then: Callable[[Collection], Sequence[ProviderPlan]] | None = None,
    keeping: Keeping | None = None,
) -> Collection:
    """Ask all providers at the same time, each for its authors one after another.

    Args:
        plans: Whom to ask for; plans without targets are left out.
        user_agent: Who asks, e.g. `scholar-metrics/0.1.0 (ada@example.org)`.
        allow_private_hosts: Whether base URLs may be of this machine or network.
        deadline: Seconds after which nobody else is asked.
        progress: Called with one line whenever an author is done.
        then: Called with all that came so far whenever everybody asked is done; asks the plans
            that it returns, until it returns none.
        keeping: Where pages are kept, `None` for nowhere.
    """
    asked = [plan for plan in plans if plan.targets]
    if not asked:
        return Collection(collected=(), outcomes=())
    settings = _settings(user_agent, allow_private_hosts=allow_private_hosts, deadline=deadline)
    settings.set("PAGE_CACHE", _told(keeping), priority="cmdline")
    secrets: list[str | None] = []
    with _discreet(secrets):
        rounds = _Rounds(
            process=_process(settings),
            ends_at=monotonic() + deadline,
            secrets=secrets,
            progress=progress,
            then=then,
        )
        rounds.ask(asked)
        _end_threads_with_us()
        # Python's own handlers stay: Ctrl-C raises, and nothing has been written yet.
        rounds.process.start(install_signal_handlers=False)
    return rounds.collection()


@dataclass(slots=True, kw_only=True)
class _Rounds:
    """All crawls of one process: those that were planned, and those that followed from answers."""

    process: AsyncCrawlerProcess
    ends_at: float
    secrets: list[str | None]
    """Keys that no log may show; grows with the plans."""
    progress: Callable[[str], None] | None
    then: Callable[[Collection], Sequence[ProviderPlan]] | None
    begun: list[Gathering] = field(default_factory=list)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    failure: Exception | None = None

    def ask(self, plans: Sequence[ProviderPlan]) -> None:
        """Begin the crawls of some plans."""
        self.secrets.extend(plan.api_key for plan in plans)
        for plan in plans:
            gathering, task = _begin(
                self.process,
                plan,
                deadline=max(0.0, round(self.ends_at - monotonic(), 1)),
                progress=self.progress,
            )
            self.begun.append(gathering)
            self.under_way.add(task)
            # Called before the process notices that a crawl has ended, and so before it stops.
            task.add_done_callback(self._ended)

    def collection(self) -> Collection:
        """What all of them came to.

        Raises:
            Exception: whatever `then` raised.
        """
        if self.failure is not None:
            raise self.failure
        return joined([one.collection() for one in self.begun])

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.under_way.discard(task)
        if self.under_way or self.then is None:
            return
        try:
            found = self.then(joined([one.collection() for one in self.begun]))
            self.ask([plan for plan in found if plan.targets])
        except Exception as error:  # noqa: BLE001 - asyncio would only log it
            self.failure = error


def _settings(user_agent: str, *, allow_private_hosts: bool, deadline: float) -> Settings:
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    settings.setdict(
        {
            "USER_AGENT": user_agent,
            "ROBOTSTXT_USER_AGENT": user_agent.partition("/")[0],
            "ALLOW_PRIVATE_HOSTS": allow_private_hosts,
            # Each spider ends at the deadline by itself; this is for one that does not.
            "CLOSESPIDER_TIMEOUT": deadline + GRACE,
            "SPIDER_MODULES": [],
            "ITEM_PIPELINES": {},
            "LOG_INSTALL_ROOT_HANDLER": False,
            "STATS_DUMP": False,
        },
        priority="cmdline",
    )
    return settings


def _told(keeping: Keeping | None) -> dict[str, str | bool] | None:
    """As a setting of Scrapy's: plain values."""
    if keeping is None:
        return None
    return {
        "root": str(keeping.root),
        "began": keeping.began.isoformat(),
        "writes": keeping.writes,
        "is_fresh": keeping.is_fresh,
    }


def _process(settings: Settings) -> AsyncCrawlerProcess:
    from scrapy.crawler import AsyncCrawlerProcess
    from twisted.logger import globalLogBeginner

    # Until somebody begins, Twisted writes its worst news to stderr, past every filter.
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    process = AsyncCrawlerProcess(settings)
    # Whoever configured logging decides on the level, which also spares the formatting.
    logging.getLogger("scrapy").setLevel(logging.NOTSET)
    return process


def _begin(
    process: AsyncCrawlerProcess,
    plan: ProviderPlan,
    *,
    deadline: float,
    progress: Callable[[str], None] | None,
) -> tuple[Gathering, asyncio.Task[None]]:
    from scrapy import signals

    module, _, name = plan.provider.spider.partition(":")
    crawler = process.create_crawler(getattr(import_module(module), name))
    gathering = Gathering(plan=plan, crawler=crawler, progress=progress)
    crawler.signals.connect(gathering.take, signal=signals.item_scraped)
    task = process.crawl(
        crawler,
        provider=plan.provider,
        targets=plan.targets,
        base_url=plan.base_url,
        api_key=plan.api_key,
        delay=plan.delay,
        deadline=deadline,
    )
    return gathering, task


def _end_threads_with_us() -> None:
    """Let an interrupted process end: it would wait for Twisted's idle resolver threads."""
    from twisted.internet import reactor

    pool = reactor.getThreadPool()
    pool.threadFactory = partial(Thread, daemon=True)


@contextmanager
def _discreet(secrets: Sequence[str | None]) -> Iterator[None]:
    """Keep keys out of whatever the crawl logs, and logs to the level that was asked for."""
    root = logging.getLogger()
    # Scrapy sets its logger to DEBUG before its first words, past the root logger's level.
    filters = (
        lambda record: record.levelno >= root.level and _ADVICE not in str(record.msg),
        RedactingFilter(secrets),
    )
    added = [(handler, one) for handler in root.handlers for one in filters]
    for handler, one in added:
        handler.addFilter(one)
    try:
        yield
    finally:
        for handler, one in added:
            handler.removeFilter(one)
