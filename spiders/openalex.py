"""OpenAlex: the author, then the works by cursor until as many came as it counts.

The author call is free, a page of 100 works costs one credit; 10/s are answered without a key,
30/s with one. The key travels in the `Authorization` header. Many authors are asked for together
(`spiders/together.py`): most of them have fewer works than a page.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from spiders import together
from spiders.base import ProviderSpider
from spiders.errors import BudgetSpent, NotFound, Truncated
from spiders.items import PageVerdict, ParsedPage
from spiders.pages.openalex import PER_PAGE, WORKS_SELECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scrapy.http import Response

    from spiders.items import AuthorRecord, Target


class OpenAlexSpider(ProviderSpider):
    """Author and complete list of works of each author."""

    name = "openalex"
    keyed_delay = 0.05
    credits_left: float | None = None
    resets_in: float | None = None
    _rows: int = 0
    """Works of the list read last, those that came twice counted twice."""

    def key_headers(self) -> dict[str, str]:
        """As documented beside the `api_key` parameter, which would put it into URLs."""
        return {"Authorization": f"Bearer {self.api_key}"}

    def heed(self, response: Response) -> None:
        """Remember the budget that the answer tells."""
        self.credits_left = _number(response, "X-RateLimit-Remaining")
        self.resets_in = _number(response, "X-RateLimit-Reset")

    def batches(self) -> Iterable[Sequence[Target]]:
        """Authors by the hundred, where there are enough of them."""
        return together.batches(self.targets)

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The author once; the works a second time from the start if they came short."""
        # The edge bills only the short form of an ORCID as a free call.
        path = target.id.removeprefix("openalex:")
        author = (await self.get(target, f"/authors/{path}")).author
        if author is None or author.author_id is None:
            raise NotFound("OpenAlex answered with something else than an author: check the id")
        pages = await self._whole_list(target, [author])
        distinct = sum(len(page.works) for page in pages)
        whole = replace(author, works_expected=distinct, is_truncated=False)
        if distinct < self._rows:
            whole = replace(whole, anomalies=(*whole.anomalies, "duplicate_works"))
        return [replace(pages[0], author=whole), *pages[1:]]

    async def read_all(self, targets: Sequence[Target]) -> Mapping[str, Sequence[ParsedPage]]:
        """Authors of one batch: their profiles in a call or two, their works by cursor."""
        self._afford(1)
        profiles = await self._profiles_of(targets)
        found: dict[str, Sequence[ParsedPage]] = {}
        for group in together.portions(profiles):
            first = group[0].target
            pages = await self._whole_list(first, [one.author for one in group])
            owners = await self._owners(first, pages)
            found |= together.shared_out(group, pages, owners)
        return found

    async def _profiles_of(self, targets: Sequence[Target]) -> list[together.Profile]:
        authors: list[AuthorRecord] = []
        for params in together.author_params(targets):
            pages = await self.get_all(targets[0], "/authors", params)
            authors += [page.author for page in pages if page.author is not None]
        return together.profiles(targets, authors)

    async def _owners(
        self, target: Target, pages: Sequence[ParsedPage]
    ) -> Mapping[str, Sequence[str]]:
        """Ids of the authors of each work; lists cut them at 100, the work itself does not."""
        owners = {work: ids for page in pages for work, ids in page.authors_of.items()}
        for work in (work for page in pages for work in page.works):
            if work.record_id not in owners:
                # A work by its short id is a free call.
                path = f"/works/{work.record_id.removeprefix('openalex:')}"
                params = {"select": ",".join(WORKS_SELECT)}
                owners |= (await self.get(target, path, params)).authors_of
        return owners

    async def _whole_list(
        self, target: Target, authors: Sequence[AuthorRecord]
    ) -> list[ParsedPage]:
        try:
            return await self._works(target, authors)
        except Truncated:
            return await self._works(target, authors, again=True)

    async def _works(
        self, target: Target, authors: Sequence[AuthorRecord], *, again: bool = False
    ) -> list[ParsedPage]:
        pages: list[ParsedPage] = []
        seen: set[str] = set()
        cursor, total, rows = "*", None, 0
        while cursor:
            self._afford(1 if total is None else ceil((total - rows) / PER_PAGE))
            page = await self.get(target, "/works", _works_params(authors, cursor))
            rows += len(page.works)
            new = tuple(w for w in page.works if w.record_id not in seen)
            seen.update(w.record_id for w in new)
            pages.append(replace(page, works=new))
            total = page.total if page.total is not None else total
            done = total is not None and len(seen) >= total
            cursor = "" if done or not page.works else page.next_cursor or ""
        cut = any(page.verdict is PageVerdict.TRUNCATED for page in pages)
        if cut or _falls_short(total, rows=rows, distinct=len(seen), again=again):
            raise Truncated(f"incomplete: {len(seen)} of {total} works came; try again later")
        self._rows = rows
        return pages

    def _afford(self, calls: int) -> None:
        if self.credits_left is not None and self.credits_left < calls:
            raise BudgetSpent(
                f"OpenAlex: {self.credits_left:g} of today's credits are left and {calls} are "
                "needed; come back tomorrow, or set OPENALEX_API_KEY to a free key",
                retry_after=self.resets_in,
            )


def _works_params(authors: Sequence[AuthorRecord], cursor: str) -> dict[str, str]:
    return {
        "filter": f"author.id:{'|'.join(author.author_id or '' for author in authors)}",
        "per_page": str(PER_PAGE),
        "cursor": cursor,
        "select": ",".join(WORKS_SELECT),
    }


def _falls_short(total: int | None, *, rows: int, distinct: int, again: bool) -> bool:
    """Whether works are missing; a work that comes twice may have pushed another one out.

    The list shifts when the index changes between two pages, and is whole when read again. If a
    work still comes twice, it is the provider that counts it twice.
    """
    if total is None:
        return True
    return (rows if again else distinct) < total


def _number(response: Response, header: str) -> float | None:
    try:
        return float(response.headers.get(header) or b"")
    except ValueError:
        return None
