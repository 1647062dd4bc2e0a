"""The rows of the list: one paper each, at most a hundred a page."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, TypedDict

from spiders.errors import LayoutChanged
from spiders.items import WorkRecord
from spiders.pages.google_scholar import figures
from spiders.pages.google_scholar.document import Element, figure, has_class, text

if TYPE_CHECKING:
    from collections.abc import Sequence

_SITE = "https://scholar.google.com"
_ARTICLE = re.compile(r"citation_for_view=([\w-]+)(?::|%3A)([\w-]+)", re.ASCII | re.IGNORECASE)
_CITES = re.compile(r"[?&]cites=([\d,]+)", re.ASCII)
_SORTED_OTHERWISE = re.compile(r"[?&]sortby=(?:title|pubdate)")
_SPACES = re.compile(r"\s+", re.ASCII)
_LONGEST_ID = 40
_ELLIPSES = ("...", "…")
_LINES = 2
_ONCE = frozenset({"gsc_a_at", "gsc_a_ac", "gsc_a_h"})


def read(rows: Element) -> tuple[tuple[WorkRecord, ...], int]:
    """The papers in Google's order, each id once, and how many rows repeated an id.

    Raises:
        LayoutChanged: a row without title, id, count or year, or with one that cannot be read.
    """
    found: dict[str, WorkRecord] = {}
    duplicates = 0
    for row in rows.iter("tr"):
        parts = _Parts(row)
        if parts.get("gsc_a_e") is not None:  # "There are no articles in this profile."
            continue
        work = _work(row, parts)
        duplicates += work.record_id in found
        known = found.setdefault(work.record_id, work)
        if known.cited_by_count != work.cited_by_count:
            raise LayoutChanged(
                f"google_scholar: {work.record_id} stands there twice, with two counts; report it"
            )
    return tuple(found.values()), duplicates


def counted(works: Sequence[WorkRecord]) -> list[int]:
    """Citations of the papers that Google counts, in its order."""
    return [w.cited_by_count for w in works if w.cited_by_count is not None and not w.is_excluded]


def is_sorted(works: Sequence[WorkRecord], rows: Element, url: str | None) -> bool:
    """Whether the list came by falling citations.

    Each row's link repeats the order that was asked for, so that a list by date is known even
    where its counts happen to fall.
    """
    counts = counted(works)
    links = [
        url or "",
        *rows.xpath('.//a[contains(@class, "gsc_a_at")]/@*[contains(., "sortby=")]'),
    ]
    asked = any(_SORTED_OTHERWISE.search(link) for link in links)
    return not asked and all(a >= b for a, b in itertools.pairwise(counts))


class _Parts:
    """The elements of a row by class, found in one pass over it.

    Raises:
        LayoutChanged: two titles, counts or years: two rows have run into one.
    """

    def __init__(self, row: Element) -> None:
        self.lines: list[Element] = []
        """The grey lines: authors, venue."""
        self._found: dict[str, Element] = {}
        for element in row.iter("a", "div", "span", "td"):
            for name in (element.get("class") or "").split():
                if self._found.setdefault(name, element) is not element and name in _ONCE:
                    raise LayoutChanged(f"google_scholar: a row has two .{name}; report the page")
                if name == "gs_gray":
                    self.lines.append(element)
        if len(self.lines) > _LINES:
            raise LayoutChanged("google_scholar: a row has more than two lines; report the page")

    def get(self, name: str) -> Element | None:
        """First element of a class."""
        return self._found.get(name)

    def need(self, name: str, *, what: str) -> Element:
        """First element of a class; its absence means that the markup changed."""
        element = self._found.get(name)
        if element is None:
            raise LayoutChanged(f"google_scholar: a row has no {what} (.{name}); report the page")
        return element


def _work(row: Element, parts: _Parts) -> WorkRecord:
    if not has_class(row, "gsc_a_tr"):
        raise LayoutChanged("google_scholar: a row is no article (.gsc_a_tr); report the page")
    title = parts.need("gsc_a_at", what="title")
    article = _ARTICLE.search(_link(title))
    name = text(title)
    if article is None or not name:
        raise LayoutChanged(f"google_scholar: a row has no title or id: {name[:60]!r}; report it")
    user, paper = article.groups()
    authors, is_elided = _authors(text(parts.need("gs_gray", what="authors")))
    own_id = f"google_scholar:{user}:{paper}"
    if max(len(user), len(paper)) > _LONGEST_ID:
        raise LayoutChanged(f"google_scholar: {own_id[:60]!r} is no id of an article; report it")
    return WorkRecord(
        provider="google_scholar",
        record_id=own_id,
        title=name,
        year=figures.year(
            text(parts.need("gsc_a_h", what="year")), what=f"the year of {name[:60]!r}"
        ),
        venue=_venue(parts),
        authors=authors,
        authors_count=None if is_elided or not authors else len(authors),
        ids=(own_id,),
        url=f"{_SITE}/citations?view_op=view_citation&citation_for_view={user}:{paper}",
        is_merged=parts.get("gsc_a_am") is not None,
        **_citations(parts.need("gsc_a_ac", what="count"), name),
    )


def _link(title: Element) -> str:
    """Address of the article: in `data-href` from October 2017 to July 2021, else in `href`."""
    return title.get("data-href") or title.get("href") or ""


class _Citations(TypedDict):
    cited_by_count: int
    cited_by_count_raw: str
    is_excluded: bool
    cited_by_url: str | None
    cites_ids: tuple[str, ...]


def _citations(anchor: Element, name: str) -> _Citations:
    """Everything about the count of one row; an empty count is Google's 0."""
    said = figure(anchor)
    cites = _CITES.search(anchor.get("href") or "")
    if not said and cites:
        raise LayoutChanged(f"google_scholar: cited, but no count: {name[:60]!r}; report the page")
    return {
        "cited_by_count": figures.count(said, what=f"the count of {name[:60]!r}") if said else 0,
        "cited_by_count_raw": _SPACES.sub("", "".join(anchor.getparent().itertext()).strip()),
        "is_excluded": has_class(anchor, "gsc_a_acm"),
        "cited_by_url": f"{_SITE}/scholar?oi=bibs&hl=en&cites={cites.group(1)}" if cites else None,
        "cites_ids": tuple(filter(None, cites.group(1).split(","))) if cites else (),
    }


def _authors(line: str) -> tuple[tuple[str, ...], bool]:
    """Names in order, and whether Google left some out (a cut name is no name)."""
    names = [name.strip() for name in line.split(",")]
    whole = tuple(name for name in names if name and not name.endswith(_ELLIPSES))
    return whole, any(name.endswith(_ELLIPSES) for name in names)


def _venue(parts: _Parts) -> str | None:
    """The second grey line, without the year that Google repeats there for narrow screens."""
    if len(parts.lines) < _LINES:
        return None
    said, repeated = text(parts.lines[1]), parts.get("gs_oph")
    if repeated is not None:
        said = said.removesuffix(text(repeated))
    return said.strip().rstrip(",").strip() or None
