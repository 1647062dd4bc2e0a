"""One work of OpenAlex: its count, and every identifier that other providers know it by."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord, YearCount
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROVIDER = "openalex"
WHERE = "OpenAlex"

WORKS_SELECT = (
    "id",
    "doi",
    "title",
    "publication_year",
    "publication_date",
    "type",
    "cited_by_count",
    "counts_by_year",
    "ids",
    "primary_location",
    "locations",
    "authorships",
    "is_authors_truncated",
    "is_retracted",
    "fwci",
    "citation_normalized_percentile",
)
"""The fields of a work that are read here, for `select=`; it takes root fields only."""

# Lists show at most this many authorships a work, whether or not they say so.
_AUTHORSHIPS_SHOWN = 100
_OAI_ARXIV = re.compile(r"^.*\boai:arxiv\.org:", re.IGNORECASE)


def read_work(data: Fields, *, in_list: bool) -> WorkRecord:
    """The record of a work; `id` and `cited_by_count` are mandatory."""
    stated_id = data.required_text("id")
    work_id = ids.openalex(stated_id)
    if work_id is None or not work_id.startswith("W"):
        raise layout_changed(data.where, f"id {reading.one_line(stated_id, limit=40)!r} is no work")
    data = data.named(work_id)
    percentile = data.object("citation_normalized_percentile")
    return WorkRecord(
        provider=PROVIDER,
        record_id=f"openalex:{work_id}",
        title=reading.title(data.text("title")),
        year=data.year("publication_year"),
        publication_date=data.date("publication_date"),
        venue=_venue(data),
        work_type=data.text("type"),
        authors=_authors(data),
        authors_count=_authors_count(data, in_list=in_list),
        ids=_work_ids(work_id, data),
        cited_by_count=data.required_count("cited_by_count"),
        counts_by_year=read_years(data),
        is_retracted=data.flag("is_retracted"),
        url=f"https://openalex.org/{work_id}",
        extra=extra(
            (data, "fwci", "fwci"), (percentile, "value", "citation_normalized_percentile")
        ),
    )


def read_author_ids(results: Sequence[Fields], *, in_list: bool) -> Mapping[str, tuple[str, ...]]:
    """Ids of the authors of each work; a work whose list is cut or names nobody is left out."""
    found = {}
    for data in results:
        authors = (a.object("author") for a in data.objects("authorships"))
        named = [ids.openalex(author.text("id")) for author in authors if author]
        if any(named) and not _is_cut(data, in_list=in_list):
            work_id = ids.openalex(data.text("id"))
            found[f"openalex:{work_id}"] = reading.unique(*(f"openalex:{n}" for n in named if n))
    return MappingProxyType(found)


def read_years(data: Fields) -> tuple[YearCount, ...]:
    """`counts_by_year`, oldest first: the order is not guaranteed, and years of 0 may be absent."""
    counts: dict[int, int] = {}
    for entry in data.objects("counts_by_year"):
        if entry.required_count("year") and (year := entry.year("year")) is not None:
            if year in counts:
                raise layout_changed(entry.where, f"the year {year} is said twice")
            counts[year] = entry.required_count("cited_by_count")
    return tuple(YearCount(year=y, cited_by_count=counts[y]) for y in sorted(counts))


def extra(*wanted: tuple[Fields | None, str, str]) -> Mapping[str, float | int]:
    """Figures of the provider's own making that are there: (object, key, name to keep it by)."""
    found = ((name, data.number(key)) for data, key, name in wanted if data is not None)
    return MappingProxyType({name: value for name, value in found if value is not None})


def _venue(data: Fields) -> str | None:
    primary = data.object("primary_location")
    source = primary.object("source") if primary else None
    return reading.title(source.text("display_name")) if source else None


def _authors(data: Fields) -> tuple[str, ...]:
    names = []
    for authorship in data.objects("authorships"):
        author = authorship.object("author")
        name = author.text("display_name") if author else None
        names.append(name or authorship.text("raw_author_name"))
    return tuple(name for name in names if name)


def _authors_count(data: Fields, *, in_list: bool) -> int | None:
    shown = len(data.items("authorships") or ())
    return None if _is_cut(data, in_list=in_list) or not shown else shown


def _is_cut(data: Fields, *, in_list: bool) -> bool:
    shown = len(data.items("authorships") or ())
    return bool(data.flag("is_authors_truncated")) or (in_list and shown >= _AUTHORSHIPS_SHOWN)


def _work_ids(work_id: str, data: Fields) -> tuple[str, ...]:
    stated = data.object("ids") or Fields({}, data.where)
    pmcid = _last_part(stated, "pmcid").upper().removeprefix("PMC")
    return reading.unique(
        f"openalex:{work_id}",
        *ids.from_doi(data.text("doi") or stated.text("doi")),
        *_location_ids(data),
        ids.normalise(f"mag:{_last_part(stated, 'mag')}"),
        ids.normalise(f"pmid:{_last_part(stated, 'pmid')}"),
        ids.normalise(f"pmcid:PMC{pmcid}"),
    )


def _location_ids(data: Fields) -> list[str]:
    # OpenAlex has no arXiv or OpenReview id field. Only these two are read from locations: a DOI
    # that stands there may be that of another version, or of a repository's copy.
    primary = data.object("primary_location")
    found = []
    for place in (*((primary,) if primary else ()), *data.objects("locations")):
        for text in (place.text("id") or "", place.text("landing_page_url") or ""):
            preprint = ids.arxiv(_OAI_ARXIV.sub("", text))
            forum = ids.openreview(text)
            found += [f"arxiv:{preprint}"] if preprint else []
            found += [f"openreview:{forum}"] if forum else []
    return found


def _last_part(data: Fields, key: str) -> str:
    # "2741809807", 2741809807 and https://pubmed.ncbi.nlm.nih.gov/29456894 all occur.
    value = data.data.get(key)
    return str(value).rstrip("/").rsplit("/", 1)[-1] if isinstance(value, str | int) else ""
