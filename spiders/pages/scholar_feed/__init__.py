"""Scholar Feed: an author's page as text or HTML, or the JSON of its API.

Promise: its figures are carried as its own. A score is never a count, no paper has a citation
count here, and figures that cannot be true together (an h-index above the number of papers) are
carried as they stand, for checks to tell. What does not fit the grammar raises with its line.
Facts and their sources: docs/providers/scholar_feed.md.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders.items import AuthorRecord, PageVerdict, ParsedPage, WorkRecord
from spiders.pages import reading, refusing
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.scholar_feed import api, dates, grammar, text
from spiders.pages.scholar_feed.api import PER_PAGE, PROVIDER
from spiders.pages.scholar_feed.figures import impossible
from spiders.pages.scholar_feed.grammar import WHERE
from spiders.pages.scholar_feed.refusals import refusal
from spiders.pages.slugs import distinct, slug

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["PER_PAGE", "parse"]

_ADDRESS = re.compile(r"/authors?/(\d{1,12})(?:[/?#]|$)", re.ASCII)
_API = re.compile(r"/public/authors/[^/?#]{1,20}(?:/papers)?(?:[?#]|$)")


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an author's page, or an answer of the API, says; always one page.

    Args:
        url: Where it was read: the page itself does not say whose number it has.
        status: HTTP status; `None` for a saved file.
        headers: Response headers; `Date` says which year a date without one is of.

    Raises:
        LayoutChanged: A line or field does not fit.
        Truncated: Fewer papers came than are announced.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: Refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status, headers)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        data = Fields.of(reading.load(body, where=WHERE), WHERE)
        if "error" in data.data and "papers" not in data.data:
            raise refusal(body, 400, headers)
        return (api.read(data),)
    if _API.search(url or ""):
        if reading.is_html(body):
            raise refusing.web_page(WHERE, status)
        raise layout_changed(WHERE, "the answer of its API is not JSON")
    head, records = grammar.read(text.lines(body))
    at = dates.captured(headers)
    taken: dict[str, int] = {}
    works = tuple(_work(record, at=at, taken=taken) for record in records)
    undated = sum(1 for work in works if work.year is None)
    address = url if _ADDRESS.search(url or "") else text.canonical(body)
    author = _author(head, address=address, undated=undated)
    verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
    return (ParsedPage(verdict=verdict, author=author, works=works, total=len(works)),)


def _author(head: grammar.Head, *, address: str | None, undated: int) -> AuthorRecord:
    found = _ADDRESS.search(address or "")
    number = found[1] if found else None
    figures = {key: grammar.number(value) for key, value in head.figures.items()}
    own: dict[str, float | int | str] = {"category": head.category}
    own |= {key: figures[key] for key in ("novelty", "ai_score") if key in figures}
    noticed = impossible(
        papers=figures["works_count"],
        citations=figures["cited_by_count"],
        h_index=figures["h_index"],
    )
    return AuthorRecord(
        provider=PROVIDER,
        author_id=number,
        name=head.name,
        ids=(f"{PROVIDER}:{number}",) if number else (),
        works_count=figures["works_count"],
        cited_by_count=figures["cited_by_count"],
        h_index=figures["h_index"],
        works_expected=head.records,
        is_sorted=False,
        anomalies=(*noticed, f"years_unknown:{undated}") if undated else noticed,
        extra=MappingProxyType(own),
        raw=MappingProxyType(dict(head.figures)),
        url=f"https://www.scholarfeed.org/author/{number}" if number else None,
    )


def _work(record: grammar.Record, *, at: date | None, taken: dict[str, int]) -> WorkRecord:
    try:
        day = dates.day(record.month, record.day, record.year, at=at)
    except ValueError:
        where = f"{WHERE}: line {record.line.number}"
        raise layout_changed(where, f"{record.shown!r} is no day of the calendar") from None
    extra: dict[str, float | int | str] = {
        "category": record.category,
        "date": record.shown,
        "abstract": record.abstract,
    }
    if record.score is not None:
        extra["score"] = float(record.score)
    if record.has_code:
        extra["has_code"] = 1
    if record.lab is not None:
        extra["lab"] = record.lab
    record_id = f"{PROVIDER}:{distinct(slug(record.title), taken)}"
    return WorkRecord(
        provider=PROVIDER,
        record_id=record_id,
        title=record.title,
        year=day.year if day else None,
        publication_date=day.isoformat() if day else None,
        authors=record.authors,
        authors_count=None if record.is_cut else len(record.authors),
        ids=(record_id,),
        extra=MappingProxyType(extra),
    )
