"""One work of Crossref: its count, its dates, and what became of it (retractions, versions)."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import Fields, as_int, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVIDER = "crossref"
WHERE = "Crossref"
COUNT = "is-referenced-by-count"

SELECT = (
    "DOI",
    COUNT,
    "title",
    "type",
    "issued",
    "container-title",
    "author",
    "updated-by",
    "relation",
)
"""The fields of a work that are read here, for `select=`; an unknown one is answered with 400."""

_DATES = ("issued", "published", "published-print", "published-online")
_WHOLE_DATE = 3
# Types of an update that take a paper back, as Crossref's documentation of updates lists them.
_TAKEN_BACK = frozenset({"retraction", "withdrawal", "removal"})
_VERSIONS = ("is-preprint-of", "has-preprint", "is-version-of", "has-version")
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII | re.IGNORECASE)


def read_work(data: Fields, *, counted: bool = True) -> WorkRecord:
    """The record of a work; the DOI is mandatory, and so is the count where it was asked for."""
    stated = data.required_text("DOI")
    doi = ids.doi(stated) if _DOI.fullmatch(stated) else None
    if doi is None:
        raise layout_changed(data.where, f"DOI {reading.one_line(stated, limit=40)!r} is none")
    data = data.named(doi)
    authors = data.objects("author")
    year, date = _published(data)
    found = ids.from_doi(doi)
    return WorkRecord(
        provider=PROVIDER,
        record_id=f"doi:{doi}",
        title=reading.title(_first(data, "title")),
        year=year,
        publication_date=date,
        venue=reading.title(_first(data, "container-title")),
        work_type=data.text("subtype") or data.text("type"),
        authors=tuple(name for name in map(_name, authors) if name),
        authors_count=len(authors) or None,
        ids=found,
        cited_by_count=data.required_count(COUNT) if counted else data.count(COUNT),
        is_retracted=_is_retracted(data),
        url=f"https://doi.org/{doi}",
        extra=_versions(data),
    )


def _first(data: Fields, key: str) -> str | None:
    """The first text of a list; Crossref has lists for titles, and they may be empty."""
    value = data.data.get(key)
    if isinstance(value, str):
        return value
    texts = data.items(key) or ()
    if not all(isinstance(text, str) for text in texts):
        raise layout_changed(data.where, f"{key} holds something else than text")
    return next((text for text in texts if text.strip()), None)


def _name(author: Fields) -> str | None:
    parts = (author.text("given"), author.text("family"), author.text("suffix"))
    # An organisation has a name only.
    return " ".join(part for part in parts if part) or author.text("name")


def _published(data: Fields) -> tuple[int | None, str | None]:
    """Year and ISO date, as exact as they are, of the first date that says one."""
    for key in _DATES:
        date = data.object(key)
        parts = _date_parts(date) if date is not None else ()
        if parts:
            text = "-".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])])
            return parts[0], text
    return None, None


def _date_parts(date: Fields) -> tuple[int, ...]:
    """Year, month, day as far as they are said; `[[null]]` says nothing."""
    outer = date.items("date-parts") or ()
    if not outer or outer[0] is None:
        return ()
    if not isinstance(outer[0], list):
        raise layout_changed(date.where, "date-parts is no list of lists")
    found: list[int] = []
    for value, (least, most) in zip(outer[0], ((1, 9999), (1, 12), (1, 31)), strict=False):
        number = as_int(value)
        if value is not None and number is None:
            raise layout_changed(date.where, "date-parts holds something else than numbers")
        if number is None or not least <= number <= most:
            break
        found.append(number)
    return tuple(found[:_WHOLE_DATE])


def _is_retracted(data: Fields) -> bool | None:
    """`True` when an update took it back; the absence of one is no statement."""
    updates = data.objects("updated-by")
    kinds = {(update.text("type") or "").lower() for update in updates}
    return True if kinds & _TAKEN_BACK else None


def _versions(data: Fields) -> Mapping[str, str]:
    """Versions of the same paper that the publisher names, e.g. `has_preprint: doi:10.1101/1`.

    They are carried and not used as identifiers: two records with counts of their own stay two.
    """
    relation = data.object("relation")
    found: dict[str, str] = {}
    for kind in _VERSIONS if relation is not None else ():
        known = [one for one in relation.objects(kind) if one.text("id-type") == "doi"]  # type: ignore[union-attr]
        dois = [ids.doi(one.text("id")) for one in known]
        named = next((doi for doi in dois if doi), None)
        if named:
            found[kind.replace("-", "_")] = f"doi:{named}"
    return MappingProxyType(found)
