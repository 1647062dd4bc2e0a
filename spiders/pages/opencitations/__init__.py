"""OpenCitations answers: how often a DOI is cited, and by whom; of the Index v2 and of COCI v1.

Promise: a count is of one DOI, which stands in the address or in every row; a citing paper counts
once; 0 says nothing (an unknown DOI is answered with it too) and is `None`. Facts and their
sources: docs/providers/opencitations.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from spiders import ids
from spiders.items import PageVerdict, ParsedPage, WorkRecord
from spiders.pages import reading
from spiders.pages.opencitations.metadata import read_metadata
from spiders.pages.opencitations.refusals import refusal
from spiders.pages.opencitations.rows import PROVIDER, WHERE, cited_work, read_rows
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["MOST", "PROVIDER", "parse"]

MOST = 200_000
"""Rows that a query of theirs ends at: a count of as many is a cut one."""
_OPERATION = re.compile(
    r"/(citation-count|citations|citation|references|reference-count|venue-citation-count|metadata)"
    r"/(.+)$"
)


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of the index says; always one page.

    Args:
        url: Where it was read: a count names its DOI nowhere else.
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Not JSON, or not of one DOI, or a mandatory field is unusable.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: Refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status=status, headers=headers)
    if status is None and body.lstrip()[:1].isalpha():
        raise refusal(body, headers=headers)
    data = reading.load(body, where=WHERE)
    if isinstance(data, dict) and "error" in data and "results" not in data:
        raise refusal(body, status=status, headers=headers)
    operation, doi = _asked(url)
    if not isinstance(data, list):
        raise layout_changed(WHERE, "a list was expected")
    rows = [Fields.of(value, f"{WHERE}: row {i}") for i, value in enumerate(data)]
    works = _works(rows, operation, doi)
    verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
    return (ParsedPage(verdict=verdict, works=tuple(works)),)


def _works(rows: Sequence[Fields], operation: str | None, doi: str | None) -> list[WorkRecord]:
    kind = operation or _kind(rows)
    if kind == "citation-count":
        return [_counted(rows, doi)]
    if kind == "citations":
        return [cited_work(read_rows(rows), asked=doi, most=MOST)] if rows or doi else []
    if kind == "metadata":
        return [read_metadata(row) for row in rows]
    raise layout_changed(WHERE, "these rows are no count of citations, and none is made of them")


def _asked(url: str | None) -> tuple[str | None, str | None]:
    """Operation and DOI of an address."""
    try:
        found = _OPERATION.search(urlsplit(url or "").path)
    except ValueError:  # an address that is none
        found = None
    if not found:
        return None, None
    one = unquote(found[2])
    return found[1], None if found[1] == "metadata" else ids.doi(one)


def _kind(rows: Sequence[Fields]) -> str | None:
    """What rows are that came without an address.

    Several rows that cite one and the same paper are its citations. A single one may be anything.
    """
    if not rows:
        return None
    if all("citation_count" in row.data for row in rows):
        return "metadata"
    if "count" in rows[0].data:
        return "citation-count"
    if all({"citing", "cited", "oci"} <= row.data.keys() for row in rows):
        read = read_rows(rows)
        cited, citing = ({getattr(row, side) for row in read} for side in ("cited", "citing"))
        return "citations" if len(cited) == 1 < len(citing) else None
    return None


def _counted(rows: Sequence[Fields], doi: str | None) -> WorkRecord:
    if doi is None:
        raise layout_changed(
            WHERE, "whose count this is stands in its address only, and none is given (--url)"
        )
    if len(rows) != 1:
        raise layout_changed(WHERE, f"{len(rows)} counts came, and one was asked for")
    count = rows[0].required_count("count")
    return WorkRecord(
        provider=PROVIDER,
        record_id=f"doi:{doi}",
        title=None,
        ids=ids.from_doi(doi),
        cited_by_count=count if 0 < count < MOST else None,
        cited_by_count_raw=str(rows[0].data["count"]).strip(),
    )
