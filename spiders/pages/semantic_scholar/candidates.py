"""Who may be meant: the authors that Semantic Scholar names on papers.

It cannot be asked for an ORCID iD; but papers that are known to be a person's name their authors,
and some of these with the iD. A search for a name is read by the page module of authors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages import reading, semantic_scholar
from spiders.pages.reading import Fields
from spiders.pages.semantic_scholar.authors import orcid
from spiders.pages.semantic_scholar.papers import PROVIDER, WHERE, read_papers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.items import WorkRecord

FIELDS = (
    "title",
    "year",
    "externalIds",
    "citationCount",
    "authors.authorId",
    "authors.name",
    "authors.externalIds",
)
"""Fields of a paper whose authors are wanted, for `fields=`."""
_MANY = 60
"""Authors of a paper beyond which it tells little of any one of them."""


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """A page each author that a batch of papers names, with those papers; else as of any answer.

    Raises:
        LayoutChanged, NotFound, BadRequest, Blocked, Unavailable: As the page module of authors.
    """
    pages = semantic_scholar.parse(body, url=url, status=status, headers=headers)
    answer = json.loads(body)
    if not isinstance(answer, list) or any(page.author is not None for page in pages):
        return pages
    found: dict[str, tuple[AuthorRecord, list[WorkRecord]]] = {}
    papers = (Fields.of(p, f"{WHERE}: [{i}]") for i, p in enumerate(answer) if p is not None)
    for paper in papers:
        people = paper.objects("authors")
        for person in people if len(people) <= _MANY else ():
            author = _author(person)
            if author is not None and author.author_id is not None:
                _, works = found.setdefault(author.author_id, (author, []))
                works.extend(read_papers((paper,)))
    return tuple(
        ParsedPage(verdict=PageVerdict.PROFILE, author=author, works=tuple(works))
        for author, works in found.values()
    )


def _author(person: Fields) -> AuthorRecord | None:
    """An author as a paper names it; one without a profile is nobody."""
    own = ids.normalise(f"{PROVIDER}:{person.text('authorId') or ''}")
    if own is None:
        return None
    number = own.partition(":")[2]
    return AuthorRecord(
        provider=PROVIDER,
        author_id=number,
        name=person.text("name"),
        ids=reading.unique(own, orcid(person)),
        is_sorted=False,
        url=f"https://www.semanticscholar.org/author/{number}",
    )
