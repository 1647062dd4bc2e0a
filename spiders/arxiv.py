"""arXiv by the person: one feed, which holds the whole list.

Not `api/query?search_query=au:...`, which finds people of the same surname. One request in 3 s
and one connection at a time, for all machines of a person together, are the terms of its API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.base import ProviderSpider
from spiders.errors import LayoutChanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.items import ParsedPage, Target


class ArxivSpider(ProviderSpider):
    """The feed of each author."""

    name = "arxiv"
    max_retries = 1

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The papers under an ORCID iD that the author linked, or under arXiv's own author id."""
        page = await self.get(target, f"/a/{target.id.partition(':')[2]}.atom2")
        if page.author is None:
            raise LayoutChanged("arXiv answered with something else than a person's feed")
        return [page]
