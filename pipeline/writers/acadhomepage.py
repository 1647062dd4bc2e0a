"""`gs_data.json` and its badge, as AcadHomepage reads them without a change to the page.

The page breaks in silence on anything but integers in a dictionary, and one missing id blanks every
paper after it. So: no number that is not known, no `null`, and an id that was ever there stays.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.model import Artifact, Snapshot, Work
from pipeline.writers import Previous, endpoint
from pipeline.writers.formatting import cleaned, integer, iso, json_line
from pipeline.writers.names import folder, places
from pipeline.writers.shown import Counted, Shown, counted, name_of, records, shown, source_of

DATA = "gs_data.json"
BADGE = "gs_data_shieldsio.json"

_SCHOLAR = "google_scholar:"
SCHOLAR_KEY = re.compile(r"[\w-]{6,40}:[\w-]{6,40}", re.ASCII)
_ALIASES = ("arxiv:", "doi:", "openreview:")
_DEPTH = 20
"""How deep a paper of an earlier file may nest: scholarly's are two deep."""
_RECENT = {"citedby5y": "citations_recent"}
_INDICES = {
    "hindex": "h_index",
    "hindex5y": "h_index_recent",
    "i10index": "i10_index",
    "i10index5y": "i10_index_recent",
}


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:
    """Both files at the root for the first author, and in each author's folder."""
    for place, author in places(snapshot):
        by = shown(author)
        if by is None:
            continue
        document = gs_data(snapshot, by, previous)
        yield Artifact(path=place + DATA, data=json_line(document))
        yield Artifact(path=place + BADGE, data=_badge(by))


def gs_data(snapshot: Snapshot, by: Shown, previous: Previous) -> dict[str, Any]:
    """The author as scholarly would have written it, keys in its order, unknown ones left out."""
    author = by.author
    said = list(records(author))
    known: dict[str, Any] = {
        "container_type": "Author",
        "filled": ["basics", "indices", "counts", "publications"],
        "scholar_id": author.author.id_of("google_scholar"),
        "source": "AUTHOR_PROFILE_PAGE",
        "name": name_of(author),
        "affiliation": next(filter(None, (cleaned(r.affiliation) for r in said)), None),
        "interests": next((_texts(r.interests) for r in said if r.interests), None),
        "citedby": by.integer("citations"),
        "publications": _publications(snapshot, by),
        **{key: by.integer(metric) for key, metric in (_RECENT | _INDICES).items()},
        "cites_per_year": {
            str(year): int(count) for year, count in sorted(by.metrics.counts_by_year.items())
        }
        or None,
        "updated": iso(by.as_of),
        "provider": by.provider,
        "figures": by.figures,
        "author_key": author.author.key,
        "is_stale": by.is_stale or None,
        "lower_bounds": [
            key
            for key, metric in ({"citedby": "citations"} | _RECENT | _INDICES).items()
            if by.is_bound(metric)
        ]
        or None,
    }
    document = {key: value for key, value in known.items() if value is not None}
    for path in (DATA, folder(author) + DATA):
        for key, entry in carried(document, previous(path)).items():
            document["publications"].setdefault(key, entry)
    return document


def publications(snapshot: Snapshot, by: Shown, previous: Previous) -> Mapping[str, Any]:
    """The papers of `gs_data.json`, by every id that a page may name."""
    found: Mapping[str, Any] = gs_data(snapshot, by, previous)["publications"]
    return found


def carried(document: Mapping[str, Any], earlier: bytes | None) -> dict[str, Any]:
    """Papers of an earlier file of the same person; another person's file gives none.

    Entries without a whole `num_citations` of 0 or more are left: a page would show them.
    """
    try:
        before = json.loads(earlier or b"", parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(before, dict) or not _is_same_person(document, before):
        return {}
    papers = before.get("publications")
    if not isinstance(papers, dict):
        return {}
    return {key: entry for key, entry in papers.items() if _is_sound(entry)}


def _is_same_person(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Told by the Scholar id; where only one side has one, by our own key and the name."""
    scholar = (ours.get("scholar_id"), theirs.get("scholar_id"))
    if all(scholar):
        return scholar[0] == scholar[1]
    is_ours = theirs.get("author_key") == ours["author_key"]
    return is_ours and (not any(scholar) or ours.get("name") == theirs.get("name"))


def _is_sound(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    count = entry.get("num_citations")
    return type(count) is int and count >= 0 and _is_writable(entry)


def _is_writable(value: object, depth: int = 0) -> bool:
    """Whether no `null`, `NaN` or bottomless nesting is anywhere in it."""
    if depth > _DEPTH:
        return False
    if isinstance(value, dict):
        return all(_is_writable(v, depth + 1) for v in value.values())
    if isinstance(value, list):
        return all(_is_writable(v, depth + 1) for v in value)
    return value is not None and (not isinstance(value, float) or math.isfinite(value))


def _publications(snapshot: Snapshot, by: Shown) -> dict[str, Any]:
    found: dict[str, Any] = {}
    order = snapshot.provider_order
    works = by.author.works
    for work in works:
        for record_id in _scholar_ids(work):
            number = counted(work, by=by, order=order, record_id=record_id)
            _put(found, record_id.removeprefix(_SCHOLAR), work=work, number=number, by=by)
    for work in works:
        number = counted(work, by=by, order=order)
        for alias in (i for i in work.ids if i.startswith(_ALIASES)):
            _put(found, alias, work=work, number=number, by=by)
    return found


def _scholar_ids(work: Work) -> Sequence[str]:
    """Scholar records of a paper ever seen, the gone and the struck ones too."""
    every = dict.fromkeys([*(c.record_id for c in work.counts), *work.ids])
    return [
        i
        for i in every
        if i.startswith(_SCHOLAR) and SCHOLAR_KEY.fullmatch(i.removeprefix(_SCHOLAR))
    ]


def _put(found: dict[str, Any], key: str, *, work: Work, number: Counted | None, by: Shown) -> None:
    """Adds a paper that somebody has a number for; of two under one id the larger stays."""
    if number is None:
        return
    if key in found and found[key]["num_citations"] >= number.cited_by_count:
        return
    found[key] = _publication(key, work=work, number=number, by=by)


def _publication(key: str, *, work: Work, number: Counted, by: Shown) -> dict[str, Any]:
    year = integer(work.year)
    bib = {
        "title": cleaned(work.title),
        "pub_year": None if year is None else str(year),
        "citation": cleaned(work.venue),
    }
    entry: dict[str, Any] = {
        "container_type": "Publication",
        "source": "AUTHOR_PUBLICATION_ENTRY",
        "bib": {name: value for name, value in bib.items() if value is not None},
        "filled": False,
        "author_pub_id": key,
        "num_citations": number.cited_by_count,
        "provider": number.provider,
    }
    if _is_older(number, by):
        entry["as_of"] = iso(number.as_of)
    return entry


def _is_older(number: Counted, by: Shown) -> bool:
    """Whether a number is older than the rest of what its provider said."""
    source = source_of(by.author, number.provider)
    metrics = by.author.metrics_of(number.provider, "stated")
    moments = [x.as_of for x in (source, metrics) if x is not None]
    return bool(moments) and number.as_of < min(moments)


def _texts(texts: Sequence[str]) -> list[str]:
    return [text for text in map(cleaned, texts) if text]


def _badge(by: Shown) -> bytes:
    """As the crawler writes it: its separators, no final newline, style left to the page's URL."""
    badge = endpoint.Endpoint(label="citations", message=plain_message(by, "citations"))
    return json.dumps(badge.document(), ensure_ascii=False).encode()


def plain_message(by: Shown, metric: str) -> str:
    """A figure in plain digits, with its month once it is stale."""
    return endpoint.message(
        str(by.integer(metric)),
        as_of=by.as_of,
        is_stale=by.is_stale,
        is_bound=by.is_bound(metric),
    )
