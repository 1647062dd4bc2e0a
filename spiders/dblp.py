"""dblp by the person: one document, which holds the whole list and says how long it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from spiders.base import ProviderSpider
from spiders.errors import (
    BadRequest,
    Blocked,
    BudgetSpent,
    LayoutChanged,
    NotFound,
    ProviderError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.items import ParsedPage, Target


class DblpSpider(ProviderSpider):
    """The page of each author."""

    name = "dblp"
    # The bot wall comes with status 500, and asking again does not open it.
    final: ClassVar[tuple[type[ProviderError], ...]] = (BadRequest, Blocked, BudgetSpent, NotFound)

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The records under a pid."""
        page = await self.get(target, f"/pid/{target.id.partition(':')[2]}.xml")
        if page.author is None:
            raise LayoutChanged("dblp answered with something else than a person")
        return [page]
