"""A person of INSPIRE: the name, the institution and every id that other providers know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import AuthorRecord
from spiders.pages import reading
from spiders.pages.inspire.papers import PROVIDER
from spiders.pages.reading import layout_changed
from spiders.pages.refusing import given_name_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.pages.reading import Fields

_SCHEMES = {"INSPIRE BAI": "inspire_bai", "ORCID": "orcid", "GOOGLESCHOLAR": "google_scholar"}
"""INSPIRE's names of the schemes that are read; a BAI names the person in searches."""


def read_author(data: Fields) -> AuthorRecord:
    """The record of a person; the BAI and a name are mandatory.

    E-mail addresses stand in such records too, and are never read.
    """
    found = reading.unique(*_ids(data))
    bai = next((i.partition(":")[2] for i in found if i.startswith("inspire_bai:")), None)
    if bai is None:
        raise layout_changed(data.where, "the INSPIRE BAI is missing")
    data = data.named(bai)
    number = data.required_count("control_number")
    return AuthorRecord(
        provider=PROVIDER,
        author_id=bai,
        name=_name(data),
        affiliation=_affiliation(data),
        homepage=next(
            filter(None, (reading.web_address(u.text("value")) for u in data.objects("urls"))), None
        ),
        ids=reading.unique(f"inspire_bai:{bai}", *found),
        is_sorted=False,
        url=f"https://inspirehep.net/authors/{number}",
    )


def _ids(data: Fields) -> Iterator[str | None]:
    for one in data.objects("ids"):
        scheme = _SCHEMES.get(one.text("schema") or "")
        if scheme:
            yield ids.normalise(f"{scheme}:{one.text('value') or ''}")


def _name(data: Fields) -> str:
    name = data.object("name")
    said = name.text("preferred_name") if name else None
    if said is None and name is not None:
        said = given_name_first(name.required_text("value"))
    if said is None:
        raise layout_changed(data.where, "name is missing")
    return said


def _affiliation(data: Fields) -> str | None:
    current = (place for place in data.objects("positions") if place.flag("current"))
    return next((i for place in current if (i := place.text("institution"))), None)
