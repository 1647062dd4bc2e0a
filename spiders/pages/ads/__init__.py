"""ADS answers: a search for papers, the metrics of a set of papers, or a refusal.

Promise: every count is ADS's own, a paper without one raises, and stated figures are taken only
where the parts of the answer fit together. Facts and their sources: docs/providers/ads.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.items import ParsedPage
from spiders.pages import reading, refusing
from spiders.pages.ads.metrics import read_metrics
from spiders.pages.ads.papers import FIELDS, PROVIDER, WHERE
from spiders.pages.ads.refusals import refusal, stated_error
from spiders.pages.ads.search import read_search
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FIELDS", "PROVIDER", "parse"]


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of api.adsabs.harvard.edu says; always one page.

    Args:
        body: JSON of `/search/query` or of `/metrics`.
        url: Where it was read; it tells whom was asked for when the answer does not repeat it.
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Not JSON, or a mandatory field (numFound, bibcode, citation_count, an
            indicator) is unusable.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: ADS's refusals.
    """
    if not refusing.is_success(status):
        raise refusal(body, status=status or 0, headers=headers)
    if reading.is_html(body):
        raise refusing.web_page(WHERE, status)
    data = Fields.of(reading.load(body, where=WHERE), WHERE)
    if "response" in data.data:
        return (read_search(data, url=url),)
    if "indicators" in data.data or "citation stats" in data.data:
        return (read_metrics(data),)
    error = stated_error(body, data, headers=headers)
    if error is not None:
        raise error
    raise layout_changed(WHERE, "neither a response nor indicators are in it")
