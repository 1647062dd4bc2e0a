"""GitHub answers: one repository by REST, many by GraphQL, or a refusal.

Promise: stars are GitHub's own, a repository that is there without them raises, and one that is
gone is named and never counted as 0. Facts and their sources: docs/providers/github.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import NotFound
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.github.refusals import graphql_refusal, refusal
from spiders.pages.github.repositories import (
    PROVIDER,
    WHERE,
    asked_for,
    query,
    read_node,
    read_repository,
    renamed,
)
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.items import WorkRecord

__all__ = ["PROVIDER", "parse", "query", "renamed"]

_GONE = frozenset({"NOT_FOUND", "FORBIDDEN"})
"""Types of errors of one repository in a GraphQL answer: deleted, private, or taken down."""


def parse(
    body: bytes,
    *,
    url: str | None = None,  # noqa: ARG001  # all page modules are called alike
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of api.github.com says; always one page.

    Args:
        url: Where it was read; answers of this API tell all by themselves.
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Not JSON, or a mandatory field (name, stars) is unusable.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: GitHub's refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status=status, headers=headers)
    if status is None and reading.is_html(body):
        raise refusal(body, status=503, headers=headers)
    data = Fields.of(reading.load(body, where=WHERE), WHERE)
    if "data" in data.data or "errors" in data.data:
        return (_graphql(data, headers),)
    if not {"full_name", "stargazers_count"} & data.data.keys() and _is_refusal(data):
        raise refusal(body, headers=headers)
    return (ParsedPage(verdict=PageVerdict.PROFILE, works=(read_repository(data),)),)


def _is_refusal(data: Fields) -> bool:
    return any(isinstance(data.data.get(key), str) for key in ("message", "error"))


def _graphql(data: Fields, headers: Mapping[str, str] | None) -> ParsedPage:
    """Repositories by alias; those that are gone stand in the author's anomalies."""
    errors = data.objects("errors")
    missing: set[str] = set()
    for error in errors:
        path = error.items("path") or ()
        if error.text("type") not in _GONE or not path:
            raise graphql_refusal(error, headers=headers)
        missing.add(str(path[0]))
    found = data.object("data")
    if found is None:
        raise layout_changed(WHERE, "data is missing, and no error says why")
    works: dict[str, WorkRecord] = {}
    gone: list[str] = []
    for alias, node in found.data.items():
        if alias == "rateLimit":
            continue
        asked = asked_for(alias)
        if node is None:
            gone.append(asked or f"github:{alias}")
            continue
        if alias in missing:
            raise layout_changed(WHERE, f"{alias} is gone and there at the same time")
        work = read_node(Fields.of(node, f"{WHERE}: data.{alias}"), asked=asked)
        if works.setdefault(work.record_id, work) is not work:
            raise layout_changed(WHERE, f"{work.record_id} came twice")
    if not works and gone:
        raise NotFound(f"{WHERE} has none of {len(gone)} repositories, e.g. {gone[0]}")
    author = AuthorRecord(
        provider=PROVIDER,
        author_id=None,
        works_expected=len(works),
        is_sorted=False,
        anomalies=tuple(f"gone:{name.removeprefix('github:')}" for name in gone),
    )
    verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
    return ParsedPage(verdict=verdict, author=author, works=tuple(works.values()))
