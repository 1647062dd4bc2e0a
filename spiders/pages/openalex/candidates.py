"""Who may be meant: what OpenAlex's search for authors answers to a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.items import PageVerdict, ParsedPage
from spiders.pages import openalex, reading
from spiders.pages.reading import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """A page each author of a search; anything else as the page module of authors and works has it.

    Raises:
        LayoutChanged, NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: As there.
    """
    found = reading.peek(body).get("results")
    is_list = isinstance(found, list) and any(map(_is_author, found))
    is_good = status is None or 200 <= status < 300  # noqa: PLR2004 - HTTP success
    if not (is_list and is_good):
        return openalex.parse(body, url=url, status=status, headers=headers)
    data = Fields.of(reading.load(body, where="OpenAlex"), "OpenAlex")
    authors = [openalex.read_author(result) for result in data.objects("results")]
    return tuple(ParsedPage(verdict=PageVerdict.PROFILE, author=author) for author in authors)


def _is_author(result: object) -> bool:
    own = result.get("id") if isinstance(result, dict) else None
    return isinstance(own, str) and own.rpartition("/")[2][:1] == "A"
