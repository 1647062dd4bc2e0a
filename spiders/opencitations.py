"""OpenCitations: one count a DOI, and the years of its citations as far as requests allow.

It has no lists: a paper is a request, and its years are another. 180 requests a minute are
answered, so they go out 0.4 s apart; `MOST_DOIS` and the row's bound keep an author below that of
three minutes. Years are asked for only of papers with `MOST_ROWS` citations or fewer, whose rows
are a light answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from spiders.base import ProviderSpider
from spiders.errors import BudgetSpent, NotFound, Unavailable
from spiders.items import AuthorRecord, PageVerdict, ParsedPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.http import Response

    from spiders.items import Target, WorkRecord

MOST_DOIS = 250
"""DOIs of one author that are asked for; of any more the author's list says that it is cut."""
MOST_ROWS = 1000
"""Citations of a paper up to which their years are asked for."""
_TOO_MANY = 429


class OpenCitationsSpider(ProviderSpider):
    """Counts, and citations by year, of every paper of each author."""

    name = "opencitations"
    last_status: int | None = None

    def key_headers(self) -> dict[str, str]:
        """The token as it is, without a scheme."""
        return {"Authorization": self.api_key or ""}

    def heed(self, response: Response) -> None:
        """Remember how it went."""
        self.last_status = response.status

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """A work for each DOI; its years where a request is left for them."""
        try:
            return [await self._read(target)]
        except Unavailable as error:
            if self.last_status == _TOO_MANY:
                raise BudgetSpent(str(error), retry_after=error.retry_after) from None
            raise

    async def _read(self, target: Target) -> ParsedPage:
        dois = [i.removeprefix("doi:") for i in target.follow if i.startswith("doi:")]
        works: list[WorkRecord] = []
        refused: NotFound | None = None
        for doi in dois[:MOST_DOIS]:
            try:
                works += await self._work(target, "citation-count", doi)
            except NotFound as error:
                refused = error
        if refused is not None and not works:
            raise refused
        spare = self.provider.max_requests_per_author - len(dois[:MOST_DOIS])
        anomalies = []
        for place, work in enumerate(works):
            if work.cited_by_count is None or work.cited_by_count > MOST_ROWS or spare <= 0:
                continue
            spare -= 1
            (rows,) = await self._work(target, "citations", work.record_id.removeprefix("doi:"))
            if rows.cited_by_count == work.cited_by_count:
                works[place] = replace(work, counts_by_year=rows.counts_by_year)
            else:
                anomalies.append(f"citations_listed_differ:{work.record_id}")
        skipped = len(dois[MOST_DOIS:])
        author = AuthorRecord(
            provider=self.name,
            author_id=None,
            is_truncated=bool(skipped),
            is_sorted=False,
            anomalies=(*anomalies, *((f"not_asked:{skipped}",) if skipped else ())),
        )
        verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
        return ParsedPage(verdict=verdict, author=author, works=tuple(works))

    async def _work(self, target: Target, operation: str, doi: str) -> tuple[WorkRecord, ...]:
        page = await self.get(target, f"/{operation}/doi:{quote(doi, safe='/')}")
        return page.works
