"""An answer of dblp's search for publications: JSON made of XML, with the oddities of that.

Numbers are strings, one child is no list, and a search without hits has no list of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spiders.errors import BadRequest, Unavailable
from spiders.items import PageVerdict, ParsedPage, WorkRecord
from spiders.pages import reading
from spiders.pages.dblp.records import (
    PROVIDER,
    WHERE,
    read_key,
    read_title,
    without_number,
    work_ids,
    work_type,
)
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from spiders.errors import ProviderError

_ANSWERED = 200
_SERVER = 500


def read_search(data: Fields) -> ParsedPage:
    """The hits, how many there are in all, and where the next ones begin.

    Raises:
        LayoutChanged: `@total`, or a hit's key or title, is missing.
        BadRequest, Unavailable: the answer says so in its status.
    """
    result = data.object("result")
    if result is None:
        raise layout_changed(WHERE, "neither a search's result nor a person is in it")
    told = result.object("status")
    if told is not None and (code := told.count("@code")) not in (None, _ANSWERED):
        raise _failure(code or 0, told)
    hits = result.object("hits")
    if hits is None:
        raise layout_changed(WHERE, "hits is missing")
    total, first = hits.required_count("@total"), hits.count("@first") or 0
    sent = hits.count("@sent")
    listed = _listed(hits, "hit")
    if len(listed) > total:
        raise layout_changed(hits.where, f"@total is {total}, and {len(listed)} hits came")
    found: dict[str, WorkRecord] = {}
    for hit in listed:
        work = _work(hit)
        found.setdefault(work.record_id, work)
    verdict = PageVerdict.PROFILE if total else PageVerdict.EMPTY
    if sent is not None and len(listed) != sent:
        verdict = PageVerdict.TRUNCATED
    after = first + len(listed)
    return ParsedPage(
        verdict=verdict,
        works=tuple(found.values()),
        total=total,
        next_cursor=str(after) if listed and after < total else None,
    )


def _work(hit: Fields) -> WorkRecord:
    info = hit.object("info")
    if info is None:
        raise layout_changed(hit.where, "info is missing")
    # Before 2019 a hit had no key; its page has always been /rec/KEY.
    address = (info.text("url") or "").partition("/rec/")[2]
    key = read_key(info.text("key") or address, info.where)
    info = info.named(key)
    people = info.object("authors")
    names = [without_number(name) for name in _texts(people, "author")] if people else []
    authors = tuple(name for name in names if name)
    kind = info.text("type")
    is_preprint = (kind or "").lower().startswith("informal")
    return WorkRecord(
        provider=PROVIDER,
        record_id=f"dblp:{key}",
        title=read_title(reading.title(info.required_text("title")), info.where),
        year=info.year("year"),
        venue=next(iter(_texts(info, "venue")), None),
        work_type=work_type(kind, ["informal"] if is_preprint else []) if kind else None,
        authors=authors,
        authors_count=len(authors) or None,
        ids=work_ids(key, links=_texts(info, "ee"), doi=info.text("doi")),
        url=f"https://dblp.org/rec/{key}",
    )


def _several(data: Fields, key: str) -> list[Any]:
    """The values of a key that may be absent, one, or a list."""
    value = data.data.get(key)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _listed(data: Fields, key: str) -> list[Fields]:
    where = f"{data.where}: {key}"
    return [Fields.of(v, f"{where}[{i}]") for i, v in enumerate(_several(data, key))]


def _texts(data: Fields, key: str) -> list[str]:
    """Texts as they stand, or as the `text` of objects with attributes."""
    found = []
    for value in _several(data, key):
        holder = Fields(value if isinstance(value, dict) else {"text": value}, data.where)
        found.append(reading.title(holder.text("text")))
    return [text for text in found if text]


def _failure(code: int, told: Fields) -> ProviderError:
    said = told.text("text") or "no reason given"
    if code >= _SERVER:
        return Unavailable(f"{WHERE} gave no answer ({code}): {said}; run again later")
    return BadRequest(f"{WHERE} refuses the search ({code}): {said}")
