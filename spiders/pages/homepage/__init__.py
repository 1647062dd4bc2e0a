"""A person's own homepage: which papers the owner lists, and under which ids.

Promise: no counts are read here, what stands in comments is flagged and never listed, and what
looked like a paper and was not taken is named among the anomalies.
Facts and their sources: docs/providers/homepage.md.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders.errors import BadRequest, NotFound, ProviderError, Unavailable
from spiders.items import AuthorRecord, PageVerdict, ParsedPage, WorkRecord
from spiders.pages import reading
from spiders.pages.homepage import document, links, owner, papers
from spiders.pages.homepage.document import WHERE
from spiders.pages.reading import layout_changed
from spiders.pages.slugs import slug

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.pages.homepage.owner import Owner
    from spiders.pages.homepage.papers import Paper

PROVIDER = "homepage"

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_NAMES = ("arxiv", "openreview", "doi")
"""Schemes that a paper is known by on this page, best first."""
_MOST_ANOMALIES = 20
_GONE = frozenset({401, 404, 410, 451})
_PASSING = frozenset({403, 408, 425, 429})


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What a homepage says, as Markdown or HTML; always one page.

    Args:
        url: Its address, which is the owner's id here.
        status: HTTP status; `None` for a saved file.
        headers: Response headers: the encoding, and where a page has moved to.

    Raises:
        LayoutChanged: It is no text, or neither papers nor an id of the owner are in it.
        Truncated: A web page that does not come to its end.
        NotFound, BadRequest, Unavailable: It could not be had.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise _refusal(status, headers)
    read = document.read(body, content_type=reading.header(headers, "Content-Type"))
    shown = papers.read(read.root)
    hidden = [paper for tree in read.hidden for paper in papers.read(tree).papers]
    person = owner.read(read, shown.papers)
    works, twice = _works(shown.papers, hidden, person)
    if not works and not person.ids:
        raise layout_changed(
            WHERE, "no paper with a link to arXiv, OpenReview or a DOI was found, and no profile"
        )
    anomalies = [*person.anomalies, *shown.skipped, *(f"listed_twice:{name}" for name in twice)]
    author = _author(person, address=links.own(url), anomalies=anomalies)
    listed = sum(1 for work in works if not work.is_excluded)
    verdict = PageVerdict.PROFILE if listed else PageVerdict.EMPTY
    return (ParsedPage(verdict=verdict, author=author, works=works, total=listed),)


def _author(person: Owner, *, address: str | None, anomalies: list[str]) -> AuthorRecord:
    own = f"{PROVIDER}:{address}" if address else None
    left = len(anomalies) - _MOST_ANOMALIES
    named = [*anomalies[:_MOST_ANOMALIES], *([f"and_more:{left}"] if left > 0 else [])]
    return AuthorRecord(
        provider=PROVIDER,
        author_id=address,
        name=person.name,
        homepage=address,
        ids=reading.unique(own, *person.ids),
        is_sorted=False,
        anomalies=tuple(named),
        extra=MappingProxyType({"github": person.account} if person.account else {}),
        url=address,
    )


def _works(
    shown: list[Paper], hidden: list[Paper], person: Owner
) -> tuple[tuple[WorkRecord, ...], list[str]]:
    """Records of all papers, and the names of those that stand there twice."""
    works: dict[str, WorkRecord] = {}
    twice: list[str] = []
    for paper, is_hidden in [*((p, False) for p in shown), *((p, True) for p in hidden)]:
        name = _name(paper) or slug(paper.title)
        if name not in works:
            works[name] = _work(paper, name, person, is_hidden=is_hidden)
        elif not is_hidden:
            twice.append(name)
    return tuple(works.values()), twice


def _name(paper: Paper) -> str | None:
    found = {i.partition(":")[0]: i for i in reversed(paper.ids)}
    return next((found[scheme] for scheme in _NAMES if scheme in found), None)


def _work(paper: Paper, name: str, person: Owner, *, is_hidden: bool) -> WorkRecord:
    years = _YEAR.findall(paper.venue or "")
    authors = paper.authors
    record_id = f"{PROVIDER}:{name}"
    return WorkRecord(
        provider=PROVIDER,
        record_id=record_id,
        title=paper.title,
        year=int(years[0]) if len(years) == 1 else None,
        venue=paper.venue,
        authors=authors.names if authors else (),
        authors_count=len(authors.names) if authors and not authors.is_cut else None,
        ids=reading.unique(record_id, *paper.ids, *owner.scholar_ids(paper, person)),
        is_excluded=is_hidden,
        extra=MappingProxyType({"is_commented_out": 1} if is_hidden else {}),
    )


def _refusal(status: int, headers: Mapping[str, str] | None) -> ProviderError:
    if 300 <= status < 400:  # noqa: PLR2004 - HTTP redirects
        target = reading.one_line(reading.header(headers, "Location") or "another address")
        return NotFound(
            f"{WHERE}: it has moved to {target}: write that address into the configuration"
        )
    if status in _GONE:
        return NotFound(f"{WHERE}: nothing public is there (HTTP {status}): correct the address")
    if status in _PASSING or not 400 <= status < 500:  # noqa: PLR2004 - HTTP refusals
        wait = reading.retry_after_seconds(headers)
        return Unavailable(
            f"{WHERE}: its server did not give it (HTTP {status}); run again later",
            retry_after=wait,
        )
    return BadRequest(f"{WHERE}: its server refuses the request (HTTP {status})")
