"""The person, the table of indices and the histogram of one profile page.

Neither the domain of the e-mail address nor the picture is ever read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders import ids
from spiders.errors import LayoutChanged
from spiders.items import AuthorRecord, YearCount
from spiders.pages.google_scholar import figures
from spiders.pages.google_scholar.document import (
    Document,
    Element,
    each,
    figure,
    first,
    has_class,
    text,
)
from spiders.pages.google_scholar.verdicts import user_of
from spiders.pages.reading import web_address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spiders.items import WorkRecord

_SITE = "https://scholar.google.com"
_CELLS = (
    "cited_by_count",
    "cited_by_count_recent",
    "h_index",
    "h_index_recent",
    "i10_index",
    "i10_index_recent",
)
"""The cells of the table by position: their labels are localised."""
_Z_INDEX = re.compile(r"z-index\s*:\s*(\d{1,3})", re.ASCII)
_NUMBER = re.compile(r"\d{1,4}")
_TEN = 10
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_YEARS = range(1000, 2101)
_MOST_RECEIVED = 1.02
"""Share of all citations that the histogram may add up to; 0.96 to 1 were seen (2015 to 2026)."""
_BIDI = dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Direction marks, which Google wraps around names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Indices:
    values: Mapping[str, int]
    raw: Mapping[str, str]
    since_year: int | None


def read(
    page: Document, *, url: str | None, works: Sequence[WorkRecord], is_cut: bool
) -> AuthorRecord:
    """The profile, without what only the list can tell (whether it is cut, sorted, consistent).

    `is_cut` says that rows are missing that may well be cited.

    Raises:
        LayoutChanged: the id, the name or a figure is missing, unreadable or contradicts itself.
    """
    author_id = _author_id(page, url, works)
    by_year = _counts_by_year(page)
    cited = is_cut or any(w.cited_by_count for w in works) or any(y.cited_by_count for y in by_year)
    indices = _indices(page, is_cited=cited)
    if by_year and indices.values["cited_by_count"] and not any(y.cited_by_count for y in by_year):
        raise LayoutChanged("google_scholar: the histogram has years and no bars; report the page")
    total = indices.values["cited_by_count"]
    counts = [work.cited_by_count_raw or "" for work in works]
    figures.require_one_style([*indices.raw.values(), *counts], total=total)
    is_above = _is_above(by_year, total)
    by_year = () if is_above else by_year
    return AuthorRecord(
        provider="google_scholar",
        author_id=author_id,
        name=_name(page),
        affiliation=_affiliation(page),
        homepage=_homepage(page),
        interests=_interests(page),
        ids=(f"google_scholar:{author_id}",),
        cited_by_count=indices.values["cited_by_count"],
        h_index=indices.values["h_index"],
        i10_index=indices.values["i10_index"],
        recent_since_year=indices.since_year,
        cited_by_count_recent=indices.values["cited_by_count_recent"],
        h_index_recent=indices.values["h_index_recent"],
        i10_index_recent=indices.values["i10_index_recent"],
        counts_by_year=by_year,
        counts_by_year_meaning="received" if by_year else None,
        anomalies=("histogram_above_total",) if is_above else (),
        raw=indices.raw,
        url=f"{_SITE}/citations?user={author_id}",
    )


def _is_above(by_year: Sequence[YearCount], total: int) -> bool:
    """Whether the histogram says more than the table: then one of its bars was misread."""
    return sum(year.cited_by_count for year in by_year) > total * _MOST_RECEIVED + 2


def _author_id(page: Document, url: str | None, works: Sequence[WorkRecord]) -> str:
    """The profile's own id: to an old or mistyped id Google shows the profile it takes it for."""
    links = page.root.xpath('//link[@rel="canonical"]/@href')
    said = next(filter(None, map(user_of, links)), None)
    in_rows = {work.record_id.split(":")[1] for work in works}
    author_id = said or min(in_rows, default=None) or user_of(url)
    if author_id is None:
        raise LayoutChanged("google_scholar: the page does not say whose it is; report the page")
    if ids.normalise(f"google_scholar:{author_id}") is None or ":" in author_id:
        raise LayoutChanged(f"google_scholar: {author_id[:40]!r} is no profile; report the page")
    if in_rows - {author_id}:
        raise LayoutChanged(
            f"google_scholar: the page is of {author_id}, its articles are of "
            f"{', '.join(sorted(in_rows - {author_id})[:3])}; report the page"
        )
    return author_id


def _name(page: Document) -> str:
    name = text(page.ids["gsc_prf_in"]).translate(_BIDI).strip()
    if not name:
        raise LayoutChanged(
            "google_scholar: the profile has no name (#gsc_prf_in); report the page"
        )
    return name


def _lines(page: Document) -> list[Element]:
    lines = page.root.xpath('//div[contains(@class, "gsc_prf_il")]')
    return [line for line in lines if has_class(line, "gsc_prf_il")]


def _affiliation(page: Document) -> str | None:
    line = next((line for line in _lines(page) if line.get("id") is None), None)
    return text(line).translate(_BIDI).strip() or None


def _homepage(page: Document) -> str | None:
    line = page.ids.get("gsc_prf_ivh")
    links = [] if line is None else [link.get("href") or "" for link in line.iter("a")]
    return next(filter(None, map(web_address, links)), None)


def _interests(page: Document) -> tuple[str, ...]:
    """The labels; their own class is younger than 2017, the address of the search is not."""
    labels = (
        text(link).translate(_BIDI).strip()
        for line in _lines(page)
        for link in line.iter("a")
        if "mauthors=label" in (link.get("href") or "")
        or "gsc_prf_inta" in (link.get("class") or "")
    )
    return tuple(dict.fromkeys(filter(None, labels)))


def _indices(page: Document, *, is_cited: bool) -> _Indices:
    """The six figures of the table.

    Google leaves the whole table out for a profile without citations: this is how it says 0. With
    a cited article on the page, a missing table means that the markup changed.
    """
    table = page.ids.get("gsc_rsb_st")
    if table is None:
        if is_cited:
            raise LayoutChanged(
                "google_scholar: no table of indices (#gsc_rsb_st); report the page"
            )
        zeros = MappingProxyType(dict.fromkeys(_CELLS, 0))
        return _Indices(values=zeros, raw=MappingProxyType({}), since_year=None)
    cells = [figure(cell) for cell in each(table, "td", "gsc_rsb_std")]
    if len(cells) != len(_CELLS):
        raise LayoutChanged(
            f"google_scholar: the table of indices has {len(cells)} figures, not {len(_CELLS)}; "
            "report the page"
        )
    raw = dict(zip(_CELLS, cells, strict=True))
    values = {name: figures.count(said, what=name) for name, said in raw.items()}
    _require_rows(table)
    return _Indices(
        values=MappingProxyType(values),
        raw=MappingProxyType(raw),
        since_year=_since_year(table),
    )


def _since_year(table: Element) -> int | None:
    """The year in the last heading; in another one it tells that the columns moved."""
    years = [_YEAR.search(text(cell)) for cell in each(table, "th", "gsc_rsb_sth")]
    if any(years[:-1]):
        raise LayoutChanged("google_scholar: the columns of the table moved; report the page")
    since = years[-1] if years else None
    return int(since.group()) if since and int(since.group()) in _YEARS else None


def _require_rows(table: Element) -> None:
    """Make sure that the rows are in their order, by what no language changes: the 10 of i10.

    h and i10 are bounded by each other nowhere, and a cut list contradicts neither.
    """
    labels = ["".join(cell.itertext()) for cell in each(table, "td", "gsc_rsb_sc1")]
    tens = [_TEN in {int(n) for n in _NUMBER.findall(label)} for label in labels]
    if labels and tens != [False, False, True]:
        raise LayoutChanged(
            "google_scholar: the rows of the table are not citations, h-index, i10-index; "
            "report the page"
        )


def _counts_by_year(page: Document) -> tuple[YearCount, ...]:
    """The histogram.

    Google labels every year and leaves the bars of zero years out, so a bar belongs to the year
    at its `z-index`, counted from the right; pairing labels and bars in order shifts the years.
    """
    chart = _chart(page)
    if chart is None:
        return ()
    years = [
        figures.year(text(e), what="a year of the histogram")
        for e in each(chart, "span", "gsc_g_t")
    ]
    known = [year for year in years if year is not None]
    if len(known) != len(years) or known != list(range(known[0], known[0] + len(known))):
        raise LayoutChanged(
            "google_scholar: the years of the histogram do not rise one by one; report the page"
        )
    counts = dict.fromkeys(known, 0)
    seen: set[int] = set()
    for bar in each(chart, "a", "gsc_g_a"):
        place = _Z_INDEX.search(bar.get("style") or "")
        position = int(place.group(1)) if place else 0
        if not 1 <= position <= len(known) or position in seen:
            raise LayoutChanged(
                "google_scholar: a bar of the histogram has no year; report the page"
            )
        seen.add(position)
        label = next(bar.iterchildren("span"), None)
        if label is None or not has_class(label, "gsc_g_al"):
            raise LayoutChanged("google_scholar: a bar of the histogram has no count; report it")
        counts[known[-position]] = figures.count(figure(label), what="a bar of the histogram")
    if len(seen) != sum(1 for _ in each(chart, "span", "gsc_g_al")):
        raise LayoutChanged("google_scholar: the histogram has lost a bar; report the page")
    return tuple(YearCount(year=year, cited_by_count=n) for year, n in counts.items())


def _chart(page: Document) -> Element | None:
    """The element around years and bars: that beside the list, not a copy in an opened dialog."""
    sidebar = page.ids.get("gsc_rsb_cit", page.ids.get("gsc_g", page.root))
    for scope in (sidebar, page.root):
        label = first(scope, "span", "gsc_g_t")
        if label is not None:
            around = label.getparent()
            return around if first(around, "a", "gsc_g_a") is not None else around.getparent()
        if first(scope, "a", "gsc_g_a") is not None:
            raise LayoutChanged(
                "google_scholar: the histogram has bars and no years; report the page"
            )
    return None
