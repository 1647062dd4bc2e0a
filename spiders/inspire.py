"""INSPIRE: the author by BAI or ORCID, then all papers by pages until as many came as it counts.

15 requests in 5 s are answered from one address, and those that are refused count too, so that a
429 is followed by 6 s of rest and one more try. No more than 10,000 papers of a list are shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from spiders.base import ProviderSpider
from spiders.errors import NotFound, Truncated
from spiders.items import PageVerdict
from spiders.pages.inspire import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scrapy import Request
    from scrapy.http import Response

    from spiders.items import AuthorRecord, ParsedPage, Target

SIZE = 500
"""Papers a page; 1,000 are allowed."""
MOST = 10_000
"""Papers of a list that are shown at all."""
_TOO_MANY = 429


class InspireSpider(ProviderSpider):
    """Author and complete list of papers of each author."""

    name = "inspire"
    wait_after: ClassVar[Mapping[int, float]] = {_TOO_MANY: 6.0}

    def may_retry(self, request: Request, response: Response) -> bool:
        """Too many requests: once more, and no third time."""
        if response.status == _TOO_MANY and request.meta.get("tried", 0):
            return False
        return super().may_retry(request, response)

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The author once; the papers a second time from the start if they came short."""
        author = await self._author(target)
        try:
            return await self._papers(target, author)
        except Truncated:
            return await self._papers(target, author)

    async def _author(self, target: Target) -> AuthorRecord:
        scheme, _, value = target.id.partition(":")
        if scheme == "orcid":
            page = await self.get(target, f"/orcid/{value}")
        else:
            page = await self.get(target, "/authors", {"q": f"ids.value:{value}", "size": "10"})
        author = page.author
        if author is None:
            raise NotFound("INSPIRE answered with something else than an author: check the id")
        # A person may have several BAIs: the one that was asked for is as good as the first.
        is_another = scheme == "inspire_bai" and target.id in author.ids[1:]
        return replace(author, author_id=value) if is_another else author

    async def _papers(self, target: Target, author: AuthorRecord) -> list[ParsedPage]:
        pages: list[ParsedPage] = []
        seen: set[str] = set()
        number: str | None = "1"
        while number is not None:
            page = await self.get(target, "/literature", _params(author, number))
            if page.verdict is PageVerdict.TRUNCATED:
                raise Truncated(f"incomplete: {len(page.works)} papers on a page; try again later")
            new = tuple(w for w in page.works if w.record_id not in seen)
            seen.update(w.record_id for w in new)
            pages.append(replace(page, works=new))
            number = page.next_cursor if int(number) * SIZE < MOST else None
        total = pages[-1].total or 0
        is_cut = total > MOST
        if len(seen) < min(total, MOST):
            raise Truncated(f"incomplete: {len(seen)} of {total} papers came; try again later")
        counts = [work.cited_by_count or 0 for page in pages for work in page.works]
        whole = replace(
            author,
            works_expected=len(seen),
            is_truncated=is_cut,
            is_sorted=counts == sorted(counts, reverse=True),
        )
        return [replace(pages[0], author=whole), *pages[1:]]


def _params(author: AuthorRecord, number: str) -> dict[str, str]:
    return {
        "q": f"a {author.author_id}",
        "sort": "mostcited",
        "size": str(SIZE),
        "page": number,
        "fields": ",".join(FIELDS),
    }
