"""Keeps what a crawl yields, and accounts for every author that it was started for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.collect.plans import Collection, answer_of
from pipeline.model import Collected, Outcome
from spiders.errors import LayoutChanged
from spiders.items import CandidateItem, FailureItem, OutcomeKind, PageItem, Target
from spiders.outcomes import failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from pipeline.collect.plans import ProviderPlan, Stats
    from spiders.cache import Kept


@dataclass(slots=True, weakref_slot=True)
class Gathering:
    """One provider's crawl: the plan, the crawler, and what it has yielded so far."""

    plan: ProviderPlan
    crawler: Crawler
    progress: Callable[[str], None] | None
    pages: dict[str, list[PageItem]] = field(default_factory=dict)
    failures: dict[str, FailureItem] = field(default_factory=dict)
    candidates: list[CandidateItem] = field(default_factory=list)

    def take(self, item: PageItem | FailureItem | CandidateItem) -> None:
        """Keep an item: the receiver of Scrapy's signal `item_scraped`."""
        if isinstance(item, CandidateItem):
            self.candidates.append(item)
            return
        if isinstance(item, FailureItem):
            self.failures[item.author_key] = item
            self._tell(item, f"{item.kind}: {item.reason}")
            return
        kept = self.pages.setdefault(item.author_key, [])
        kept.append(item)
        if item.is_last:
            self._tell(item, f"{sum(len(page.works) for page in kept)} works")

    def collection(self) -> Collection:
        """What the crawl came to, now that it has ended."""
        found = [self._settled(target) for target in self.plan.targets]
        return Collection(
            collected=tuple(collected for collected, _ in found if collected is not None),
            outcomes=tuple(outcome for _, outcome in found),
            stats=self._stats(),
            candidates=tuple(self.candidates),
        )

    def _tell(self, item: PageItem | FailureItem, what: str) -> None:
        if self.progress is not None:
            self.progress(f"{item.provider}: {item.author_key}: {what}")

    def _settled(self, target: Target) -> tuple[Collected | None, Outcome]:
        key, provider = target.author_key, self.plan.provider.name
        pages, failed = self.pages.get(key, []), self.failures.get(key)
        collected = None
        if failed is None and not (pages and pages[-1].is_last):
            failed = self._lost(key)
        elif failed is None:
            try:
                collected = answer_of(pages, author_key=key, provider=provider)
                kept: Kept | None = getattr(self.crawler.spider, "kept", None)
                collected = replace(collected, fetched_at=kept.fetched_at(key) if kept else None)
            except LayoutChanged as error:
                failed = failure(error, provider=provider, author_key=key)
        return collected, self._outcome(key, failed)

    def _outcome(self, key: str, failed: FailureItem | None) -> Outcome:
        tally = getattr(self.crawler.spider, "tallies", {}).get(key)
        return Outcome(
            author_key=key,
            provider=self.plan.provider.name,
            kind=failed.kind if failed else OutcomeKind.FRESH,
            reason=failed.reason if failed else None,
            requests=tally.requests if tally else 0,
            seconds=round(tally.seconds, 3) if tally else 0.0,
            retry_after=failed.retry_after if failed else None,
        )

    def _lost(self, key: str) -> FailureItem:
        stats = self._collector()
        ended = stats.get_value("finish_reason") if stats else None
        return FailureItem(
            provider=self.plan.provider.name,
            author_key=key,
            kind=OutcomeKind.OFFLINE,
            reason=f"the crawl ended without an answer ({ended or 'it never began'}): run again",
        )

    def _stats(self) -> Stats:
        stats = self._collector()
        values = stats.get_stats() if stats else {}
        return {
            f"{self.plan.provider.name}/{key}": value
            for key, value in sorted(values.items())
            if isinstance(value, int | float | str)
        }

    def _collector(self) -> StatsCollector | None:
        # `Crawler.stats` raises for a crawl that never began.
        return self.crawler._stats  # noqa: SLF001
