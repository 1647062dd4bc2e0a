"""The least that Scrapy can do for a badge: one page, one number, one file, no project.

Usage: python benchmarks/bare_crawl.py URL FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response

_, URL, FILE = sys.argv


class BadgeSpider(scrapy.Spider):
    name = "badge"

    async def start(self) -> AsyncIterator[Any]:
        yield scrapy.Request(URL)

    def parse(self, response: Response) -> None:
        citations = response.css("#gsc_rsb_st td.gsc_rsb_std::text").get()
        if citations is None:
            sys.exit(f"{URL}: no citations on the page")
        badge = {"schemaVersion": 1, "label": "citations", "message": citations}
        Path(FILE).write_text(json.dumps(badge))


process = AsyncCrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
process.crawl(BadgeSpider)
process.start()
if not Path(FILE).is_file():
    sys.exit(f"{URL}: nothing was read")
