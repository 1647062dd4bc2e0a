"""The JSON of Scholar Feed's public API: an author, or a page of an author's papers.

Field names are those that its own published client declares (YGao2005/scholar-feed-mcp,
src/tools/_output.ts, 2026-09). No answer of these two addresses was ever seen by us.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import AuthorRecord, PageVerdict, ParsedPage, WorkRecord
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.scholar_feed.figures import impossible
from spiders.pages.slugs import distinct, slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROVIDER = "scholar_feed"
PER_PAGE = 50
"""Papers a page: the most that its client asks for."""

_PAPER_FIGURES = ("citation_count", "rank_score", "llm_novelty_score", "github_stars")


def read(data: Fields) -> ParsedPage:
    """The page that an answer is."""
    return _papers(data) if data.items("papers") is not None else _author(data)


def _author(data: Fields) -> ParsedPage:
    key = "id" if "id" in data.data else "author_id"
    number = reading.as_int(data.data.get(key))
    if number is None or number < 0:
        raise layout_changed(data.where, "neither an author's id nor papers are in it")
    data = data.named(str(number))
    known_as = _identifier("semantic_scholar", data.text("semantic_scholar_id"))
    papers, citations = data.count("total_papers"), data.count("total_citations")
    h_index = data.count("h_index")
    author = AuthorRecord(
        provider=PROVIDER,
        author_id=str(number),
        name=data.required_text("name"),
        interests=tuple(_texts(data, "research_topics")),
        ids=reading.unique(f"{PROVIDER}:{number}", known_as),
        works_count=papers,
        cited_by_count=citations,
        h_index=h_index,
        is_sorted=False,
        anomalies=impossible(papers=papers, citations=citations, h_index=h_index),
        extra=_extra(
            category=data.text("primary_field"),
            author_rank_score=data.number("author_rank_score"),
        ),
        url=f"https://www.scholarfeed.org/author/{number}",
    )
    return ParsedPage(verdict=PageVerdict.PROFILE, author=author)


def _papers(data: Fields) -> ParsedPage:
    papers = data.objects("papers")
    page, limit = data.count("page"), data.count("limit") or PER_PAGE
    taken: dict[str, int] = {}
    return ParsedPage(
        verdict=PageVerdict.PROFILE if papers else PageVerdict.EMPTY,
        works=tuple(_work(paper, taken) for paper in papers),
        total=data.count("total"),
        next_cursor=str((page or 1) + 1) if papers and len(papers) >= limit else None,
    )


def _work(data: Fields, taken: dict[str, int]) -> WorkRecord:
    title = reading.title(data.required_text("title"))
    if title is None:
        raise layout_changed(data.where, "title is missing")
    names = tuple(_texts(data, "authors"))
    record_id = f"{PROVIDER}:{distinct(slug(title), taken)}"
    has_code = data.flag("has_code")
    return WorkRecord(
        provider=PROVIDER,
        record_id=record_id,
        title=title,
        year=data.year("year"),
        publication_date=data.date("published_date"),
        venue=data.text("venue_name"),
        authors=names,
        # `n_authors` is there only where the list was cut.
        authors_count=data.count("n_authors") or len(names) or None,
        ids=reading.unique(
            record_id,
            _identifier("arxiv", data.text("arxiv_id")),
            _identifier("github", ids.github(data.text("github_url"))),
        ),
        extra=_extra(
            category=data.text("primary_category"),
            has_code=None if has_code is None else int(has_code),
            **{name: data.number(name) for name in _PAPER_FIGURES},
        ),
    )


def _texts(data: Fields, key: str) -> Iterator[str]:
    for value in data.items(key) or ():
        if not isinstance(value, str):
            raise layout_changed(data.where, f"{key} holds something else than text")
        text = reading.fold(value)
        if text:
            yield text


def _identifier(scheme: str, value: str | None) -> str | None:
    return ids.normalise(f"{scheme}:{value}") if value else None


def _extra(**said: float | str | None) -> Mapping[str, float | int | str]:
    return MappingProxyType({name: value for name, value in said.items() if value is not None})
