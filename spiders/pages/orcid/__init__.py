"""ORCID answers: the works of a record, its person, or the whole record; JSON or XML.

Promise: nothing is counted here; only what is said to be the paper itself (relationship `self`)
identifies it, and a group of one paper's sources is one work. Facts: docs/providers/orcid.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import NotFound
from spiders.items import PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.orcid.persons import bare, orcid_of, read_person
from spiders.pages.orcid.refusals import refusal, wall
from spiders.pages.orcid.works import WHERE, read_works
from spiders.pages.orcid.xml_form import as_object
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.webpages import is_web_page
from spiders.pages.xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["parse"]

_ERROR_KEYS = frozenset({"developer-message", "response-code", "error-code", "error"})


def parse(
    body: bytes,
    *,
    url: str | None = None,  # noqa: ARG001  # all page modules are called alike
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of pub.orcid.org says; always one page, with an author.

    Args:
        body: `/works`, `/person` or `/record` of an iD, in API version 3.0.
        url: Where it was read; answers tell all by themselves.
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Another form, or a work without put-code.
        NotFound: No such record, or one that is closed.
        BadRequest, BudgetSpent, Blocked, Unavailable: Refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status, headers)
    if is_web_page(body):
        raise wall()
    data = Fields.of(_value(body), WHERE)
    if _ERROR_KEYS & set(data.data):
        raise refusal(body, None, headers)
    if "orcid-identifier" in data.data:
        return (_record(data),)
    if "group" in data.data:
        return (_works(data),)
    if {"name", "external-identifiers"} & set(data.data):
        return (ParsedPage(verdict=PageVerdict.PROFILE, author=read_person(data)),)
    raise layout_changed(WHERE, "neither works, a person nor a record is in it")


def _value(body: bytes) -> object:
    if reading.is_html(body):
        return as_object(read_xml(body, where=WHERE))
    return reading.load(body, where=WHERE)


def _works(data: Fields) -> ParsedPage:
    works = read_works(data)
    author = bare(orcid_of(data.text("path")))
    verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
    return ParsedPage(verdict=verdict, author=author, works=works)


def _record(data: Fields) -> ParsedPage:
    """The person and the works of a whole record."""
    own = data.object("orcid-identifier") or Fields({}, WHERE)
    orcid = own.text("path") or own.text("uri")
    history = data.object("history")
    if history is not None and history.data.get("deactivation-date") is not None:
        raise NotFound(f"{WHERE}: the record {orcid} was closed by its owner; look for another iD")
    person, activities = data.object("person"), data.object("activities-summary")
    listed = activities.object("works") if activities else None
    if person is None or listed is None:
        raise layout_changed(WHERE, "person or works is missing from the record")
    works = read_works(listed)
    author = read_person(person, orcid=orcid_of(orcid))
    verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
    return ParsedPage(verdict=verdict, author=author, works=works)
