"""How the providers cut answers out of what they know, so that paging is exercised as in life.

Each reply is pure: everything known and the request's query in, status and JSON document out.
Wrong requests are refused the way the provider refuses them, so that they show in tests.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Item: TypeAlias = Mapping[str, Any]
Reply: TypeAlias = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way of answering out of a JSON document."""

    reply: Callable[[Any, Mapping[str, str]], Reply]
    """Status and document to answer a query with, out of the whole document."""
    fits: Callable[[object], bool]
    """Whether it can answer out of this document."""
    shape: str
    """What the document must be, in words."""


# help.openalex.org: per_page is at most 100; 200 is deprecated, and still accepted.
_OPENALEX_MAX_PER_PAGE = 200
_OPENALEX_PER_PAGE = 25
_OPENALEX_AUTHOR_FILTERS = {
    "author.id": "id",
    "authorships.author.id": "id",
    "author.orcid": "orcid",
    "authorships.author.orcid": "orcid",
}

# Swagger file of the Graph API, /author/{author_id}/papers: limit is at most 1000.
_S2_MAX_LIMIT = 1000
_S2_LIMIT = 100
_S2_PAPER_FIELDS = frozenset(
    (
        *("paperId", "corpusId", "externalIds", "url", "title", "abstract", "venue", "year"),
        *("publicationVenue", "publicationTypes", "publicationDate", "journal", "authors"),
        *("referenceCount", "citationCount", "influentialCitationCount", "citations"),
        *("isOpenAccess", "openAccessPdf", "fieldsOfStudy", "s2FieldsOfStudy", "references"),
        *("citationStyles", "embedding", "tldr"),
    )
)


_S2_AUTHOR_FIELDS = frozenset(
    (
        *("authorId", "externalIds", "url", "name", "affiliations", "homepage"),
        *("paperCount", "citationCount", "hIndex", "papers"),
    )
)


def openalex_works(items: Sequence[Item], query: Mapping[str, str]) -> Reply:
    """A page of OpenAlex `/works`: `filter`, `select`, `per_page`, and `cursor` or `page`.

    As there, a page shorter than `per_page` has no next cursor, and a full last page has one.
    """
    if "limit" in query:
        return _openalex_error("limit is not a valid parameter. Use per_page instead.")
    per_page = _whole(query.get("per_page", query.get("per-page")), _OPENALEX_PER_PAGE)
    if per_page is None or not 1 <= per_page <= _OPENALEX_MAX_PER_PAGE:
        return _openalex_error("per_page parameter must be between 1 and 200")
    found = items
    for clause in filter(None, query.get("filter", "").split(",")):
        matching = _openalex_filter(found, clause)
        if matching is None:
            return _openalex_error(f"{clause} is not a valid filter here")
        found = matching
    start = _openalex_start(query, per_page)
    if start is None:
        return _openalex_error("Cursor or page is invalid.")
    page = found[start : start + per_page]
    meta: dict[str, Any] = {"count": len(found), "db_response_time_ms": 1, "per_page": per_page}
    if "cursor" in query:
        more = len(page) == per_page
        meta |= {"page": None, "next_cursor": _encode(start + per_page) if more else None}
    else:
        meta |= {"page": start // per_page + 1}
    meta |= {"groups_count": None, "cost_usd": 0.0001}
    fields = [name for name in query.get("select", "").split(",") if name]
    return 200, {"meta": meta, "results": [_cut(item, fields) for item in page], "group_by": []}


def semantic_scholar_author(author: Item, query: Mapping[str, str]) -> Reply:
    """Semantic Scholar `/author/{id}`: `fields`, those of papers as `papers.title`."""
    fields = _fields(query, "name")
    nested = [name.removeprefix("papers.") for name in fields if name.startswith("papers.")]
    roots = [name.partition(".")[0] for name in fields]
    wrong = {*roots} - _S2_AUTHOR_FIELDS | _wrong_papers(nested)
    if wrong:
        return _s2_unsupported(wrong)
    found = _cut(author, ["authorId", *roots])
    if "papers" in roots:
        papers = [_paper(paper, nested or ["title"]) for paper in author["papers"]]
        found = {**found, "papers": papers}
    return 200, found


def semantic_scholar_papers(author: Item, query: Mapping[str, str]) -> Reply:
    """A page of Semantic Scholar `/author/{id}/papers`: `fields`, `offset` and `limit`.

    As there, `next` is absent on the last page, and nothing says how many papers there are.
    """
    items: Sequence[Item] = author["papers"]
    offset = _whole(query.get("offset"), 0)
    limit = _whole(query.get("limit"), _S2_LIMIT)
    if offset is None or limit is None or not 1 <= limit <= _S2_MAX_LIMIT:
        return 400, {"error": "Unacceptable query params: [offset, limit]"}
    fields = _fields(query, "title")
    wrong = _wrong_papers(fields)
    if wrong:
        return _s2_unsupported(wrong)
    document: dict[str, Any] = {"offset": offset}
    if offset + limit < len(items):
        document["next"] = offset + limit
    document["data"] = [_paper(item, fields) for item in items[offset : offset + limit]]
    return 200, document


def _is_list(document: object) -> bool:
    return isinstance(document, list)


def _is_author(document: object) -> bool:
    return isinstance(document, dict) and isinstance(document.get("papers"), list)


KINDS: dict[str, Kind] = {
    "openalex_works": Kind(reply=openalex_works, fits=_is_list, shape="list of works"),
    "semantic_scholar_author": Kind(
        reply=semantic_scholar_author, fits=_is_author, shape="author with a list `papers`"
    ),
    "semantic_scholar_papers": Kind(
        reply=semantic_scholar_papers, fits=_is_author, shape="author with a list `papers`"
    ),
}
"""Kinds of routes that answer by the query, by name."""


def _fields(query: Mapping[str, str], default: str) -> list[str]:
    return [name for name in query.get("fields", default).split(",") if name]


def _wrong_papers(fields: Sequence[str]) -> set[str]:
    return {name for name in fields if name.partition(".")[0] not in _S2_PAPER_FIELDS}


def _paper(paper: Item, fields: Sequence[str]) -> Item:
    return _cut(paper, ["paperId", *(name.partition(".")[0] for name in fields)])


def _s2_unsupported(names: set[str]) -> Reply:
    return 400, {"error": f"Unrecognized or unsupported fields: [{', '.join(sorted(names))}]"}


def _openalex_filter(items: Sequence[Item], clause: str) -> Sequence[Item] | None:
    name, _, value = clause.partition(":")
    field = _OPENALEX_AUTHOR_FILTERS.get(name)
    if field is None:
        return None
    wanted = {_last_part(one) for one in value.split("|")}
    return [
        item
        for item in items
        if any(_last_part(a["author"].get(field)) in wanted for a in item["authorships"])
    ]


def _openalex_start(query: Mapping[str, str], per_page: int) -> int | None:
    cursor = query.get("cursor")
    if cursor is None:
        page = _whole(query.get("page"), 1)
        return (page - 1) * per_page if page else None
    return 0 if cursor == "*" else _decode(cursor)


def _openalex_error(message: str) -> Reply:
    return 400, {"error": "Invalid query parameters error.", "message": message}


def _last_part(address: str | None) -> str | None:
    return address.rstrip("/").rpartition("/")[2] if address else None


def _cut(item: Item, fields: Sequence[str]) -> Item:
    return {name: item[name] for name in fields if name in item} if fields else item


def _whole(text: str | None, default: int) -> int | None:
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() else None


def _encode(start: int) -> str:
    return base64.urlsafe_b64encode(f"start={start}".encode()).decode()


def _decode(cursor: str) -> int | None:
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        return None
    name, _, value = text.partition("=")
    return _whole(value, 0) if name == "start" else None
