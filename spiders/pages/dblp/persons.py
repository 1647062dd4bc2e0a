"""A person of dblp: who it is, and the records that it says it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders import ids
from spiders.errors import NotFound, Truncated
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.dblp.records import PROVIDER, WHERE, read_record, without_number
from spiders.pages.profiles import homepage, person_id
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spiders.items import WorkRecord
    from spiders.pages.xml import Element

_SHOWN = 6
"""Namesakes that a message names."""


def read_person(root: Element) -> ParsedPage:
    """The page of `<dblpperson>`.

    Raises:
        LayoutChanged: pid, n, or a field of a record is missing; or a record stands twice.
        NotFound: a disambiguation page, which is nobody's.
        Truncated: fewer records came than `n`.
    """
    told = Fields(dict(root.attrib), WHERE)
    pid = told.required_text("pid")
    if ids.normalise(f"dblp:{pid}") != f"dblp:{pid}":
        raise layout_changed(WHERE, f"pid {reading.one_line(pid, limit=40)!r} is no id")
    told = told.named(pid)
    total = told.required_count("n")
    if any("disambiguation" in (p.get("publtype") or "") for p in root.findall("person")):
        raise _nobody(root, pid)
    works = tuple(_records(root, told.where))
    if len(works) < total:
        raise Truncated(f"{told.where}: {len(works)} of {total} records came; try again later")
    if len(works) > total or len({w.record_id for w in works}) < total:
        raise layout_changed(told.where, f"n is {total}, and other records came")
    if works and all(work.year is None for work in works):
        raise layout_changed(told.where, "year is missing, here and in all others")
    author = _author(root, pid, told=told, total=total)
    verdict = PageVerdict.PROFILE if works else PageVerdict.EMPTY
    return ParsedPage(verdict=verdict, author=author, works=works, total=total)


def _records(root: Element, where: str) -> Iterator[WorkRecord]:
    for i, row in enumerate(root.findall("r")):
        if len(row) != 1:
            raise layout_changed(f"{where}: r[{i}]", f"one record was expected, not {len(row)}")
        yield read_record(row[0], f"{where}: r[{i}]")


def _author(root: Element, pid: str, *, told: Fields, total: int) -> AuthorRecord:
    addresses = [reading.fold(e.text or "") for e in root.findall("person/url")]
    own = [person_id(address) for address in addresses]
    if not any(i and i.startswith("orcid:") for i in own):
        own.append(_orcid_of_records(root, pid))
    page = homepage(*addresses)
    notes = [e for e in root.findall("person/note") if e.get("type") == "affiliation"]
    return AuthorRecord(
        provider=PROVIDER,
        author_id=pid,
        name=without_number(told.text("name")),
        affiliation=_current(notes),
        homepage=page,
        ids=reading.unique(
            f"dblp:{pid}", *own, ids.normalise(f"homepage:{page}") if page else None
        ),
        works_count=total,
        works_expected=total,
        is_sorted=False,
        url=f"https://dblp.org/pid/{pid}",
    )


def _orcid_of_records(root: Element, pid: str) -> str | None:
    """The iD that papers give for this author, where all that give one agree."""
    given = {a.get("orcid") for a in root.iter("author") if a.get("pid") == pid} - {None}
    found = ids.orcid(next(iter(given))) if len(given) == 1 else None
    return f"orcid:{found}" if found else None


def _current(notes: Sequence[Element]) -> str | None:
    """The first affiliation; one with a label is of another time (`PhD 2019`, `former`)."""
    now = [note for note in notes if not note.get("label")]
    return reading.fold("".join((now or notes)[0].itertext())) if notes else None


def _nobody(root: Element, pid: str) -> NotFound:
    found = (a.get("pid") for a in root.findall("homonyms/h/person/author"))
    others = [other for other in dict.fromkeys(found) if other and other != pid]
    some = ", ".join(f"dblp:{reading.one_line(o, limit=60)}" for o in others[:_SHOWN])
    more = " and more" if len(others) > _SHOWN else ""
    known = f" ({some}{more})" if some else ""
    return NotFound(
        f"{WHERE}: dblp:{pid} tells namesakes apart and is nobody's page: open"
        f" https://dblp.org/pid/{pid}.html and take the id of the person{known}"
    )
