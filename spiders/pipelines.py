"""What `scrapy crawl` by hand does with items: one JSON document a line on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import fields
from typing import Any


class PrintItems:
    """Prints each item; `pipeline.collect` does without it."""

    def process_item(self, item: Any) -> Any:
        """Print and pass on."""
        sys.stdout.write(json.dumps(item, default=_plain, ensure_ascii=False) + "\n")
        return item


def _plain(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    return {f.name: getattr(value, f.name) for f in fields(value)}
