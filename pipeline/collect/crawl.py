"""Starts one Scrapy process for all providers, and waits until the last one is done."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from pipeline.collect.gather import Gathering
from pipeline.collect.plans import Collection, ProviderPlan, joined
from spiders.redact import RedactingFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

GRACE = 15.0
"""Seconds after the deadline in which a spider may end by itself."""


def collect(
    plans: Sequence[ProviderPlan],
    *,
    user_agent: str,
    allow_private_hosts: bool = False,
    deadline: float = 900.0,
    progress: Callable[[str], None] | None = None,
) -> Collection:
    """Ask all providers at the same time, each for its authors one after another.

    Args:
        plans: Whom to ask for; plans without targets are left out.
        user_agent: Who asks, e.g. `scholar-metrics/0.1.0 (ada@example.org)`.
        allow_private_hosts: Whether base URLs may be of this machine or network.
        deadline: Seconds after which nobody else is asked.
        progress: Called with one line whenever an author is done.
    """
    asked = [plan for plan in plans if plan.targets]
    if not asked:
        return Collection(collected=(), outcomes=())
    settings = _settings(user_agent, allow_private_hosts=allow_private_hosts, deadline=deadline)
    with _discreet([plan.api_key for plan in asked]):
        process = _process(settings)
        begun = [_begin(process, plan, deadline=deadline, progress=progress) for plan in asked]
        _end_threads_with_us()
        # Python's own handlers stay: Ctrl-C raises, and nothing has been written yet.
        process.start(install_signal_handlers=False)
    return joined([one.collection() for one in begun])


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
) -> Gathering:
    from scrapy import signals

    module, _, name = plan.provider.spider.partition(":")
    crawler = process.create_crawler(getattr(import_module(module), name))
    gathering = Gathering(plan=plan, crawler=crawler, progress=progress)
    crawler.signals.connect(gathering.take, signal=signals.item_scraped)
    process.crawl(
        crawler,
        provider=plan.provider,
        targets=plan.targets,
        base_url=plan.base_url,
        api_key=plan.api_key,
        delay=plan.delay,
        deadline=deadline,
    )
    return gathering


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
    filters = (lambda record: record.levelno >= root.level, RedactingFilter(secrets))
    added = [(handler, one) for handler in root.handlers for one in filters]
    for handler, one in added:
        handler.addFilter(one)
    try:
        yield
    finally:
        for handler, one in added:
            handler.removeFilter(one)
