"""Crossref: counts of the papers that other providers list, some forty DOIs a request.

A `mailto:` in the user agent opens the polite pool (three lists a second); the headers of each
answer say what is allowed now, and are obeyed. DOIs of other agencies are not asked for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from spiders.base import ProviderSpider
from spiders.errors import BudgetSpent, NotFound, Truncated, Unavailable
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages.crossref import SELECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    import scrapy
    from scrapy.http import Response

    from spiders.items import Target

BATCH = 40
"""DOIs a request."""
LONGEST = 7500
"""Bytes of an address; servers refuse lines of more than 8,190."""
ALONE = 20
"""DOIs that may be asked for one by one: those with a comma, which ends a filter."""
_ELSEWHERE = ("10.48550/", "10.5281/", "10.6084/", "10.5061/", "10.7910/", "10.13140/")
# arXiv, Zenodo, figshare, Dryad, Dataverse and ResearchGate register at DataCite.
_ADDRESS = re.compile(r"\((?=[^()\s:]+@[^()\s]+\))")
_SLOWEST = 60.0
_TOO_MANY = 429


class CrossrefSpider(ProviderSpider):
    """Counts of every paper of each author."""

    name = "crossref"
    last_status: int | None = None

    def key_headers(self) -> dict[str, str]:
        """The header of Crossref's paid service."""
        return {"Crossref-Plus-API-Token": f"Bearer {self.api_key}"}

    def request(
        self, target: Target, path: str, params: Mapping[str, str] | None = None, **meta: Any
    ) -> scrapy.Request:
        """The address in the user agent as `mailto:`, which is what the polite pool looks for."""
        request = super().request(target, path, params, **meta)
        request.headers["User-Agent"] = _ADDRESS.sub("(mailto:", self.settings["USER_AGENT"])
        return request

    def heed(self, response: Response) -> None:
        """Go no faster than the answer allows."""
        self.last_status = response.status
        slot = self.crawler.engine.downloader.slots.get(self.name)
        allowed = _seconds_apart(response)
        if slot is not None and allowed is not None:
            jitter = self.settings.getfloat("DOWNLOAD_DELAY_JITTER")
            slot.delay = max(self.delay, allowed) / (1 - jitter)

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """Every DOI of the author that may be Crossref's; one that it lacks has no record."""
        try:
            return await self._read(target)
        except Unavailable as error:
            if self.last_status == _TOO_MANY:
                raise BudgetSpent(str(error), retry_after=error.retry_after) from None
            raise

    async def _read(self, target: Target) -> list[ParsedPage]:
        dois = [i.removeprefix("doi:") for i in target.follow if i.startswith("doi:")]
        dois = [doi for doi in dois if not doi.startswith(_ELSEWHERE)]
        alone = [doi for doi in dois if "," in doi]
        many = [doi for doi in dois if "," not in doi]
        pages = [await self._listed(target, batch) for batch in batches(many, self.base_url)]
        pages += [await self._single(target, doi) for doi in alone[:ALONE]]
        asked = {f"doi:{doi}" for doi in dois}
        pages = [replace(p, works=tuple(w for w in p.works if w.record_id in asked)) for p in pages]
        skipped = len(alone[ALONE:])
        author = AuthorRecord(
            provider=self.name,
            author_id=None,
            works_expected=sum(len(page.works) for page in pages),
            is_truncated=bool(skipped),
            is_sorted=False,
            anomalies=(f"not_asked:{skipped}",) if skipped else (),
        )
        empty = ParsedPage(verdict=PageVerdict.EMPTY)
        first, *others = pages or [empty]
        return [replace(first, author=author), *others]

    async def _listed(self, target: Target, dois: Sequence[str]) -> ParsedPage:
        page = await self.get(target, "/works", _params(dois))
        came, total = len(page.works), page.total
        if page.verdict is PageVerdict.TRUNCATED or total != came:
            raise Truncated(f"incomplete: {came} of {total} works came; try again later")
        return page

    async def _single(self, target: Target, doi: str) -> ParsedPage:
        try:
            return await self.get(target, f"/works/{quote(doi, safe='')}")
        except NotFound:
            return ParsedPage(verdict=PageVerdict.EMPTY)


def batches(dois: Sequence[str], base_url: str) -> Iterator[list[str]]:
    """DOIs as they fit into one address each."""
    batch: list[str] = []
    for doi in dois:
        longer = [*batch, doi]
        length = len(f"{base_url}/works?{urlencode(_params(longer), safe=':,*')}")
        if batch and (len(longer) > BATCH or length > LONGEST):
            yield batch
            longer = [doi]
        batch = longer
    if batch:
        yield batch


def _params(dois: Sequence[str]) -> dict[str, str]:
    return {
        "filter": ",".join(f"doi:{doi}" for doi in dois),
        # More than were asked for, so that a DOI that is there twice is seen and not cut off.
        "rows": str(2 * BATCH),
        "select": ",".join(SELECT),
    }


def _seconds_apart(response: Response) -> float | None:
    """Seconds between requests out of `x-rate-limit-limit` and `x-rate-limit-interval`."""
    limit = (response.headers.get("X-Rate-Limit-Limit") or b"").decode("latin-1")
    interval = (response.headers.get("X-Rate-Limit-Interval") or b"").decode("latin-1")
    found = re.fullmatch(r"(\d{1,5})(s|m)?", interval.strip(), re.ASCII)
    if not found or not re.fullmatch(r"[1-9]\d{0,5}", limit.strip(), re.ASCII):
        return None
    seconds = int(found[1]) * (60 if found[2] == "m" else 1)
    return min(seconds / int(limit), _SLOWEST)
