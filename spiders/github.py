"""GitHub: stars of the repositories that other providers list beside papers.

With a token all repositories of an author are one GraphQL query (100 each, about a point of
5,000 an hour); without one each is a request of 60 an hour, also where it is unchanged: a 304 is
free with a token only.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spiders.base import ProviderSpider
from spiders.errors import BadRequest, BudgetSpent, NotFound, Truncated
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages.github import query, renamed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    import scrapy
    from scrapy.http import Response

    from spiders.items import Target, WorkRecord

BATCH = 100
"""Repositories a GraphQL query."""
KEYLESS = 60
"""Requests an hour that are answered without a token."""


class GitHubSpider(ProviderSpider):
    """Stars of every repository of each author."""

    name = "github"
    left: int | None = None

    def key_headers(self) -> dict[str, str]:
        """The token as GitHub documents it."""
        return {"Authorization": f"Bearer {self.api_key}"}

    def request(
        self, target: Target, path: str, params: Mapping[str, str] | None = None, **meta: Any
    ) -> scrapy.Request:
        """A GET, or a POST of `query`; both name the version of the API."""
        request = super().request(target, path, params, **meta)
        request.headers["Accept"] = "application/vnd.github+json"
        request.headers["X-GitHub-Api-Version"] = "2022-11-28"
        if "query" in meta:
            request.headers["Content-Type"] = "application/json"
            body = json.dumps({"query": meta["query"]})
            request = request.replace(method="POST", body=body.encode())
        return request

    def heed(self, response: Response) -> None:
        """Remember how many requests are left."""
        said = (response.headers.get("X-RateLimit-Remaining") or b"").decode("latin-1").strip()
        self.left = int(said) if said.isascii() and said.isdigit() else None

    async def read(self, target: Target) -> Sequence[ParsedPage]:
        """Every repository of the author; those that are gone are named."""
        asked = [i for i in target.follow if i.startswith("github:")]
        works, gone = await (
            self._many(target, asked) if self.api_key else self._each(target, asked)
        )
        if gone and not works:
            raise NotFound(f"GitHub shows none of the {len(gone)} repositories, e.g. {gone[0]}")
        if len(works) + len(gone) != len(asked):
            came = len(works) + len(gone)
            raise Truncated(
                f"incomplete: {came} of {len(asked)} repositories came; try again later"
            )
        moved = [w for w in works if "renamed_to" in w.extra]
        author = AuthorRecord(
            provider=self.name,
            author_id=None,
            works_expected=len(works),
            is_sorted=False,
            anomalies=(
                *(f"gone:{one.removeprefix('github:')}" for one in gone),
                *(
                    f"renamed:{w.record_id.partition(':')[2]}>{w.extra['renamed_to']}"
                    for w in moved
                ),
            ),
        )
        verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
        return [ParsedPage(verdict=verdict, author=author, works=tuple(works))]

    async def _each(
        self, target: Target, asked: Sequence[str]
    ) -> tuple[list[WorkRecord], list[str]]:
        if len(asked) > KEYLESS:
            raise BadRequest(
                f"set {self.provider.api_key_env}: {len(asked)} repositories are more than the "
                f"{KEYLESS} requests an hour that are answered without it"
            )
        works: list[WorkRecord] = []
        gone: list[str] = []
        for one in asked:
            self._afford(len(asked) - len(works) - len(gone))
            try:
                page = await self.get(target, f"/repos/{one.removeprefix('github:')}")
            except NotFound:
                gone.append(one)
            else:
                works += [renamed(work, one) for work in page.works]
        return works, gone

    async def _many(
        self, target: Target, asked: Sequence[str]
    ) -> tuple[list[WorkRecord], list[str]]:
        works: list[WorkRecord] = []
        gone: list[str] = []
        for start in range(0, len(asked), BATCH):
            batch = asked[start : start + BATCH]
            try:
                page = await self.get(target, "/graphql", query=query(batch))
            except NotFound:
                gone += batch
                continue
            told = page.author.anomalies if page.author else ()
            missing = {f"github:{name}" for name in map(_gone, told) if name}
            works += [work for work in page.works if work.record_id in batch]
            gone += [one for one in batch if one in missing]
        return works, gone

    def _afford(self, requests: int) -> None:
        if self.left is not None and self.left < requests:
            raise BudgetSpent(
                f"GitHub: {self.left} requests are left this hour and {requests} are needed: run "
                f"again in an hour, or set {self.provider.api_key_env}"
            )


def _gone(anomaly: str) -> str | None:
    kind, _, name = anomaly.partition(":")
    return name if kind == "gone" else None
