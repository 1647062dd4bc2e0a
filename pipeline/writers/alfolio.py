"""`citations.yml`, al-folio's `_data/citations.yml`: counts by Scholar id.

Every scalar is a JSON string or an integer, which YAML reads as just that, whatever a title holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.model import Artifact, Snapshot
from pipeline.writers import Previous
from pipeline.writers.acadhomepage import SCHOLAR_KEY, publications
from pipeline.writers.formatting import cleaned, day
from pipeline.writers.names import places
from pipeline.writers.shown import shown

FILE = "citations.yml"


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:
    """One file a folder; the numbers are those of `gs_data.json`."""
    for place, author in places(snapshot):
        by = shown(author)
        if by is None:
            continue
        papers = publications(snapshot, by, previous)
        lines = ["metadata:", f"  last_updated: {_text(day(by.as_of))}", *_papers(papers)]
        yield Artifact(path=place + FILE, data="".join(f"{x}\n" for x in lines).encode())


def _papers(papers: Mapping[str, Any]) -> Iterator[str]:
    own = {key: paper for key, paper in papers.items() if SCHOLAR_KEY.fullmatch(key)}
    yield "papers:" if own else "papers: {}"
    for key, paper in own.items():
        yield f"  {_text(key)}:"
        yield f"    citations: {paper['num_citations']}"
        bib = paper.get("bib")
        for field, name in (("title", "title"), ("pub_year", "year")):
            value = bib.get(field) if isinstance(bib, dict) else None
            text = cleaned(value) if isinstance(value, str) else None
            if text:
                yield f"    {name}: {_text(text)}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
