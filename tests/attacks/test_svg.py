"""Whatever a badge, a name or a title holds, a drawn badge is the same few elements around text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.parsers import expat

import pytest

from pipeline.model import (
    Author,
    AuthorSnapshot,
    CitationCount,
    Metrics,
    Snapshot,
    SourceStatus,
    Work,
)
from pipeline.writers import svg
from pipeline.writers.badges import badges
from pipeline.writers.endpoint import badge
from pipeline.writers.formatting import clean
from spiders.items import AuthorRecord

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
OURS = {
    "svg": {"xmlns", "width", "height", "role", "aria-label"},
    "title": set(),
    "linearGradient": {"id", "x2", "y2"},
    "stop": {"offset", "stop-color", "stop-opacity"},
    "clipPath": {"id"},
    "g": {
        *("clip-path", "shape-rendering", "fill", "text-anchor", "text-rendering"),
        *("font-family", "font-size"),
    },
    "rect": {"x", "width", "height", "rx", "fill"},
    "image": {"x", "y", "width", "height", "href"},
    "text": {
        *("x", "y", "fill", "fill-opacity", "transform", "textLength", "lengthAdjust"),
        "aria-hidden",
    },
}
"""All that a badge is made of."""
FREE = {"aria-label"}
PLAIN = re.compile(
    r"[\w.%-]*|#[0-9a-f]{3,6}|url\(#(?:smooth|round)-[0-9a-f]{12}\)|scale\(0\.1\)"
    r"|Verdana,Geneva,DejaVu Sans,sans-serif|http://www\.w3\.org/2000/svg"
    r"|data:image/svg\+xml;base64,[A-Za-z0-9+/]+=*"
)
"""Values of attributes that hold no text."""


def read(data):
    """Elements, their text, and faults of an SVG, read strictly."""
    names, texts, faults = [], [], []
    parser = expat.ParserCreate()

    def opened(name, attributes):
        names.append(name)
        texts.append("")
        faults.extend(set(attributes) - OURS.get(name, set()))
        if name not in OURS:
            faults.append(name)
        faults.extend(v for k, v in attributes.items() if k not in FREE and not PLAIN.fullmatch(v))

    def said(text):
        texts[-1] += text

    parser.StartElementHandler = opened
    parser.CharacterDataHandler = said
    parser.CommentHandler = lambda text: (
        None if re.fullmatch(r" [0-9a-f]{32} ", text) else faults.append(text)
    )
    parser.ProcessingInstructionHandler = lambda *said: faults.append(said)
    parser.StartDoctypeDeclHandler = lambda *said: faults.append(said)
    parser.StartCdataSectionHandler = lambda: faults.append("CDATA")
    parser.Parse(data, True)
    return names, texts, faults


@pytest.mark.parametrize("style", ["flat", "flat-square"])
def test_no_text_is_more_than_text(payloads, style):
    known = {"flat": None, "flat-square": None}
    tried = 0
    for text in payloads:
        if not clean(text):
            continue
        drawn = badge(text, text, as_of=AS_OF, is_stale=False, logo="orcid")
        names, texts, faults = read(svg.draw(drawn, style=style))
        assert faults == [], text
        assert {t for t in texts if t} == {
            f"{drawn.label}: {drawn.message}",
            drawn.label,
            drawn.message,
        }, text
        known[style] = known[style] or names
        assert names == known[style], text
        tried += 1
    print(f"\n{tried} payloads as {style}")
    assert tried >= 200


def test_no_name_title_or_id_comes_into_a_badge(payloads):
    works = tuple(
        Work(
            work_id=f"doi:10.1/{text}",
            ids=(f"doi:10.1/{text}",),
            title=text,
            authors=(text,),
            authors_count=1,
            venue=text,
            year=2020,
            publication_date=None,
            work_type=text,
            counts=(
                CitationCount(
                    provider="openalex",
                    record_id=f"openalex:{text}",
                    cited_by_count=number % 3,
                    as_of=AS_OF,
                ),
            ),
        )
        for number, text in enumerate(payloads)
    )
    person = AuthorRecord(provider="openalex", author_id="A1", name=payloads[0])
    author = AuthorSnapshot(
        author=Author(key=payloads[1], name=payloads[0], ids=("openalex:A1",)),
        shown="openalex",
        figures="stated",
        sources=(
            SourceStatus(
                provider="openalex",
                title=payloads[2],
                as_of=AS_OF,
                is_stale=False,
                url=payloads[3],
                author=person,
            ),
        ),
        works=works,
        metrics=(
            Metrics(
                author_key=payloads[1],
                provider="openalex",
                series="stated",
                values={"citations": 5},
                as_of=AS_OF,
            ),
        ),
    )
    snapshot = Snapshot(authors=(author,), provider_order=("openalex",))
    pictures = [a.data for a in svg.artifacts(snapshot, lambda path: None)]
    assert len(pictures) == len(list(badges(snapshot))) > len(payloads)
    for data in set(pictures):
        _, texts, faults = read(data)
        assert faults == []
        assert {t for t in texts if t.strip()} <= {
            *("citations", "0", "1", "2", "5"),
            *(f"citations: {n}" for n in (0, 1, 2, 5)),
        }
