"""A page of papers that ADS found: whose they are, how many there are, and which part this is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from spiders import ids
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.ads.papers import PROVIDER, WHERE, read_paper
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.items import WorkRecord

_LONGEST = 4000


def read_search(data: Fields, *, url: str | None) -> ParsedPage:
    """The page; its first one carries the author who was asked for by ORCID, if one was."""
    header = data.object("responseHeader")
    asked = _params(header, url)
    response = data.object("response")
    if response is None or response.items("docs") is None:
        raise layout_changed(WHERE, "response is null, or has no docs")
    total = response.required_count("numFound")
    start = response.count("start")
    start = (reading.as_int(asked.get("start")) or 0) if start is None else start
    docs = response.objects("docs")
    if docs and start + len(docs) > total:
        raise layout_changed(
            response.where, f"numFound is {total}, and {len(docs)} papers came from {start} on"
        )
    if docs and not any("title" in doc.data for doc in docs):
        raise layout_changed(docs[0].where, "title is missing, here and in all others")
    papers: dict[str, WorkRecord] = {}
    for doc in docs:
        paper = read_paper(doc)
        known = papers.setdefault(paper.record_id, paper)
        if known.cited_by_count != paper.cited_by_count:
            raise layout_changed(doc.where, f"{paper.record_id} came before with another count")
    following = start + len(docs)
    is_short = following < total and not _is_full(asked, len(docs))
    orcid = ids.orcid(asked.get("q")) if start == 0 else None
    is_partial = header is not None and header.flag("partialResults") is True
    if is_short or is_partial:
        verdict = PageVerdict.TRUNCATED
    else:
        verdict = PageVerdict.EMPTY if total == 0 else PageVerdict.PROFILE
    return ParsedPage(
        verdict=verdict,
        author=_author(orcid, total=total, is_cut=following < total) if orcid else None,
        works=tuple(papers.values()),
        total=total,
        next_cursor=str(following) if docs and following < total and not is_partial else None,
    )


def _author(orcid: str, *, total: int, is_cut: bool) -> AuthorRecord:
    return AuthorRecord(
        provider=PROVIDER,
        author_id=orcid,
        ids=(f"orcid:{orcid}",),
        works_count=total,
        works_expected=total,
        is_truncated=is_cut,
        is_sorted=False,
        url=f"https://ui.adsabs.harvard.edu/search/q=orcid:{orcid}",
    )


def _is_full(asked: Mapping[str, str], shown: int) -> bool:
    """Whether a page has as many papers as were asked for; one that does not say is."""
    rows = reading.as_int(asked.get("rows"))
    return rows is None or shown >= rows


def _params(header: Fields | None, url: str | None) -> Mapping[str, str]:
    """What was asked for: as the answer repeats it, else as its address says."""
    said = header.object("params") if header else None
    try:
        query = parse_qs(urlsplit((url or "")[:_LONGEST]).query, max_num_fields=50)
    except ValueError:
        query = {}
    asked = {name: values[0] for name, values in query.items()}
    repeated = dict(said.data) if said else {}
    return asked | {k: str(v) for k, v in repeated.items() if isinstance(v, str | int)}
