"""SerpApi answers: a Google Scholar profile as JSON, a further page of its papers, or a refusal.

Promise: whose profile it is is told by `search_parameters.author_id`; figures are read by their
place, since their names are localised and dated; a count that is not said is unknown, not 0.
Addresses of the vendor's (they carry paths of the account, and keys) are never kept. Facts and
their sources: docs/providers/serpapi.md.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from spiders.errors import NotFound, Unavailable
from spiders.items import PageVerdict, ParsedPage
from spiders.pages import reading, refusing
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.serpapi.articles import PROVIDER, WHERE, read_articles
from spiders.pages.serpapi.profile import author_id_of, read_author
from spiders.pages.serpapi.refusals import UNKNOWN, is_no_results, refusal, stated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.items import WorkRecord

__all__ = ["NUM", "PROVIDER", "parse"]

NUM = 100
"""Papers a page: the most that are allowed."""
_DEFAULT_NUM = 20
_LONGEST = 4000
_START = re.compile(r"[?&](?:start|cstart)=(\d{1,6})(?:&|$)", re.ASCII)
_UNFINISHED = frozenset({"Processing", "Queued"})


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of serpapi.com/search.json says; always one page.

    Args:
        body: JSON of the engine `google_scholar_author`.
        url: Where it was read; it tells which part of the list this is when the answer does not.
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Not JSON, or the id, the name, the table or an article is unusable.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: Refusals.
    """
    if not refusing.is_success(status):
        raise refusal(body, status=status or 0, headers=headers)
    if reading.is_html(body):
        raise refusing.web_page(WHERE, status)
    data = Fields.of(reading.load(body, where=WHERE), WHERE)
    asked = _asked(data, url)
    state = (data.object("search_metadata") or Fields({}, WHERE)).text("status")
    if data.data.get("error") is not None or state == "Error":
        said = refusing.words(data.data.get("error"))
        if not is_no_results(said):
            raise stated(body, said, is_failed=state == "Error", headers=headers)
        if not asked.get("start"):
            raise NotFound(f"{WHERE}: {UNKNOWN} ({said})")
        return (ParsedPage(verdict=PageVerdict.EMPTY),)
    if state in _UNFINISHED:
        raise Unavailable(f"{WHERE} is still searching ({state}); run again later")
    return (_page(data, asked),)


def _page(data: Fields, asked: Mapping[str, int]) -> ParsedPage:
    start, num = asked.get("start", 0), asked.get("num", _DEFAULT_NUM)
    works, rows = read_articles(data)
    author_id = author_id_of(data, works)
    pagination = data.object("serpapi_pagination")
    after = pagination.text("next") if pagination else None
    found = _START.search(after or "")
    if after is not None and (not found or int(found[1]) <= start):
        raise layout_changed(WHERE, "serpapi_pagination.next leads nowhere")
    has_more = after is not None or rows >= num
    is_short = found is not None and int(found[1]) != start + rows
    author = None
    if start == 0:
        author = read_author(data, author_id=author_id, works=works, is_cut=has_more or is_short)
        # Seen in April 2026: a profile that is cited, and no articles.
        if not works and author.cited_by_count:
            is_short = True
            author = replace(author, is_truncated=True, works_expected=None)
    return ParsedPage(
        verdict=_verdict(works, is_short=is_short),
        author=author,
        works=works,
        next_cursor=str(start + rows) if has_more and rows else None,
    )


def _verdict(works: tuple[WorkRecord, ...], *, is_short: bool) -> PageVerdict:
    if is_short:
        return PageVerdict.TRUNCATED
    return PageVerdict.PROFILE if works else PageVerdict.EMPTY


def _asked(data: Fields, url: str | None) -> Mapping[str, int]:
    """`start` and `num` as the answer repeats them, else as its address says."""
    said = data.object("search_parameters")
    try:
        query = parse_qs(urlsplit((url or "")[:_LONGEST]).query, max_num_fields=50)
    except ValueError:
        query = {}
    found: dict[str, int] = {}
    for name in ("start", "num"):
        value = said.data.get(name) if said else None
        number = reading.as_int((query.get(name) or [""])[0] if value is None else value)
        if number is not None and number >= 0:
            found[name] = number
    return found
