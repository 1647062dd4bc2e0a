"""Searches for people: who may be meant by a name, or stands on known papers.

Nobody is ever taken from these by themselves: what they find is shown to a person, or held against
what providers state. They go to the same hosts, at the same pace, as a refresh does.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from spiders.answers import pages_of
from spiders.base import ProviderSpider
from spiders.errors import BudgetSpent, ProviderError
from spiders.items import AuthorRecord, CandidateItem, FailureItem, PageItem
from spiders.openalex import OpenAlexSpider
from spiders.pages.semantic_scholar.candidates import FIELDS as PAPER_FIELDS
from spiders.semantic_scholar import SemanticScholarSpider

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spiders.items import ParsedPage, Target

FOUND = 10
"""Profiles that a search by name may bring."""
SEARCH_CREDITS = 10
"""What OpenAlex takes for a search; a list costs 1."""
EXAMPLES = 5
"""Profiles of OpenAlex of which two papers are looked up, 1 credit each."""
_BATCH = 100
"""Papers that Semantic Scholar is asked about at once, of the 500 that it allows."""
_TOO_MANY = 429
_PREFIXES = {"doi": "DOI", "arxiv": "ARXIV"}
_PERSON = ("name", "affiliations", "externalIds", "paperCount", "citationCount", "hIndex")
_TITLES = ("papers.title", "papers.year", "papers.citationCount")


class CandidateSpider(ProviderSpider):
    """A spider whose pages are profiles: each becomes a `CandidateItem`."""

    with_examples: ClassVar[bool] = False
    """Whether some titles of each profile are wanted."""

    async def _ask(self, target: Target) -> Sequence[Any]:
        items = await super()._ask(target)
        if any(isinstance(item, FailureItem) for item in items):
            return items
        found = [
            CandidateItem(
                provider=self.name,
                author_key=target.author_key,
                author=item.author,
                works=item.works,
            )
            for item in items
            if isinstance(item, PageItem) and item.author is not None
        ]
        nobody = AuthorRecord(provider=self.name, author_id=None)
        end = PageItem(
            provider=self.name,
            author_key=target.author_key,
            author=nobody,
            works=(),
            is_last=True,
        )
        return [*found, end]

    async def search(
        self,
        target: Target,
        path: str,
        params: Mapping[str, str],
        *,
        ids: Sequence[str] | None = None,
    ) -> tuple[ParsedPage, ...]:
        """All profiles that an address answers with; `ids` are posted, where there are any."""
        request = self.request(target, path, params)
        if ids is not None:
            request = request.replace(method="POST", body=json.dumps({"ids": [*ids]}))
            request.headers["Content-Type"] = "application/json"
        response = await self._send(request)
        self.heed(response)
        try:
            return pages_of(self.parse_page, response)
        except ProviderError as error:
            raise self._judged(error, response) from None


class OpenAlexCandidates(CandidateSpider, OpenAlexSpider):
    """Authors by name: `name:Ada Lovelace` as the target's id."""

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The best matches, most fitting first."""
        self._afford(SEARCH_CREDITS)
        params = {"search": target.id.partition(":")[2], "per_page": str(FOUND)}
        pages = [p for p in await self.search(target, "/authors", params) if p.author is not None]
        if not self.with_examples:
            return pages
        shown = [await self._with_titles(target, page) for page in pages[:EXAMPLES]]
        return [*shown, *pages[EXAMPLES:]]

    async def _with_titles(self, target: Target, page: ParsedPage) -> ParsedPage:
        author = page.author.author_id if page.author else None
        params = {
            "filter": f"author.id:{author}",
            "per_page": "2",
            "sort": "cited_by_count:desc",
            "select": "id,title,publication_year,cited_by_count",
        }
        try:
            self._afford(1)
            found = await self.get(target, "/works", params)
        except ProviderError:  # the profile is worth showing without them
            return page
        return replace(page, works=found.works)


class OpenAlexExamples(OpenAlexCandidates):
    """The same, with two papers of the first ones."""

    with_examples = True


class SemanticScholarCandidates(CandidateSpider, SemanticScholarSpider):
    """Authors of known papers (`Target.follow`), or by name where there are none."""

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The profiles; those of papers come with the papers that name them."""
        self.last_status = None
        try:
            if target.follow:
                params = {"fields": ",".join(PAPER_FIELDS)}
                known = [paper_id(i) for i in target.follow[:_BATCH]]
                return await self.search(target, "/paper/batch", params, ids=known)
            fields = (*_PERSON, *_TITLES) if self.with_examples else _PERSON
            params = {"query": target.id.partition(":")[2], "fields": ",".join(fields)}
            return await self.search(target, "/author/search", {**params, "limit": str(FOUND)})
        except BudgetSpent:
            raise
        except ProviderError as error:
            if self.last_status == _TOO_MANY:
                raise self._no_capacity(error) from None
            raise


class SemanticScholarExamples(SemanticScholarCandidates):
    """The same, with the papers' titles."""

    with_examples = True


class DblpCandidates(CandidateSpider):
    """People of dblp by name."""

    name = "dblp"

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """The best matches of its search."""
        params = {"q": target.id.partition(":")[2], "format": "json", "h": str(FOUND)}
        return await self.search(target, "/search/author/api", params)


def paper_id(identifier: str) -> str:
    """A paper's id as Semantic Scholar takes it: `DOI:10.1/x`, `ARXIV:2311.16503`."""
    scheme, _, value = identifier.partition(":")
    return f"{_PREFIXES[scheme]}:{value}"
