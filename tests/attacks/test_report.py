"""Whatever a name, a title, a venue or an abstract holds, the report's pages hold it as text.

Each page is read by two parsers, one that mends broken markup and one that takes it as it stands;
the elements and attributes are those of our templates, and nothing leads anywhere but to http(s).
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import lxml.html
import pytest

from pipeline.model import (
    Author,
    AuthorSnapshot,
    CitationCount,
    Looks,
    Metrics,
    Repository,
    Snapshot,
    SourceStatus,
    Work,
)
from pipeline.writers import report
from pipeline.writers.formatting import clean
from spiders.items import AuthorRecord

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title link style body a header div nav h1 h2 h3 p ul li main section
        dl dt dd details summary table caption thead tbody tr th td span label input select option
        button figure figcaption b i small code br strong footer script""",
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        """lang charset http-equiv content name rel href class id tabindex aria-label
        aria-labelledby aria-live aria-sort role hidden scope colspan type autocomplete spellcheck
        placeholder min max inputmode value data-f data-for data-noun data-clear data-sort data-c
        data-d data-y data-g data-h data-k data-p""",
    )
)
UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def person(key, texts, number):
    """A person all of whose texts, and whose papers' texts, are of the corpus."""

    def text(shift):
        return texts[(number + shift) % len(texts)]

    record = AuthorRecord(
        provider="openalex",
        author_id=text(1),
        name=text(2),
        affiliation=text(3),
        homepage=text(4),
        ids=(f"homepage:{text(5)}", f"orcid:{text(6)}", f"dblp:{text(7)}"),
        extra={"novelty": text(8), "ai_score": 61},
    )
    source = SourceStatus(
        provider="openalex", title=text(9), as_of=AS_OF, is_stale=True, url=text(10), author=record
    )
    stranger = SourceStatus(
        provider=text(11), title=text(12), as_of=AS_OF, is_stale=False, url=text(13), author=record
    )
    metrics = Metrics(
        author_key=key,
        provider="openalex",
        series="stated",
        as_of=AS_OF,
        values={"citations": 9, "h_index": 1, "papers": 9, text(14): 3},
    )
    return AuthorSnapshot(
        author=Author(key=key, name=text(0), ids=(text(15), f"github:{text(16)}")),
        shown="openalex",
        figures="stated",
        sources=(source, stranger),
        works=tuple(paper(t, texts[(n + 1) % len(texts)], n) for n, t in enumerate(texts)),
        others=(paper(text(17), text(18), 0),),
        metrics=(metrics,),
        repositories=(Repository(id=f"github:{text(19)}", stars=3, as_of=AS_OF),),
    )


def paper(text, other, number):
    return Work(
        work_id=f"homepage:{text}",
        title=text,
        year=2020,
        publication_date=other,
        venue=text,
        work_type=other,
        authors=(text, other),
        authors_count=2,
        ids=(f"doi:10.1000/{text}", f"github:lab/{text}", f"openreview:{text}", text),
        counts=tuple(
            CitationCount(provider=p, record_id=f"{p}:{number}", cited_by_count=5, as_of=AS_OF)
            for p in ("openalex", other)
        ),
        abstract=text,
        category=other,
    )


@pytest.fixture(scope="module")
def pages(payloads):
    """Files of a report made of the corpus, by path; a group's and the first page among them."""
    some = payloads[::12]
    authors = [person(f"a{n}", some, n) for n in range(6)]
    authors.append(person("all", payloads, 0))
    group = person("lab", some, 9)
    group = AuthorSnapshot(
        **{
            name: getattr(group, name)
            for name in ("author", "shown", "figures", "sources", "works", "metrics")
        },
        members=tuple(a.author.key for a in authors),
    )
    snapshot = Snapshot(
        authors=tuple(authors),
        provider_order=("openalex",),
        groups=(group,),
        looks=Looks(charts=False),
    )
    return {a.path: a.data.decode() for a in report.artifacts(snapshot, lambda _: None)}


class Strict(HTMLParser):
    """Start tags as they stand, mending nothing."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags = set()
        self.attributes = []
        self.comments = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_comment(self, data):
        self.comments.append(data)


def test_only_our_elements_and_attributes_are_in_the_pages(pages, payloads):
    assert len(payloads) >= 200
    assert len(pages) == 9
    for path, text in pages.items():
        root = lxml.html.document_fromstring(text)
        tags = {e.tag for e in root.iter() if isinstance(e.tag, str)}
        assert tags <= ELEMENTS, path
        assert {name.attrname for name in root.xpath("//@*")} <= ATTRIBUTES, path
        strict = Strict(text)
        assert strict.tags <= ELEMENTS, path
        assert {name for name, _ in strict.attributes} <= ATTRIBUTES, path
        assert [c for c in strict.comments if not re.fullmatch(" [0-9a-f]{32} ", c)] == [], path
        assert len(strict.comments) == 1
        assert text.count("<script>") == text.count("<style>") == 1, path


def test_nothing_leads_anywhere_but_to_pages(pages):
    for path, text in pages.items():
        for name, value in Strict(text).attributes:
            if name == "href":
                ours = re.fullmatch(r"#[a-z-]+|data:,|[a-z0-9.-]+\.html", value)
                assert ours or re.match(r"https?://[\w.-]+(?:[/:?]|$)", value), (path, value)
                assert not re.search(r"[\s\"'<>\\]", value), (path, value)


def test_the_policy_stands_before_everything_that_could_run(pages):
    for path, text in pages.items():
        policy = text.index("Content-Security-Policy")
        assert policy < min(text.index("<style"), text.index("<script"), text.index("<title")), path
        assert "unsafe" not in text[policy : text.index("<title")], path


def test_every_title_is_read_as_it_is(pages, payloads):
    root = lxml.html.document_fromstring(pages["report/all.html"])
    rows = root.xpath("//table[@id='papers']/tbody/tr")
    assert len(rows) == len(payloads)
    for text, row in zip(payloads, rows, strict=True):
        (title,) = row.xpath(".//*[@class='t']")
        assert title.text == (clean(text) or "Untitled")


def test_no_control_character_reaches_a_reader(pages):
    for path, text in pages.items():
        assert not UNSHOWN.search(text.replace("\n", "")), path


def test_drawings_and_their_specifications_hold_texts_only(payloads):
    pytest.importorskip("vl_convert", reason="no drawing library")
    snapshot = Snapshot(authors=(person("me", payloads[::40], 0),), provider_order=("openalex",))
    files = {a.path: a.data for a in report.artifacts(snapshot, lambda _: None)}
    page = files["report/me.html"].decode()
    strict = Strict(page)
    assert strict.tags <= ELEMENTS | {"svg", "g", "path", "rect", "line", "text"}
    assert "svg" in strict.tags
    assert not [name for name, _ in strict.attributes if name.startswith("on")]
    for path, data in files.items():
        if path.endswith(".json"):
            assert json.loads(data)
            assert b"<" not in data
