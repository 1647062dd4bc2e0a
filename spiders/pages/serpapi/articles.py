"""The papers of a profile as SerpApi lists them; their ids are those of Google Scholar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import layout_changed

if TYPE_CHECKING:
    from spiders.pages.reading import Fields

PROVIDER = "serpapi"
WHERE = "SerpApi"

_SITE = "https://scholar.google.com"
_CITES = re.compile(r"[?&]cites=(\d[\d,]{0,2000})", re.ASCII)
_CLUSTERS = re.compile(r"\d{1,25}(?:,\d{1,25}){0,80}", re.ASCII)
_ELLIPSES = ("...", "…")
_YEARS = range(1000, 2101)


def read_articles(data: Fields) -> tuple[tuple[WorkRecord, ...], int]:
    """The papers, each id once, and how many rows there were.

    Raises:
        LayoutChanged: a row without title or id, of two people, or with an unreadable figure.
    """
    rows = data.objects("articles")
    found: dict[str, WorkRecord] = {}
    for row in rows:
        work = _work(row)
        known = found.setdefault(work.record_id, work)
        if known.cited_by_count != work.cited_by_count:
            raise layout_changed(row.where, f"{work.record_id} came before with another count")
    return tuple(found.values()), len(rows)


def _work(row: Fields) -> WorkRecord:
    title = row.required_text("title")
    said = row.required_text("citation_id")
    own = ids.normalise(f"google_scholar:{said}")
    if own is None or ":" not in said:
        raise layout_changed(row.where, f"citation_id {reading.one_line(said, limit=40)!r} is none")
    row = row.named(said)
    cited = row.object("cited_by")
    clusters = _clusters(cited)
    authors, is_elided = _authors(row.text("authors"))
    year = _year(row)
    return WorkRecord(
        provider=PROVIDER,
        record_id=own,
        title=title,
        year=year,
        venue=_venue(row.text("publication"), year),
        authors=authors,
        authors_count=None if is_elided or not authors else len(authors),
        ids=(own,),
        cited_by_count=cited.count("value") if cited else None,
        cited_by_url=f"{_SITE}/scholar?oi=bibs&hl=en&cites={','.join(clusters)}"
        if clusters
        else None,
        cites_ids=clusters,
        url=f"{_SITE}/citations?view_op=view_citation&citation_for_view={said}",
    )


def _year(row: Fields) -> int | None:
    """The year, which is text; an empty one is not said."""
    if row.data.get("year") is None or row.data.get("year") == "":
        return None
    year = row.year("year")
    if year not in _YEARS:
        raise layout_changed(row.where, "year is no year")
    return year


def _venue(publication: str | None, year: int | None) -> str | None:
    """The publication without the year that Google writes after it."""
    said = publication or ""
    if year is not None:
        said = said.removesuffix(str(year))
    return said.strip().rstrip(",").strip() or None


def _authors(line: str | None) -> tuple[tuple[str, ...], bool]:
    """Names in order, and whether Google left some out (a cut name is no name)."""
    names = [name.strip() for name in (line or "").split(",")]
    whole = tuple(name for name in names if name and not name.endswith(_ELLIPSES))
    return whole, any(name.endswith(_ELLIPSES) for name in names)


def _clusters(cited: Fields | None) -> tuple[str, ...]:
    """Cluster ids that the count is made of: `cites_id`, or the `cites` of Google's link."""
    if cited is None:
        return ()
    said = cited.data.get("cites_id")
    link = _CITES.search(cited.text("link") or "")
    text = str(said) if isinstance(said, str | int) and said else link[1] if link else ""
    return tuple(dict.fromkeys(text.split(","))) if _CLUSTERS.fullmatch(text) else ()
