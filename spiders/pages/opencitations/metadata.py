"""One row of COCI v1's `metadata`: a paper with its count and what it is called."""

from __future__ import annotations

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.opencitations.rows import PROVIDER
from spiders.pages.reading import Fields, layout_changed


def read_metadata(row: Fields) -> WorkRecord:
    """The record of a row; its DOI and its count are mandatory."""
    doi = ids.doi(row.required_text("doi"))
    if doi is None:
        raise layout_changed(row.where, "doi is none")
    row = row.named(doi)
    count = row.required_count("citation_count")
    authors = tuple(filter(None, map(_name, (row.text("author") or "").split(";"))))
    return WorkRecord(
        provider=PROVIDER,
        record_id=f"doi:{doi}",
        title=reading.title(row.text("title")),
        year=row.year("year") if row.text("year") else None,
        venue=reading.title(row.text("source_title")),
        authors=authors,
        authors_count=len(authors) or None,
        ids=ids.from_doi(doi),
        cited_by_count=count or None,
        cited_by_count_raw=str(row.data["citation_count"]).strip(),
    )


def _name(written: str) -> str | None:
    """`Peroni, Silvio, 0000-0003-0530-4305` in the order in which it is said."""
    family, _, rest = written.partition(",")
    given = rest.partition(",")[0]
    return reading.fold(f"{given} {family}")
