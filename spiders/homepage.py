"""Homepages: one request for the address that the owner gave, at its own host and no other.

The provider has no host of its own: each address brings its own, and the address guard holds the
request, its robots.txt and its redirects to that one. So what ends a provider for everybody (a
wish to be left alone, failures in a row) ends one host here, and a page that is forbidden is only
that page. A configured `base_url` (a local replay) takes the place of every host.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from spiders.base import ProviderSpider
from spiders.errors import BadRequest, Blocked, BudgetSpent, LayoutChanged, Unavailable
from spiders.items import OutcomeKind
from spiders.outcomes import Stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.items import ParsedPage, Target


class HomepageSpider(ProviderSpider):
    """The papers that each author lists."""

    name = "homepage"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._at_own_hosts = self.base_url == self.provider.base_url.rstrip("/")
        self._left_alone: dict[str, Stop] = {}

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The page, under the address that was asked for."""
        address = target.id.partition(":")[2]
        parts = urlsplit(address)
        if not parts.hostname or parts.username or parts.password:
            raise BadRequest(f"{address!r} is no address of a web page: not asked")
        if self._at_own_hosts:
            self.base_url = f"{parts.scheme}://{parts.netloc}"
        if self.base_url in self._left_alone:
            raise self._left_alone[self.base_url].for_others()
        try:
            query = f"?{parts.query}" if parts.query else ""
            page = await self.get(target, f"{parts.path or '/'}{query}")
        except (Blocked, BudgetSpent) as error:
            # Those end a provider for everybody, and other people's pages are elsewhere.
            if isinstance(error, BudgetSpent):
                self.stop(OutcomeKind.OFFLINE, str(error), retry_after=error.retry_after)
            raise Unavailable(str(error), retry_after=error.retry_after) from None
        if page.author is None:
            raise LayoutChanged(f"{address}: the page is about nobody")
        own = dict.fromkeys((target.id, *page.author.ids))
        author = replace(page.author, author_id=address, ids=tuple(own), url=address)
        return [replace(page, author=author)]

    def stop(self, kind: OutcomeKind, reason: str, *, retry_after: float | None = None) -> None:
        """Ask this host for nobody else; once the run's time is over, no host."""
        if self.seconds_left() <= 0:
            super().stop(kind, reason, retry_after=retry_after)
        else:
            self._left_alone.setdefault(self.base_url, Stop(kind, reason, retry_after))
