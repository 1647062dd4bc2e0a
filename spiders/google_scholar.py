"""Google Scholar: one robots-allowed GET an author, an honest name, and no second try on a block.

robots.txt of scholar.google.com allows `/citations?user=` with `user` first, and forbids every
`cstart=`; the first block stops the provider for the run. See docs/politeness.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from spiders.base import ProviderSpider
from spiders.errors import Blocked, LayoutChanged, ProviderError, Truncated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy import Request
    from scrapy.http import Response

    from spiders.items import ParsedPage, Target

_TOO_MANY = 429


class GoogleScholarSpider(ProviderSpider):
    """The profile page of each author: figures, citations a year, and the top 100 papers."""

    name = "google_scholar"
    max_retries = 1
    final: ClassVar[tuple[type[ProviderError], ...]] = (
        Blocked,
        *ProviderSpider.final,
        LayoutChanged,
        Truncated,
    )

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """One page; more rows could only be had against robots.txt."""
        user = target.id.partition(":")[2]
        params = {"user": user, "hl": "en", "pagesize": "100"}
        return [await self.get(target, "/citations", params)]

    def may_retry(self, request: Request, response: Response) -> bool:
        """Once, when the page is no more than a server's failure: never on a block."""
        return response.status != _TOO_MANY and super().may_retry(request, response)
