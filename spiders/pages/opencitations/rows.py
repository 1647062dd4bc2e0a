"""Rows of citations: who cites whom, and when; a citing paper counts once, however often it comes.

The v2 index names a paper by all its ids in one text (`omid:br/06... doi:10.1/a pmid:1`), COCI v1
by its bare DOI.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord, YearCount
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROVIDER = "opencitations"
WHERE = "OpenCitations"

_SCHEMES = frozenset({"omid", "doi", "pmid", "pmcid", "openalex", "arxiv", "wikidata"})
"""Schemes that name one paper; an ISBN or ISSN is shared by many."""
_CREATION = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_OCI = re.compile(r"(?:oci:)?\d+-\d+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One citation."""

    citing: frozenset[str]
    """Every id of the citing paper, `scheme:value`."""
    cited: frozenset[str]
    """Every id of the cited paper."""
    year: int | None
    """Year of the citing paper, `None` when it is not known."""
    where: str


def read_rows(rows: Iterable[Fields]) -> list[Row]:
    """The citations that rows hold; `oci`, `citing` and `cited` are mandatory."""
    found = []
    for row in rows:
        oci = row.required_text("oci")
        if not _OCI.fullmatch(oci):
            raise layout_changed(row.where, f"oci {reading.one_line(oci, limit=40)!r} is none")
        citing, cited = _named(row, "citing"), _named(row, "cited")
        found.append(Row(citing=citing, cited=cited, year=_year(row), where=row.where))
    return found


def cited_work(rows: Sequence[Row], *, asked: str | None, most: int) -> WorkRecord:
    """The paper that all rows cite, with as many citations as there are citing papers."""
    if asked is None and not rows:
        raise layout_changed(WHERE, "whose citations these are is not said")
    doi = asked or _doi_of(rows[0])
    stranger = next((row for row in rows if f"doi:{doi}" not in row.cited), None)
    if stranger is not None:
        raise layout_changed(stranger.where, f"it cites another paper than {doi}")
    distinct = _distinct(rows)
    years = Counter(row.year for row in distinct if row.year is not None)
    return WorkRecord(
        provider=PROVIDER,
        record_id=f"doi:{doi}",
        title=None,
        ids=reading.unique(*ids.from_doi(doi), *_known_ids(rows)),
        cited_by_count=len(distinct) or None if len(rows) < most else None,
        counts_by_year=tuple(YearCount(year=y, cited_by_count=years[y]) for y in sorted(years)),
    )


def _distinct(rows: Iterable[Row]) -> list[Row]:
    """Rows without those whose citing paper came before under any of its ids."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        if seen.isdisjoint(row.citing):
            kept.append(row)
        seen |= row.citing
    return kept


def _named(row: Fields, key: str) -> frozenset[str]:
    text = row.required_text(key)
    found = set()
    for part in text.split():
        scheme, colon, value = part.partition(":")
        if colon and scheme.lower() in _SCHEMES:
            known = ids.normalise(part) if scheme.lower() in ids.schemes() else None
            found.add(known or f"{scheme.lower()}:{value}")
        elif doi := ids.doi(part):
            found.add(f"doi:{doi}")
    if not found:
        raise layout_changed(
            row.where, f"{key} {reading.one_line(text, limit=40)!r} names no paper"
        )
    return frozenset(found)


def _year(row: Fields) -> int | None:
    if row.data.get("creation") is None:
        raise layout_changed(row.where, "creation is missing")
    text = row.text("creation")
    if text is None:  # "", which says that it is not known
        return None
    found = _CREATION.fullmatch(text)
    if not found:
        raise layout_changed(row.where, f"creation {reading.one_line(text, limit=40)!r} is no date")
    return int(found[1]) or None


def _doi_of(row: Row) -> str:
    found = sorted(i for i in row.cited if i.startswith("doi:"))
    if not found:
        raise layout_changed(row.where, "the cited paper has no DOI")
    return found[0].removeprefix("doi:")


def _known_ids(rows: Sequence[Row]) -> list[str]:
    """Ids of the cited paper that are the same in all rows."""
    if not rows:
        return []
    shared = frozenset.intersection(*(row.cited for row in rows))
    return sorted(i for i in shared if i.partition(":")[0] in ("pmid", "pmcid"))
