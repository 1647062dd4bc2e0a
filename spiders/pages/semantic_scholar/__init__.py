"""Semantic Scholar answers: an author, a page or batch of papers, a batch of authors, a refusal.

Promise: a count that is null stays unknown, totals that cannot be right are named as anomalies
and kept as read, and a list that shows fewer papers than are counted is called truncated.
Facts and their sources: docs/providers/semantic_scholar.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from spiders.errors import NotFound
from spiders.items import PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.semantic_scholar.authors import AUTHOR_FIELDS, read_author
from spiders.pages.semantic_scholar.papers import PAPER_FIELDS, PROVIDER, WHERE, read_papers
from spiders.pages.semantic_scholar.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["AUTHOR_FIELDS", "PAGE_LIMIT", "PAPER_FIELDS", "PROVIDER", "parse"]

PAGE_LIMIT = 500
"""Papers a page. 1,000 are allowed, but answers that grow heavy end in a 504 (s2-folks#58), whose
reporters were told to ask for 500; 300 papers still cost one request, and 1,000 two."""


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of the Graph API says: a page each author, or one page of papers.

    Args:
        url: Where it was read; how many papers were asked for stands in it.
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Not JSON, or an id or a count is unusable.
        NotFound, BadRequest, Blocked, Unavailable: The provider's refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status=status, headers=headers)
    answer = reading.load(body, where=WHERE)
    if isinstance(answer, list):
        if urlsplit(url or "").path.endswith("/papers"):
            raise layout_changed(WHERE, "a bare list came in place of a page of papers")
        return _batch(answer)
    data = Fields.of(answer, WHERE)
    if "authorId" in data.data:
        return (read_author(data),)
    if "paperId" in data.data:
        return (ParsedPage(verdict=PageVerdict.PROFILE, works=read_papers((data,))),)
    if "data" in data.data:
        people = urlsplit(url or "").path.endswith("/author/search")
        return _people(data) if people else (_papers_page(data, limit=_limit(url)),)
    if "error" in data.data or "message" in data.data:
        raise refusal(body, headers=headers)
    raise layout_changed(WHERE, "neither an author, nor a paper, nor a list is in it")


def _batch(answer: list[Any]) -> tuple[ParsedPage, ...]:
    # An id that nobody has stands as null in its place (recorded, December 2024).
    known = [
        Fields.of(value, f"{WHERE}: [{i}]") for i, value in enumerate(answer) if value is not None
    ]
    if not answer:
        raise layout_changed(WHERE, "an empty list came")
    if not known:
        raise NotFound(
            f"{WHERE} knows none of the {len(answer)} ids asked for;"
            " look them up at semanticscholar.org and correct the configuration"
        )
    if all("authorId" in entry.data and "paperId" not in entry.data for entry in known):
        return tuple(read_author(entry) for entry in known)
    return (ParsedPage(verdict=PageVerdict.PROFILE, works=read_papers(known)),)


def _people(data: Fields) -> tuple[ParsedPage, ...]:
    """A page each author that a search found, maybe none."""
    return tuple(read_author(entry) for entry in data.objects("data"))


def _limit(url: str | None) -> int | None:
    """How many papers were asked for."""
    said = parse_qs(urlsplit(url or "").query).get("limit", [""])[0]
    return reading.as_int(said) or None


def _papers_page(data: Fields, *, limit: int | None) -> ParsedPage:
    entries = data.items("data")
    if entries is None:
        raise layout_changed(WHERE, "data is null")
    offset, following = data.count("offset"), data.count("next")
    if following is not None and following <= (offset or 0):
        raise layout_changed(WHERE, f"next ({following}) does not lead past offset ({offset})")
    if limit is not None and len(entries) > limit:
        raise layout_changed(WHERE, f"{limit} papers were asked for, and {len(entries)} came")
    if following is None and limit is not None and len(entries) == limit:
        # A full page may be the last one: the next one is then empty.
        following = (offset or 0) + len(entries)
    papers = [
        Fields.of(value, f"{WHERE}: data[{i}]")
        for i, value in enumerate(entries)
        if value is not None
    ]
    is_empty = not papers and not offset and following is None
    return ParsedPage(
        verdict=PageVerdict.EMPTY if is_empty else PageVerdict.PROFILE,
        works=read_papers(papers),
        total=data.count("total"),
        next_cursor=None if following is None else str(following),
    )
