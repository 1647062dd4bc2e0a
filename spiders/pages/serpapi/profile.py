"""The person, the table of indices and the histogram, as SerpApi copies them from the profile.

Neither the domain of the e-mail address nor the picture is ever read.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from spiders import ids
from spiders.items import AuthorRecord, YearCount
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.serpapi.articles import PROVIDER, WHERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.items import WorkRecord

_SITE = "https://scholar.google.com"
_ROWS = 3
_ALL = "all"
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)", re.ASCII)
_TEN = re.compile(r"(?<!\d)10(?!\d)", re.ASCII)
_MOST_RECEIVED = 1.02
"""Share of all citations that the histogram may add up to, as on the profile itself."""
_USER = re.compile(r"[?&](?:user|author_id)=([\w-]{6,40})(?:&|$)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    whole: int
    recent: int | None
    since: int | None


def author_id_of(data: Fields, works: Sequence[WorkRecord]) -> str:
    """Whose profile it is: as searched for, and as all papers and the profile's address say.

    Raises:
        LayoutChanged: nothing says it, or two places say different people.
    """
    asked = data.object("search_parameters")
    about = data.object("search_metadata")
    cited = data.object("public_access")
    links = (
        about.text("google_scholar_author_url") if about else None,
        cited.text("link") if cited else None,
    )
    said = [asked.text("author_id") if asked else None]
    said += [work.record_id.split(":")[1] for work in works]
    said += [found[1] for link in links if (found := _USER.search(link or ""))]
    every = dict.fromkeys(one for one in said if one)
    if not every:
        raise layout_changed(WHERE, "author_id is missing: nothing says whose profile it is")
    if len(every) > 1:
        raise layout_changed(WHERE, f"it is of several people: {', '.join(list(every)[:3])}"[:200])
    author_id = next(iter(every))
    if ids.normalise(f"google_scholar:{author_id}") is None or ":" in author_id:
        raise layout_changed(WHERE, f"{author_id[:40]!r} is no profile")
    return author_id


def read_author(
    data: Fields, *, author_id: str, works: Sequence[WorkRecord], is_cut: bool
) -> AuthorRecord:
    """The profile; its name is mandatory, its figures are where anything is cited.

    Raises:
        LayoutChanged: something mandatory is missing, unreadable or contradicts itself.
    """
    author = data.object("author")
    if author is None:
        raise layout_changed(WHERE, "author is missing")
    cited = data.object("cited_by")
    rows = _table(cited)
    counts = [work.cited_by_count for work in works]
    if not rows and any(counts):
        raise layout_changed(WHERE, "cited_by.table is missing beside cited articles")
    by_year = _graph(cited)
    total = rows[0].whole if rows else None
    is_above = total is not None and _above(by_year, total)
    by_year = () if is_above or total is None else by_year
    known = [count for count in counts if count is not None]
    return AuthorRecord(
        provider=PROVIDER,
        author_id=author_id,
        name=author.required_text("name"),
        affiliation=author.text("affiliations"),
        homepage=reading.web_address(author.text("website")),
        interests=_interests(author),
        ids=(f"google_scholar:{author_id}",),
        **_figures(rows, by_year),
        works_expected=None if is_cut else len(works),
        is_truncated=is_cut,
        is_sorted=len(known) == len(counts) and all(a >= b for a, b in itertools.pairwise(known)),
        anomalies=("histogram_above_total",) if is_above else (),
        url=f"{_SITE}/citations?user={author_id}",
    )


class _Figures(TypedDict, total=False):
    cited_by_count: int
    h_index: int
    i10_index: int
    recent_since_year: int | None
    cited_by_count_recent: int | None
    h_index_recent: int | None
    i10_index_recent: int | None
    counts_by_year: tuple[YearCount, ...]
    counts_by_year_meaning: str | None


def _figures(rows: Sequence[_Row], by_year: tuple[YearCount, ...]) -> _Figures:
    if not rows:
        return {}
    citations, h_index, i10_index = rows
    return {
        "counts_by_year": by_year,
        "counts_by_year_meaning": "received" if by_year else None,
        "cited_by_count": citations.whole,
        "h_index": h_index.whole,
        "i10_index": i10_index.whole,
        "recent_since_year": citations.since,
        "cited_by_count_recent": citations.recent,
        "h_index_recent": h_index.recent,
        "i10_index_recent": i10_index.recent,
    }


def _table(cited: Fields | None) -> tuple[_Row, ...]:
    """Citations, h-index, i10-index by their place: `citations`, `indice_h`, `i10_index`, ...

    The 10 of i10 is what no language changes, so it tells whether the places are right.
    """
    entries = cited.objects("table") if cited else ()
    if not entries:
        return ()
    if len(entries) != _ROWS or any(len(entry.data) != 1 for entry in entries):
        raise layout_changed(WHERE, f"cited_by.table has other rows than the {_ROWS} known ones")
    names = [next(iter(entry.data)) for entry in entries]
    if [bool(_TEN.search(name)) for name in names] != [False, False, True]:
        raise layout_changed(WHERE, "the rows of cited_by.table are not citations, h and i10")
    rows = tuple(_row(entry, name) for entry, name in zip(entries, names, strict=True))
    if len({row.since for row in rows}) != 1:
        raise layout_changed(WHERE, "the columns of cited_by.table begin in different years")
    return rows


def _row(entry: Fields, name: str) -> _Row:
    cells = entry.object(name)
    others = [key for key in cells.data if key != _ALL] if cells else []
    if cells is None or _ALL not in cells.data or len(others) > 1:
        raise layout_changed(entry.where, "it has no column `all`, or more than two columns")
    whole = cells.count(_ALL)
    if whole is None:
        raise layout_changed(cells.where, "all is null")
    if not others:
        return _Row(whole=whole, recent=None, since=None)
    since = _YEAR.search(others[0])
    if since is None:
        raise layout_changed(cells.where, "the column beside `all` does not say since when")
    return _Row(whole=whole, recent=cells.count(others[0]), since=int(since[0]))


def _graph(cited: Fields | None) -> tuple[YearCount, ...]:
    """Citations received a year; zero years may be left out."""
    counts: dict[int, int] = {}
    for bar in cited.objects("graph") if cited else ():
        year, count = bar.year("year"), bar.count("citations")
        if year is None or count is None:
            raise layout_changed(bar.where, "a bar has no year or no count")
        if year in counts:
            raise layout_changed(bar.where, f"the year {year} is said twice")
        counts[year] = count
    return tuple(YearCount(year=year, cited_by_count=counts[year]) for year in sorted(counts))


def _above(by_year: Sequence[YearCount], total: int) -> bool:
    return sum(year.cited_by_count for year in by_year) > total * _MOST_RECEIVED + 2


def _interests(author: Fields) -> tuple[str, ...]:
    titles = (interest.text("title") for interest in author.objects("interests"))
    return tuple(dict.fromkeys(filter(None, titles)))
