"""Scholar Feed: the author, then the papers by pages until one is not full.

Its own client says what is known of the API: 100 calls a day without a key, 1,000 with one in
the `Authorization` header, pages of at most 50 papers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spiders.base import ProviderSpider
from spiders.errors import LayoutChanged, NotFound, Truncated
from spiders.pages.scholar_feed import PER_PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.items import AuthorRecord, ParsedPage, Target


class ScholarFeedSpider(ProviderSpider):
    """Author and complete list of papers of each author."""

    name = "scholar_feed"

    def key_headers(self) -> dict[str, str]:
        """As its client sends it."""
        return {"Authorization": f"Bearer {self.api_key}"}

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The author once, then every page of papers."""
        path = f"/public/authors/{target.id.partition(':')[2]}"
        author = (await self.get(target, path)).author
        if author is None:
            raise LayoutChanged("Scholar Feed answered with something else than an author")
        try:
            return await self._papers(target, path, author)
        except NotFound:
            raise LayoutChanged(
                "Scholar Feed knows the author and has no list of papers any more: save the "
                "profile's page and read that with --from-html"
            ) from None

    async def _papers(self, target: Target, path: str, author: AuthorRecord) -> list[ParsedPage]:
        pages: list[ParsedPage] = []
        seen: set[str] = set()
        number: str | None = "1"
        while number is not None:
            params = {"limit": str(PER_PAGE), "page": number}
            page = await self.get(target, f"{path}/papers", params)
            new = tuple(w for w in page.works if w.record_id not in seen)
            seen.update(w.record_id for w in new)
            pages.append(replace(page, works=new))
            number = page.next_cursor if new else None
        total = next((page.total for page in pages if page.total is not None), None)
        if total is not None and len(seen) < total:
            raise Truncated(f"incomplete: {len(seen)} of {total} papers came; try again later")
        whole = replace(author, works_expected=len(seen))
        return [replace(pages[0], author=whole), *pages[1:]]
