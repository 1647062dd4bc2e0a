"""arXiv feeds: a person's own list (`/a/ID.atom2`), or an answer of `api/query`.

Promise: nothing is counted here; a person's feed is about the id that it names itself, and a page
of a query that is shorter than it says is called truncated. Facts: docs/providers/arxiv.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.arxiv.entries import PROVIDER, WHERE, Entry
from spiders.pages.arxiv.refusals import refusal, stated_error
from spiders.pages.profiles import person_id
from spiders.pages.reading import layout_changed
from spiders.pages.webpages import is_web_page
from spiders.pages.xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.items import WorkRecord
    from spiders.pages.xml import Element

__all__ = ["parse"]

_ATOM = "{http://www.w3.org/2005/Atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_PERSON = "/a/"
# "Ada Test's articles on arXiv": English, and only the name is lost where it is not.
_ARTICLES = ("'s articles on arXiv", "\u2019s articles on arXiv")


def parse(
    body: bytes,
    *,
    url: str | None = None,  # noqa: ARG001  # all page modules are called alike
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What a feed says; always one page, with an author where it is a person's.

    Args:
        body: Atom.
        url: Where it was read; feeds tell all by themselves.
        status: HTTP status; `None` for a saved file.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: No Atom, or an entry without id, title or date.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: Refusals.
    """
    if (status is not None and not 200 <= status < 300) or is_web_page(body):  # noqa: PLR2004 - HTTP success
        raise refusal(body, status, headers)
    feed = read_xml(body, where=WHERE)
    if feed.tag != f"{_ATOM}feed":
        raise layout_changed(WHERE, f"a feed was expected, not <{str(feed.tag)[-40:]}>")
    entries = [
        Entry(e, f"{WHERE}: entry[{i}]") for i, e in enumerate(feed.findall(f"{_ATOM}entry"))
    ]
    error = stated_error(entries)
    if error is not None:
        raise error
    own = _text(feed, f"{_ATOM}id") or ""
    if feed.find(f"{_SEARCH}totalResults") is not None:
        return (_query(feed, _distinct(entries, are_joined=False), shown=len(entries)),)
    if _PERSON not in own:
        raise layout_changed(WHERE, "neither a person's feed nor an answer to a query")
    works = _distinct(entries, are_joined=True)
    if len(works) != len(entries):
        raise layout_changed(WHERE, "a paper is listed twice")
    verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
    return (ParsedPage(verdict=verdict, author=_author(feed, own), works=works),)


def _distinct(entries: list[Entry], *, are_joined: bool) -> tuple[WorkRecord, ...]:
    works: dict[str, WorkRecord] = {}
    for entry in entries:
        work = entry.work(are_joined=are_joined)
        works.setdefault(work.record_id, work)
    return tuple(works.values())


def _query(feed: Element, works: tuple[WorkRecord, ...], *, shown: int) -> ParsedPage:
    told = {name: _text(feed, f"{_SEARCH}{name}") for name in _COUNTS}
    fields = reading.Fields(told, WHERE)
    total, first = fields.required_count("totalResults"), fields.count("startIndex") or 0
    size = fields.count("itemsPerPage")
    left = max(0, total - first)
    if shown > left:
        raise layout_changed(WHERE, f"{left} entries are left of {total}, and {shown} came")
    is_cut = shown < left and (size is None or shown < size)
    if is_cut:
        verdict = PageVerdict.TRUNCATED
    else:
        verdict = PageVerdict.EMPTY if total == 0 else PageVerdict.PROFILE
    after = str(first + shown) if shown < left and shown else None
    return ParsedPage(verdict=verdict, works=works, total=total, next_cursor=after)


_COUNTS = ("totalResults", "startIndex", "itemsPerPage")


def _author(feed: Element, own: str) -> AuthorRecord:
    value = own.partition(_PERSON)[2].strip("/").removesuffix(".atom2").removesuffix(".atom")
    person = ids.orcid(value) if ids.orcid(value) == value.upper() else None
    own_id = f"orcid:{person}" if person else ids.normalise(f"arxiv_author:{value}")
    if own_id is None:
        raise layout_changed(WHERE, f"{reading.one_line(value, limit=40)!r} is no id of a person")
    links = (link.get("href") for link in feed.findall(f"{_ATOM}link"))
    name = _text(feed, f"{_ATOM}title") or ""
    ending = next((end for end in _ARTICLES if name.endswith(end)), None)
    others = (person_id(link) for link in links)
    value = own_id.partition(":")[2]
    return AuthorRecord(
        provider=PROVIDER,
        author_id=value,
        name=reading.fold(name.removesuffix(ending)) if ending else None,
        ids=reading.unique(own_id, *(o for o in others if o)),
        is_sorted=False,
        url=f"https://arxiv.org/a/{value}",
    )


def _text(element: Element, path: str) -> str | None:
    return reading.fold(element.findtext(path) or "")
