"""Notes what a provider says is left of its allowance, for the plan of the next run.

`X-RateLimit-Remaining` is what OpenAlex, GitHub and ADS send; `-Reset` are seconds at the first and
a POSIX time at the others.
"""

from __future__ import annotations

import re
from time import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,9})?", re.ASCII)
_A_POSIX_TIME = 1e9


class Allowance:
    """`allowance/left` and `allowance/until` (POSIX seconds) among the crawl's counters."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy once a crawl."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - Scrapy passes it by name
        """The response as it is."""
        left, reset = (_number(response, f"X-RateLimit-{name}") for name in ("Remaining", "Reset"))
        stats = self._crawler.stats
        if left is not None and reset is not None and stats is not None:
            until = reset if reset > _A_POSIX_TIME else time() + reset
            stats.set_value("allowance/left", left)
            stats.set_value("allowance/until", round(until))
        return response


def _number(response: Response, header: str) -> float | None:
    said = (response.headers.get(header) or b"").decode("latin-1").strip()
    return float(said) if _NUMBER.fullmatch(said) else None
