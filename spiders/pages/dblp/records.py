"""One record of dblp: what was published where, under which ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import layout_changed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spiders.pages.xml import Element

PROVIDER = "dblp"
WHERE = "dblp"

_NUMBER = re.compile(r" \d{4}$", re.ASCII)
_CORR = re.compile(r"journals/corr/abs-(\d{4}-\d{4,5}|[a-z-]+-\d{7})", re.ASCII)
_ANTHOLOGY = re.compile(r"/(?:anthology/)?([A-Z]\d\d-\d{4,5}|\d{4}\.[\w-]+\.\d+)(?:\.pdf|/)?")
_HOSTS_OF_DOIS = re.compile(r"(?:dx\.)?doi\.org|doi\.ieeecomputersociety\.org")
_VENUES = ("journal", "booktitle", "school", "publisher")


def read_record(element: Element, where: str) -> WorkRecord:
    """The record of `<article>`, `<inproceedings>` and the like; key and title are mandatory."""
    key = read_key(element.get("key"), where)
    where = f"{where} ({key})"
    title = read_title("".join(_one(element, "title", where).itertext()), where)
    people = element.findall("author") or element.findall("editor")
    names = [without_number(reading.fold("".join(p.itertext()))) for p in people]
    authors = tuple(name for name in names if name)
    kinds = (element.get("publtype") or "").split()
    venue = next((e for name in _VENUES if (e := element.find(name)) is not None), None)
    links = [reading.fold(e.text or "") for e in element.findall("ee")]
    return WorkRecord(
        provider=PROVIDER,
        record_id=f"dblp:{key}",
        title=title,
        year=_year(element, where),
        venue=reading.fold("".join(venue.itertext())) if venue is not None else None,
        work_type=work_type(str(element.tag), kinds),
        authors=authors,
        authors_count=len(authors) or None,
        ids=work_ids(key, links=links),
        is_retracted=True if "withdrawn" in kinds else None,
        url=f"https://dblp.org/rec/{key}",
    )


def read_key(key: str | None, where: str) -> str:
    """The key of a record, which is its id."""
    own = reading.fold(key or "")
    if own is None or ids.normalise(f"dblp:{own}") != f"dblp:{own}":
        raise layout_changed(where, f"key {reading.one_line(key or '', limit=40)!r} is no id")
    return own


def read_title(text: str | None, where: str) -> str:
    """A title without the full stop that dblp puts after each."""
    title = reading.fold(text or "")
    if title is None:
        raise layout_changed(where, "title is missing")
    is_stopped = title.endswith(".") and not title.endswith("..")
    return (title[:-1].rstrip() if is_stopped else title) or title


def without_number(name: str | None) -> str | None:
    """A name without the number that tells namesakes apart (`Ada Test 0001`)."""
    return reading.fold(_NUMBER.sub("", name)) if name else None


def work_type(tag: str, kinds: Iterable[str]) -> str:
    """`preprint` for what dblp calls informal (CoRR and the like), else its own word."""
    return "preprint" if "informal" in kinds else tag


def work_ids(key: str, *, links: Iterable[str | None], doi: str | None = None) -> tuple[str, ...]:
    """All ids of a record out of its key, its DOI and its links."""
    # Preprints of CoRR have their arXiv number in the key: abs-2311-16503, abs-math-0310334.
    corr = _CORR.fullmatch(key)
    number = None
    if corr:
        first, _, last = corr[1].rpartition("-")
        number = ids.arxiv(f"{first}.{last}") or ids.arxiv(f"{first}/{last}")
    found = [f"dblp:{key}", *ids.from_doi(doi), f"arxiv:{number}" if number else None]
    for link in filter(None, links):
        found += _of_link(link)
    return reading.unique(*found)


def _of_link(link: str) -> tuple[str | None, ...]:
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return ()
    if _HOSTS_OF_DOIS.fullmatch(host) or "/doi/" in parts.path:
        return ids.from_doi(link)
    preprint, forum = ids.arxiv(link), ids.openreview(link)
    anthology = None
    if host.removeprefix("www.") in ("aclanthology.org", "aclweb.org"):
        anthology = _ANTHOLOGY.fullmatch(parts.path)
    return (
        f"arxiv:{preprint}" if preprint else None,
        ids.normalise(f"openreview:{forum}") if forum else None,
        ids.normalise(f"acl:{anthology[1]}") if anthology else None,
    )


def _one(element: Element, name: str, where: str) -> Element:
    found = element.findall(name)
    if len(found) != 1:
        raise layout_changed(where, f"{name} is {'said twice' if found else 'missing'}")
    return found[0]


def _year(element: Element, where: str) -> int | None:
    if element.find("year") is None:
        return None
    text = reading.fold("".join(_one(element, "year", where).itertext()))
    return reading.Fields({"year": text}, where).year("year")
