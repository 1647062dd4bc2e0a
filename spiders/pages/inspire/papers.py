"""One paper of INSPIRE: its count with and without self-citations, and its ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import layout_changed
from spiders.pages.refusing import given_name_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.pages.reading import Fields

PROVIDER = "inspire"
WHERE = "INSPIRE"

FIELDS = (
    "titles",
    "citation_count",
    "citation_count_without_self_citations",
    "dois",
    "arxiv_eprints",
    "publication_info",
    "earliest_date",
    "document_type",
    "control_number",
    "author_count",
    "first_author",
)
"""The fields of a paper that are asked for; all names of a collaboration are 3,000 a paper."""


def read_paper(data: Fields) -> WorkRecord:
    """The record of a paper; `control_number` and `citation_count` are mandatory."""
    number = data.required_count("control_number")
    own = f"inspire:{number}"
    if ids.normalise(own) is None:
        raise layout_changed(data.where, f"control_number {number} is no record's")
    data = data.named(str(number))
    cited = data.required_count("citation_count")
    by_others = data.count("citation_count_without_self_citations")
    # The two are worked out apart: a count by others that is above all says nothing.
    is_split = by_others is not None and by_others <= cited
    titles = data.objects("titles")
    types = data.items("document_type") or ()
    date = data.date("earliest_date")
    places = data.objects("publication_info")
    return WorkRecord(
        provider=PROVIDER,
        record_id=own,
        title=reading.title(titles[0].text("title")) if titles else None,
        year=_year(places, date),
        publication_date=date,
        venue=reading.title(next(filter(None, map(_journal, places)), None)),
        work_type=reading.fold(types[0]) if types and isinstance(types[0], str) else None,
        authors=_authors(data),
        authors_count=_authors_count(data),
        ids=_ids(own, data),
        cited_by_count=cited,
        self_citations=cited - (by_others or 0) if is_split else None,
        url=f"https://inspirehep.net/literature/{number}",
    )


def _journal(place: Fields) -> str | None:
    return place.text("journal_title")


def _year(places: Sequence[Fields], date: str | None) -> int | None:
    """Year in the journal; of what no journal has printed, another one, or of its earliest date."""
    journal = next(filter(_journal, places), None)
    if journal is not None:
        return journal.year("year")
    others = (year for place in places if (year := place.year("year")))
    return next(others, None) or (int(date[:4]) or None if date else None)


def _authors(data: Fields) -> tuple[str, ...]:
    """All names of a whole record, the first one where no more was asked for."""
    first = data.object("first_author")
    people = data.objects("authors") or ((first,) if first else ())
    names = (person.text("full_name") for person in people)
    return tuple(given_name_first(name) for name in names if name)


def _authors_count(data: Fields) -> int | None:
    said = data.count("author_count")
    shown = len(data.items("authors") or ())
    return (shown if said is None else said) or None


def _ids(own: str, data: Fields) -> tuple[str, ...]:
    dois = (i for one in data.objects("dois") for i in ids.from_doi(one.text("value")))
    preprints = (ids.arxiv(one.text("value")) for one in data.objects("arxiv_eprints"))
    return reading.unique(own, *dois, *(f"arxiv:{one}" for one in preprints if one))
