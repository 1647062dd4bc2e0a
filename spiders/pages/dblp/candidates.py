"""Who may be meant: what dblp's search for people answers to a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.dblp.records import PROVIDER, WHERE, without_number
from spiders.pages.dblp.refusals import refusal, wall
from spiders.pages.profiles import person_id
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.webpages import is_web_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def parse(
    body: bytes,
    *,
    url: str | None = None,  # noqa: ARG001  # all page modules are called alike
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """A page each person of `/search/author/api?format=json`, without papers.

    Raises:
        LayoutChanged: Not the JSON of that search.
        BadRequest, BudgetSpent, Blocked, Unavailable: Refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status, headers)
    if is_web_page(body):
        raise wall(status)
    data = Fields.of(reading.load(body, where=WHERE), WHERE)
    hits = (data.object("result") or data).object("hits")
    if hits is None:
        raise layout_changed(WHERE, "result.hits is missing")
    # There is no `hit` at all where nobody was found.
    people = [hit.object("info") for hit in hits.objects("hit")]
    return tuple(_person(person) for person in people if person is not None)


def _person(person: Fields) -> ParsedPage:
    address = person.text("url")
    own = person_id(address)
    if own is None or not own.startswith("dblp:"):
        shown = reading.one_line(address or "", limit=60)
        raise layout_changed(person.where, f"url {shown!r} is no person's")
    author = AuthorRecord(
        provider=PROVIDER,
        author_id=own.partition(":")[2],
        name=without_number(person.text("author")),
        affiliation=_affiliation(person),
        ids=(own,),
        is_sorted=False,
        url=address,
    )
    return ParsedPage(verdict=PageVerdict.PROFILE, author=author)


def _affiliation(person: Fields) -> str | None:
    """The first one; a single note stands alone, several in a list."""
    notes = person.object("notes")
    said: Any = notes.data.get("note") if notes else None
    for note in said if isinstance(said, list) else [said]:
        if isinstance(note, dict) and note.get("@type") == "affiliation":
            text = note.get("text")
            return reading.fold(text) if isinstance(text, str) else None
    return None
