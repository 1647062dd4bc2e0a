"""An author of Semantic Scholar, alone or with papers, and what cannot be right about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.semantic_scholar.papers import PROVIDER, read_papers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.items import WorkRecord

AUTHOR_FIELDS = (
    "name",
    "affiliations",
    "homepage",
    "externalIds",
    "paperCount",
    "citationCount",
    "hIndex",
)
"""Fields of an author, for `fields=` (`authorId` always comes). Papers can come in the same
answer when `PAPER_FIELDS` are asked for as `papers.title` and so on."""
_TOTALS = ("paperCount", "citationCount", "hIndex")
"""Totals that are asked for together, and come together, be they null."""


def read_author(data: Fields) -> ParsedPage:
    """The page of one author object, with the papers that are nested in it."""
    author_id = data.required_text("authorId")
    if not author_id.isdecimal() or ids.normalise(f"{PROVIDER}:{author_id}") is None:
        shown = reading.one_line(author_id, limit=40)
        raise layout_changed(data.where, f"authorId {shown!r} is not a number")
    data = data.named(author_id)
    nested = data.items("papers")
    papers = [
        Fields.of(value, f"{data.where}: papers[{i}]")
        for i, value in enumerate(nested or ())
        if value is not None
    ]
    works = read_papers(papers)
    anomalies = tuple(_anomalies(data, works, nulls=len(nested or ()) - len(papers)))
    totals = [key in data.data for key in _TOTALS]
    if any(totals) and not all(totals):
        raise layout_changed(data.where, f"{_TOTALS[totals.index(False)]} is missing")
    stated = data.count("paperCount")
    is_cut = nested is not None and stated is not None and stated > len(papers)
    author = AuthorRecord(
        provider=PROVIDER,
        author_id=author_id,
        name=data.text("name"),
        affiliation=next(_texts(data, "affiliations"), None),
        homepage=reading.web_address(data.text("homepage")),
        ids=reading.unique(f"{PROVIDER}:{author_id}", orcid(data)),
        works_count=stated,
        cited_by_count=data.count("citationCount"),
        h_index=data.count("hIndex"),
        is_truncated=is_cut and "zero_totals_with_papers" not in anomalies,
        is_sorted=False,
        anomalies=anomalies,
        url=f"https://www.semanticscholar.org/author/{author_id}",
    )
    return ParsedPage(verdict=_verdict(author, nested), author=author, works=works)


def _verdict(author: AuthorRecord, nested: tuple[object, ...] | None) -> PageVerdict:
    if author.is_truncated:
        return PageVerdict.TRUNCATED
    return PageVerdict.EMPTY if nested is not None and not nested else PageVerdict.PROFILE


def _anomalies(data: Fields, works: tuple[WorkRecord, ...], *, nulls: int) -> Iterator[str]:
    # Totals of 0 beside 268 to 354 papers were recorded in January 2023; the stated citations
    # differ from the papers' sum more often than not (12,397 against 12,416).
    counts = [work.cited_by_count for work in works]
    total = sum(count for count in counts if count is not None)
    stated = data.count("citationCount")
    is_zero = total > 0 and 0 in (data.count("paperCount"), stated, data.count("hIndex"))
    if is_zero:
        yield "zero_totals_with_papers"
    is_complete = bool(works) and len(works) == data.count("paperCount") and None not in counts
    if is_complete and stated is not None and stated != total:
        yield "stated_citations_disagree"
    if nulls:
        yield f"null_papers:{nulls}"


def _texts(data: Fields, key: str) -> Iterator[str]:
    for value in data.items(key) or ():
        text = reading.fold(value) if isinstance(value, str) else None
        if text:
            yield text


def orcid(data: Fields) -> str | None:
    """The ORCID iD among an author's ids."""
    known = data.object("externalIds")
    value = known.data.get("ORCID") if known else None
    return ids.normalise(f"orcid:{value}") if isinstance(value, str) else None
