"""INSPIRE answers: an author, a list of authors or of papers, one paper, or a refusal.

Promise: every paper's count and its count without self-citations are INSPIRE's own and fit
together; a list that ends before its own total is called truncated. Facts and their sources:
docs/providers/inspire.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import NotFound
from spiders.items import PageVerdict, ParsedPage
from spiders.pages import reading, refusing
from spiders.pages.inspire.authors import read_author
from spiders.pages.inspire.paging import Paging
from spiders.pages.inspire.papers import FIELDS, PROVIDER, WHERE, read_paper
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.errors import ProviderError
    from spiders.items import WorkRecord

__all__ = ["FIELDS", "PROVIDER", "parse"]


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of inspirehep.net/api says; one page, or one for each author of a search.

    Args:
        body: JSON of a record or of a search.
        url: Where it was read; it tells which page of a list it is.
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Not JSON, or a mandatory field (control_number, citation_count, hits.total,
            an author's BAI and name) is unusable.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: INSPIRE's refusals.
    """
    if not refusing.is_success(status):
        raise _refusal(body, status=status or 0, headers=headers)
    if reading.is_html(body):
        raise refusing.web_page(WHERE, status)
    data = Fields.of(reading.load(body, where=WHERE), WHERE)
    if "hits" in data.data:
        return _search(data, url=url)
    if "metadata" in data.data:
        record = _metadata(data)
        if _is_author(record):
            return (_author_page(record),)
        return (ParsedPage(verdict=PageVerdict.PROFILE, works=(_paper(data),)),)
    said = reading.as_int(data.data.get("status"))
    if said is not None and not refusing.is_success(said):
        raise _refusal(body, status=said, headers=headers)
    raise layout_changed(WHERE, "neither hits nor metadata is in it")


def _search(data: Fields, *, url: str | None) -> tuple[ParsedPage, ...]:
    hits = data.object("hits")
    if hits is None or hits.items("hits") is None:
        raise layout_changed(WHERE, "hits is null")
    total = hits.required_count("total")
    found = hits.objects("hits")
    if len(found) > total:
        raise layout_changed(hits.where, f"total is {total}, and {len(found)} records came")
    paging = Paging.of(data, url)
    if paging.is_authors:
        authors = tuple(_metadata(hit) for hit in found)
        if not authors:
            raise NotFound(f"{WHERE} {_UNKNOWN}")
        return tuple(_author_page(author) for author in authors)
    if any(_is_author(_metadata(hit)) for hit in found):
        return tuple(_author_page(_metadata(hit)) for hit in found)
    return (_papers_page(found, total=total, paging=paging),)


def _papers_page(found: tuple[Fields, ...], *, total: int, paging: Paging) -> ParsedPage:
    if found and not any("titles" in _metadata(hit).data for hit in found):
        raise layout_changed(found[0].where, "titles is missing, here and in all others")
    papers: dict[str, WorkRecord] = {}
    for hit in found:
        paper = _paper(hit)
        known = papers.setdefault(paper.record_id, paper)
        if known.cited_by_count != paper.cited_by_count:
            raise layout_changed(hit.where, f"{paper.record_id} came before with another count")
    if total == 0:
        verdict = PageVerdict.EMPTY
    elif paging.falls_short(shown=len(found), total=total):
        verdict = PageVerdict.TRUNCATED
    else:
        verdict = PageVerdict.PROFILE
    return ParsedPage(
        verdict=verdict,
        works=tuple(papers.values()),
        total=total,
        next_cursor=paging.following,
    )


def _paper(hit: Fields) -> WorkRecord:
    """The paper of a hit; both its ids are said to be the same."""
    paper = read_paper(_metadata(hit))
    own = hit.data.get("id")
    if own is not None and f"inspire:{own}" != paper.record_id:
        raise layout_changed(hit.where, f"its id is not that of {paper.record_id}")
    return paper


def _metadata(hit: Fields) -> Fields:
    found = hit.object("metadata")
    if found is None:
        raise layout_changed(hit.where, "metadata is missing")
    return Fields(found.data, hit.where)


def _is_author(record: Fields) -> bool:
    """People have a name, papers have titles; a schema is said unless `fields` leaves it out."""
    schema = str(record.data.get("$schema") or "")
    return "/authors." in schema or ("name" in record.data and "titles" not in record.data)


def _author_page(record: Fields) -> ParsedPage:
    if record.flag("deleted"):
        raise NotFound(f"{WHERE} {_UNKNOWN}")
    return ParsedPage(verdict=PageVerdict.PROFILE, author=read_author(record))


_UNKNOWN = (
    "knows no such author, or merged the profile with another one; look the person up at"
    " inspirehep.net and correct the id in the configuration"
)


def _refusal(body: bytes, *, status: int, headers: Mapping[str, str] | None) -> ProviderError:
    return refusing.by_status(
        body,
        where=WHERE,
        status=status,
        told=refusing.words(reading.peek(body).get("message")) or "no reason given",
        unknown=f"it {_UNKNOWN}",
        headers=headers,
    )
