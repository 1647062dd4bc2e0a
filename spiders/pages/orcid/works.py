"""The works of a record: each group is one paper, as several sources entered it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVIDER = "orcid"
WHERE = "ORCID"

_SELF = "self"
_LAST_DAY = 31
_LAST_MONTH = 12


def read_works(data: Fields) -> tuple[WorkRecord, ...]:
    """One record a group.

    Raises:
        LayoutChanged: no list of groups, a group without a summary, a summary without put-code,
            no title at all, or a work that stands in two groups.
    """
    if data.items("group") is None:
        raise layout_changed(data.where, "group is null")
    works = tuple(_work(group) for group in data.objects("group"))
    if works and all(work.title is None for work in works):
        raise layout_changed(data.where, "title is missing, here and in all others")
    codes = [i for work in works for i in work.ids if i.startswith("orcid_work:")]
    if len(set(codes)) != len(codes):
        raise layout_changed(data.where, "a put-code stands in two groups")
    return works


def value_of(data: Fields | None, key: str) -> str | None:
    """The `value` of an object within, or `None` anywhere on the way."""
    held = data.object(key) if data else None
    return held.text("value") if held else None


def _work(group: Fields) -> WorkRecord:
    summaries = group.objects("work-summary")
    if not summaries:
        raise layout_changed(group.where, "work-summary is missing")
    # The highest display-index is the owner's choice of source; the first of equals is shown.
    order = sorted(summaries, key=lambda s: -(s.count("display-index") or 0))
    codes = [_put_code(summary) for summary in order]
    best = order[0].named(codes[0])
    own = list(dict.fromkeys(i for part in (group, best) for i in _own_ids(part)))
    title = best.object("title")
    date = _date(best.object("publication-date"))
    forum = ids.openreview(value_of(best, "url"))
    return WorkRecord(
        provider=PROVIDER,
        record_id=codes[0],
        title=reading.title(value_of(title, "title")),
        year=int(date[:4]) if date else None,
        publication_date=date,
        venue=reading.title(value_of(best, "journal-title")),
        work_type=best.text("type"),
        ids=reading.unique(
            codes[0],
            *own,
            ids.normalise(f"openreview:{forum}") if forum else None,
            *codes[1:],
        ),
    )


def _put_code(summary: Fields) -> str:
    code = ids.normalise(f"orcid_work:{summary.required_count('put-code')}")
    if code is None:
        raise layout_changed(summary.where, "put-code is no id")
    return code


def _own_ids(part: Fields) -> Iterator[str]:
    """Identifiers of the paper itself; those of a volume, a version or a grant are left alone."""
    held = part.object("external-ids")
    for one in held.objects("external-id") if held else ():
        if (one.text("external-id-relationship") or "").lower() != _SELF:
            continue
        kind = (one.text("external-id-type") or "").lower().replace("_", "-")
        value = value_of(one, "external-id-normalized") or one.text("external-id-value") or ""
        yield from (i for i in _normalised(kind, value) if i)


def _normalised(kind: str, value: str) -> tuple[str | None, ...]:
    last = value.rstrip("/").rpartition("/")[2]
    match kind:
        case "doi":
            return ids.from_doi(value)
        case "pmid":
            return (ids.normalise(f"pmid:{last}"),)
        case "pmc":
            return (ids.normalise(f"pmcid:PMC{last.upper().removeprefix('PMC')}"),)
        case "bibcode":
            return (ids.normalise(f"bibcode:{value}"),)
        case "arxiv" | "uri":
            number, forum = ids.arxiv(value), ids.openreview(value)
            return (
                f"arxiv:{number}" if number else None,
                ids.normalise(f"openreview:{forum}") if forum else None,
            )
        case _:
            return ()


def _date(date: Fields | None) -> str | None:
    """As exact as the owner was: year, month and day may each be null, from the end."""
    if date is None:
        return None
    parts = {key: date.object(key) for key in ("year", "month", "day")}
    held = {key: part for key, part in parts.items() if part is not None}
    year = held["year"].year("value") if "year" in held else None
    if year is None:
        return None
    month = held["month"].count("value") if "month" in held else None
    if not month or month > _LAST_MONTH:
        return f"{year:04d}"
    day = held["day"].count("value") if "day" in held else None
    if not day or day > _LAST_DAY:
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}"
