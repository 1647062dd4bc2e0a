"""Semantic Scholar: author and papers in one request, or by pages where that is too heavy.

One request a second over all endpoints is what a key is good for; without a key everybody
shares one pool, which answers 429. The documentation calls the name of the key's header
case-sensitive, so it is sent as `x-api-key`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twisted.web import http_headers

from spiders.base import ProviderSpider
from spiders.errors import BudgetSpent, ProviderError, Truncated
from spiders.items import PageVerdict, ParsedPage
from spiders.pages.semantic_scholar import AUTHOR_FIELDS, PAGE_LIMIT, PAPER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy import Request
    from scrapy.http import Response

    from spiders.items import AuthorRecord, Target

MOST = 1000
"""Papers a page, the most that are allowed: what did not come with the author comes so in one
request more. Where an answer is too heavy, pages are of `PAGE_LIMIT`."""
_TOO_HEAVY = frozenset({413, 504})
_TOO_MANY = 429
_AUTHOR = ",".join(AUTHOR_FIELDS)
_PAPERS = ",".join(PAPER_FIELDS)
_NESTED = ",".join((*AUTHOR_FIELDS, *(f"papers.{field}" for field in PAPER_FIELDS)))


class SemanticScholarSpider(ProviderSpider):
    """Author and complete list of papers of each author."""

    name = "semantic_scholar"
    last_status: int | None = None

    def key_headers(self) -> dict[str, str]:
        """Scrapy and Twisted write `X-Api-Key`; Twisted's table of exceptions is told otherwise."""
        http_headers._nameEncoder._caseMappings[b"X-Api-Key"] = b"x-api-key"  # noqa: SLF001
        return {"x-api-key": self.api_key or ""}

    def heed(self, response: Response) -> None:
        """Remember how it went."""
        self.last_status = response.status

    def may_retry(self, request: Request, response: Response) -> bool:
        """Not what is too heavy: that is asked for in smaller pages instead."""
        if request.meta.get("may_be_heavy") and response.status in _TOO_HEAVY:
            return False
        return super().may_retry(request, response)

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """Everything at once, or the author and then the papers by pages."""
        path = f"/author/{target.id.partition(':')[2]}"
        self.last_status = None
        try:
            page, limit = await self._author(target, path)
            if page.author is None or _is_whole(page):
                return [page]
            return await self._papers(target, path, page.author, limit=limit)
        except BudgetSpent:
            raise
        except ProviderError as error:
            if self.last_status == _TOO_MANY:
                raise self._no_capacity(error) from None
            raise

    async def _author(self, target: Target, path: str) -> tuple[ParsedPage, int]:
        """The author, with papers or without, and how many papers a page may have."""
        try:
            return await self.get(target, path, {"fields": _NESTED}, may_be_heavy=True), MOST
        except ProviderError:
            if self.last_status not in _TOO_HEAVY:
                raise
        return await self.get(target, path, {"fields": _AUTHOR}), PAGE_LIMIT

    async def _papers(
        self, target: Target, path: str, author: AuthorRecord, *, limit: int
    ) -> list[ParsedPage]:
        pages: list[ParsedPage] = []
        seen: set[str] = set()
        offset: str | None = "0"
        while offset is not None:
            params = {"fields": _PAPERS, "offset": offset, "limit": str(limit)}
            try:
                page = await self.get(
                    target, f"{path}/papers", params, may_be_heavy=limit > PAGE_LIMIT
                )
            except ProviderError:
                if limit == PAGE_LIMIT or self.last_status not in _TOO_HEAVY:
                    raise
                limit = PAGE_LIMIT
                continue
            if page.next_cursor is not None and not page.works:
                raise Truncated(f"incomplete: no papers came after {len(seen)}; try again later")
            new = tuple(w for w in page.works if w.record_id not in seen)
            seen.update(w.record_id for w in new)
            pages.append(replace(page, works=new))
            # A full page may be the last one; nothing more is asked for when the author's own
            # number of papers has come. The list itself has no total: it ends without `next`.
            offset = None if len(seen) == author.works_count else page.next_cursor
        whole = replace(author, works_expected=len(seen), is_truncated=False)
        return [replace(pages[0], author=whole), *pages[1:]]

    def _no_capacity(self, error: ProviderError) -> BudgetSpent:
        if self.api_key:
            reason = f"the key's share is used up ({error}); come back later"
        else:
            reason = f"no free capacity without a key: set {self.provider.api_key_env} to one"
        return BudgetSpent(reason, retry_after=error.retry_after)


def _is_whole(page: ParsedPage) -> bool:
    """Whether the papers came along, and as many as the author is said to have."""
    stated = page.author.works_count if page.author else None
    if page.verdict is PageVerdict.TRUNCATED or (not page.works and stated != 0):
        return False
    return stated is None or len(page.works) >= stated
