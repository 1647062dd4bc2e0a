"""Whose record it is: the name that the person publishes, and their ids elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import AuthorRecord
from spiders.pages import reading
from spiders.pages.orcid.works import PROVIDER, value_of
from spiders.pages.profiles import homepage, person_id
from spiders.pages.reading import Fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTIONS = (
    *("name", "other-names", "biography", "researcher-urls", "emails", "addresses", "keywords"),
    "external-identifiers",
)
"""Parts of a person, each of which has the record's address."""
_OF_A_RECORD = re.compile(r"(?:.*/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])(?:/.*)?", re.ASCII)


def orcid_of(path: str | None) -> str | None:
    """The iD in an address within ORCID (`/0000-0002-1825-0097/works`), or `None`."""
    found = _OF_A_RECORD.fullmatch(path or "")
    return ids.orcid(found[1]) if found else None


def bare(orcid: str | None) -> AuthorRecord:
    """An author of whom no more than the iD is known."""
    return AuthorRecord(
        provider=PROVIDER,
        author_id=orcid,
        ids=(f"orcid:{orcid}",) if orcid else (),
        is_sorted=False,
        url=f"https://orcid.org/{orcid}" if orcid else None,
    )


def read_person(data: Fields, *, orcid: str | None = None) -> AuthorRecord:
    """The author of `/person`.

    Args:
        data: The person.
        orcid: The iD, where the record around it says it.
    """
    own = orcid or orcid_of(data.text("path")) or next(filter(None, _paths(data)), None)
    stated = _links(data, "external-identifiers", "external-identifier", "external-id-url")
    links = _links(data, "researcher-urls", "researcher-url", "url")
    known = bare(own)
    # Projects and blogs stand in the same list: only a single candidate is the homepage.
    pages = {page for link in links if (page := homepage(link))}
    page = pages.pop() if len(pages) == 1 else None
    others = [person_id(link) for link in (*stated, *links)]
    return AuthorRecord(
        provider=PROVIDER,
        author_id=own,
        name=_name(data.object("name")),
        homepage=page,
        ids=reading.unique(
            *known.ids,
            *(i for i in others if i and not i.startswith("orcid:")),
            ids.normalise(f"homepage:{page}") if page else None,
        ),
        is_sorted=False,
        url=known.url,
    )


def _paths(data: Fields) -> Iterator[str | None]:
    for section in _SECTIONS:
        part = data.object(section)
        yield orcid_of(part.text("path")) if part else None


def _name(name: Fields | None) -> str | None:
    """The name to be credited by, else given and family name; `None` where it is kept private."""
    if name is None:
        return None
    parts = (value_of(name, "given-names"), value_of(name, "family-name"))
    return value_of(name, "credit-name") or " ".join(p for p in parts if p) or None


def _links(data: Fields, section: str, entry: str, key: str) -> list[str | None]:
    """Addresses of the person's pages."""
    held = data.object(section)
    return [value_of(one, key) for one in held.objects(entry)] if held else []
