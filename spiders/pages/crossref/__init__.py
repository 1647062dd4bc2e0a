"""Crossref answers: a work, a list of works by DOI, a page by cursor, or a refusal.

Promise: every count is Crossref's own, a work without one raises unless it was not asked for, and
a list that ends before its own total is called truncated. Facts and their sources:
docs/providers/crossref.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from spiders.items import PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.crossref.refusals import refusal
from spiders.pages.crossref.works import COUNT, PROVIDER, SELECT, WHERE, read_work
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spiders.items import WorkRecord

__all__ = ["PROVIDER", "SELECT", "parse"]


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of api.crossref.org says; always one page.

    Args:
        url: Where it was read; it tells which fields were asked for (`select`).
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Not JSON, or a mandatory field (DOI, count, total-results) is unusable.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: Crossref's refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status=status, headers=headers)
    if status is None and reading.one_line(body[:80].decode("utf-8", "replace")).startswith(
        "Resource not found"
    ):
        raise refusal(body, status=404, headers=headers)
    data = Fields.of(reading.load(body, where=WHERE), WHERE)
    kind = data.required_text("message-type")
    if data.text("status") == "failed" or kind.endswith("-failure"):
        raise refusal(body, headers=headers)
    message = data.object("message")
    if message is None:
        raise layout_changed(WHERE, "message is missing")
    message = Fields(message.data, f"{WHERE}: message")
    selected = _selected(url)
    if kind == "work":
        work = read_work(message, counted=selected is None or COUNT in selected)
        return (ParsedPage(verdict=PageVerdict.PROFILE, works=(work,)),)
    if kind == "work-list":
        return (_list_page(message, selected),)
    raise layout_changed(WHERE, f"message-type is {kind!r}, neither a work nor a list of works")


def _selected(url: str | None) -> Sequence[str] | None:
    """Fields that an address asks for; `None` without a `select`, which is all of them."""
    try:
        said = parse_qs(urlsplit(url or "").query).get("select")
    except ValueError:  # an address that is none
        said = None
    return said[0].split(",") if said else None


def _list_page(message: Fields, selected: Sequence[str] | None) -> ParsedPage:
    total = message.required_count("total-results")
    if message.items("items") is None:
        raise layout_changed(message.where, "items is missing")
    items = message.objects("items")
    if len(items) > total:
        raise layout_changed(message.where, f"total-results is {total}, and {len(items)} came")
    # A saved list of which no work has a count did not ask for it.
    counted = any(COUNT in item.data for item in items) if selected is None else COUNT in selected
    works: dict[str, WorkRecord] = {}
    for item in items:
        work = read_work(item, counted=counted)
        known = works.setdefault(work.record_id, work)
        if known.cited_by_count != work.cited_by_count:
            raise layout_changed(item.where, f"{work.record_id} came before with another count")
    # A cursor is given on every page, the last one included: the list ends where none came.
    cursor = message.text("next-cursor") if items else None
    start = (message.object("query") or Fields({}, message.where)).count("start-index") or 0
    if total == 0 or (not items and "next-cursor" in message.data):
        verdict = PageVerdict.EMPTY
    elif cursor is None and start + len(items) < total:
        verdict = PageVerdict.TRUNCATED
    else:
        verdict = PageVerdict.PROFILE
    return ParsedPage(
        verdict=verdict,
        works=tuple(works.values()),
        total=total - (len(items) - len(works)),
        next_cursor=cursor,
    )
