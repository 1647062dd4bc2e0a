"""ADS: all papers that claim an ORCID iD, then the metrics that ADS works out for them.

5,000 requests a day and endpoint are answered to a token, which travels in the `Authorization`
header. Metrics are worked out for 2,000 papers at most; of more, only the list is read.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spiders.base import ProviderSpider
from spiders.errors import BudgetSpent, LayoutChanged, NotFound, Truncated
from spiders.items import PageVerdict
from spiders.pages.ads import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import scrapy
    from scrapy.http import Response

    from spiders.items import AuthorRecord, ParsedPage, Target

ROWS = 2000
"""Papers a page: the most that are allowed."""
MOST_MEASURED = 2000
"""Papers that metrics are worked out for."""
_TYPES = ("indicators", "citations", "histograms")


class AdsSpider(ProviderSpider):
    """Complete list of papers of each author, and the figures stated for it."""

    name = "ads"
    is_spent = False

    def key_headers(self) -> dict[str, str]:
        """The token as ADS documents it."""
        return {"Authorization": f"Bearer {self.api_key}"}

    def request(
        self, target: Target, path: str, params: Mapping[str, str] | None = None, **meta: Any
    ) -> scrapy.Request:
        """A GET, or a POST of `bibcodes`."""
        request = super().request(target, path, params, **meta)
        if "bibcodes" in meta:
            body = json.dumps({"bibcodes": meta["bibcodes"], "types": _TYPES})
            request.headers["Content-Type"] = "application/json"
            request = request.replace(method="POST", body=body.encode())
        return request

    def heed(self, response: Response) -> None:
        """Remember whether the endpoint that answered has requests left."""
        left = (response.headers.get("X-RateLimit-Remaining") or b"").strip()
        self.is_spent = left == b"0"

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The papers, a second time from the start if they came short; then their metrics."""
        try:
            pages = await self._papers(target)
        except Truncated:
            pages = await self._papers(target)
        author = pages[0].author
        if author is None:
            raise NotFound("ADS answered for nobody: check the ORCID iD")
        bibcodes = [w.record_id.partition(":")[2] for page in pages for w in page.works]
        if 0 < len(bibcodes) <= MOST_MEASURED:
            author = await self._measured(target, author, bibcodes)
        return [replace(pages[0], author=author), *pages[1:]]

    async def _papers(self, target: Target) -> list[ParsedPage]:
        pages: list[ParsedPage] = []
        seen: set[str] = set()
        start: str | None = "0"
        while start is not None:
            if pages and self.is_spent:
                raise BudgetSpent("ADS: no search is left today and more are needed; run tomorrow")
            page = await self.get(target, "/search/query", _params(target, start))
            new = tuple(w for w in page.works if w.record_id not in seen)
            seen.update(w.record_id for w in new)
            pages.append(replace(page, author=None if pages else page.author, works=new))
            start = page.next_cursor
            if page.verdict is PageVerdict.TRUNCATED and start is None:
                break
        total = pages[-1].total or 0
        if len(seen) < total or any(p.verdict is PageVerdict.TRUNCATED for p in pages[-1:]):
            raise Truncated(f"incomplete: {len(seen)} of {total} papers came; try again later")
        if pages[0].author is not None:
            counts = [w.cited_by_count or 0 for page in pages for w in page.works]
            whole = replace(
                pages[0].author,
                works_expected=len(seen),
                is_truncated=False,
                is_sorted=counts == sorted(counts, reverse=True),
            )
            pages[0] = replace(pages[0], author=whole)
        return pages

    async def _measured(
        self, target: Target, author: AuthorRecord, bibcodes: list[str]
    ) -> AuthorRecord:
        try:
            page = await self.get(target, "/metrics", bibcodes=bibcodes)
        except NotFound:
            return author
        stated = page.author
        if stated is None:
            raise LayoutChanged("ADS: no metrics came; update scholar-metrics or report this line")
        return replace(
            author,
            cited_by_count=stated.cited_by_count,
            h_index=stated.h_index,
            i10_index=stated.i10_index,
            counts_by_year=stated.counts_by_year,
            counts_by_year_meaning=stated.counts_by_year_meaning,
            anomalies=(*author.anomalies, *stated.anomalies),
            extra=stated.extra,
        )


def _params(target: Target, start: str) -> dict[str, str]:
    return {
        "q": f"orcid:{target.id.partition(':')[2]}",
        "fl": ",".join(FIELDS),
        "sort": "citation_count desc,bibcode desc",
        "rows": str(ROWS),
        "start": start,
    }
