"""One paper of ADS: its count, and every identifier that other providers know it by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import layout_changed
from spiders.pages.refusing import given_name_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.pages.reading import Fields

PROVIDER = "ads"
WHERE = "ADS"

FIELDS = (
    "bibcode",
    "title",
    "citation_count",
    "doi",
    "year",
    "identifier",
    "author",
    "author_count",
    "pub",
    "doctype",
    "pubdate",
)
"""The fields of a paper that are asked for."""

# Months and days that nobody knows are 00.
_PUBDATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?(?:-(0[1-9]|[12]\d|3[01]))?(?:-00)*", re.ASCII)
_MOST_AUTHORS = 200
"""Names kept of a paper; a collaboration has thousands."""


def read_paper(data: Fields) -> WorkRecord:
    """The record of a paper; `bibcode` and `citation_count` are mandatory."""
    stated = data.required_text("bibcode")
    own = ids.normalise(f"bibcode:{stated}")
    if own is None:
        raise layout_changed(data.where, f"bibcode {reading.one_line(stated, limit=40)!r} is none")
    data = data.named(stated)
    authors = tuple(map(given_name_first, texts(data, "author")))
    said = data.count("author_count")
    return WorkRecord(
        provider=PROVIDER,
        record_id=own,
        title=reading.title(next(texts(data, "title"), None)),
        year=data.year("year"),
        publication_date=_date(data.text("pubdate")),
        venue=reading.title(data.text("pub")),
        work_type=data.text("doctype"),
        authors=authors[:_MOST_AUTHORS],
        authors_count=(len(authors) if said is None else said) or None,
        ids=_ids(own, data),
        cited_by_count=data.required_count("citation_count"),
        url=f"https://ui.adsabs.harvard.edu/abs/{stated.replace('&', '%26').replace('+', '%2B')}",
    )


def texts(data: Fields, key: str) -> Iterator[str]:
    """The texts of a field that is a list of them, or one.

    Raises:
        LayoutChanged: it is something else.
    """
    value = data.data.get(key)
    for one in value if isinstance(value, list) else [value]:
        if one is not None and not isinstance(one, str):
            raise layout_changed(data.where, f"{key} is no text")
        folded = reading.fold(one) if one else None
        if folded:
            yield folded


def _date(text: str | None) -> str | None:
    found = _PUBDATE.fullmatch(text or "")
    if not found:
        return None
    year, month, day = found.groups()
    return "-".join(filter(None, (year, month, day if month else None)))


def _ids(own: str, data: Fields) -> tuple[str, ...]:
    found = [own]
    for text in (*texts(data, "doi"), *texts(data, "identifier")):
        preprint = ids.arxiv(text) if text.lower().startswith("arxiv:") else None
        other = ids.normalise(f"bibcode:{text}")
        if preprint:
            found.append(f"arxiv:{preprint}")
        elif text.startswith("10."):
            found += ids.from_doi(text)
        elif other:
            found.append(other)
    return reading.unique(*found)
