"""ORCID by the iD: the works, which are the list, and the person, whose other ids `init` needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spiders.base import ProviderSpider
from spiders.errors import LayoutChanged, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import scrapy

    from spiders.items import ParsedPage, Target


class OrcidSpider(ProviderSpider):
    """The public record of each author, in two small requests.

    `/record` would be one, and holds every review and grant as well: megabytes for a busy person.
    """

    name = "orcid"

    def request(
        self, target: Target, path: str, params: Mapping[str, str] | None = None, **meta: Any
    ) -> scrapy.Request:
        """Asks for JSON: without this header the API answers with XML or a web page."""
        request = super().request(target, path, params, **meta)
        request.headers["Accept"] = "application/json"
        return request

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The works; the person whose they are is said beside them."""
        path = f"/v3.0/{target.id.partition(':')[2]}"
        page = await self.get(target, f"{path}/works")
        if page.author is None or page.total is not None:
            raise LayoutChanged("ORCID answered with something else than works")
        try:
            person = (await self.get(target, f"{path}/person")).author
        except NotFound:
            return [page]  # the list is there, and only the name is not
        if person is None or person.author_id != page.author.author_id:
            raise LayoutChanged(
                "ORCID answered with works and with a person that do not go together"
            )
        return [replace(page, author=person)]
