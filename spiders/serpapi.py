"""SerpApi: a Google Scholar profile by a paid service, 100 papers a search, until a short page.

The service takes its key in the address and nowhere else, so that the address is never kept:
logs, reasons and files show `***`, no referrer is sent, and the guard sends a key to no other
host than the provider's.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from spiders.base import ProviderSpider
from spiders.errors import NotFound, Truncated
from spiders.items import PageVerdict
from spiders.pages.serpapi import NUM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import scrapy

    from spiders.items import ParsedPage, Target, WorkRecord


class SerpApiSpider(ProviderSpider):
    """Profile and complete list of papers of each author."""

    name = "serpapi"

    def request(
        self, target: Target, path: str, params: Mapping[str, str] | None = None, **meta: Any
    ) -> scrapy.Request:
        """A GET with the key at its end, written as redaction knows it."""
        request = super().request(target, path, params, **meta)
        return request.replace(url=f"{request.url}&api_key={quote(self.api_key or '', safe='')}")

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """Page after page; the first one carries the author."""
        user = target.id.partition(":")[2]
        pages: list[ParsedPage] = []
        seen: set[str] = set()
        start: str | None = "0"
        while start is not None:
            page = await self.get(target, "/search.json", _params(user, start))
            if page.verdict is PageVerdict.TRUNCATED:
                raise Truncated(
                    f"incomplete: {len(page.works)} papers came from {start} on, and more are"
                    " there; try again later"
                )
            new = tuple(w for w in page.works if w.record_id not in seen)
            if pages and page.works and not new:
                raise Truncated("incomplete: a page of papers came twice; try again later")
            seen.update(w.record_id for w in new)
            pages.append(replace(page, author=None if pages else page.author, works=new))
            start = page.next_cursor
        author = pages[0].author
        if author is None:
            raise NotFound("SerpApi answered for nobody: check the id")
        whole = replace(
            author,
            works_expected=len(seen),
            is_truncated=False,
            is_sorted=_is_sorted([work for page in pages for work in page.works]),
        )
        return [replace(pages[0], author=whole), *pages[1:]]


def _is_sorted(works: Sequence[WorkRecord]) -> bool:
    counts = [work.cited_by_count for work in works if work.cited_by_count is not None]
    return len(counts) == len(works) and all(a >= b for a, b in itertools.pairwise(counts))


def _params(user: str, start: str) -> dict[str, str]:
    return {
        "engine": "google_scholar_author",
        "author_id": user,
        "hl": "en",
        "start": start,
        "num": str(NUM),
    }
