"""What may come out of a page module whatever goes in, and things to put in.

Everything is generic over the registry: a provider added to it is fuzzed by its row and its
fixtures. How to fuzz longer is said in README.md.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from spiders import ids
from spiders.errors import ProviderError
from spiders.items import AuthorRecord, PageVerdict, ParsedPage, WorkRecord, YearCount
from spiders.pages.reading import MAX_COUNT, fold
from spiders.registry import PROVIDERS

FIXTURES = Path(__file__).parents[1] / "fixtures"
LONGER = int(os.environ.get("SCHOLAR_METRICS_FUZZ", "0"))
"""Examples of each fuzz test; 0 is the short run of every day, which never varies."""
SECONDS = 1.0
SLACK = 3.0
"""A page may take a second of the processor; machines differ, and coverage slows them further."""

settings.register_profile(
    "pages",
    derandomize=not LONGER,
    max_examples=LONGER or 60,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

COUNTS = {
    "works_count",
    "cited_by_count",
    "h_index",
    "i10_index",
    "cited_by_count_recent",
    "h_index_recent",
    "i10_index_recent",
    "works_expected",
    "authors_count",
    "self_citations",
    "influential_citation_count",
    "total",
}
TEXTS = {"name", "affiliation", "title", "venue", "work_type", "next_cursor", "author_id"}
LISTS_OF_TEXT = {"interests", "authors", "anomalies", "cites_ids"}
ADDRESSES = {"url", "homepage", "cited_by_url"}
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
SCHOLAR = re.compile(r"google_scholar:[\w-]{1,40}(:[\w-]{1,40})?", re.ASCII)
RECORD = re.compile(r"[a-z0-9_]+:[\x21-\U0010ffff]+")


def is_count(value):
    return value is None or (type(value) is int and 0 <= value <= MAX_COUNT)


def is_year(value):
    return value is None or (type(value) is int and 1 <= value <= 9999)


def is_text(value):
    return value is None or (isinstance(value, str) and value != "" and fold(value) == value)


def check_record(record):
    """The contract of `AuthorRecord` and `WorkRecord`, field by field."""
    for field in fields(record):
        name, value = field.name, getattr(record, field.name)
        if name in COUNTS:
            assert is_count(value), (name, value)
        elif name in {"year", "recent_since_year"}:
            assert is_year(value), (name, value)
        elif name in TEXTS:
            assert is_text(value), (name, value)
        elif name in LISTS_OF_TEXT:
            assert all(v and is_text(v) for v in value), (name, value)
        elif name in ADDRESSES:
            assert value is None or ADDRESS.fullmatch(value), (name, value)
    date = getattr(record, "publication_date", None)
    assert date is None or DATE.fullmatch(date), date
    years = [entry.year for entry in record.counts_by_year]
    assert years == sorted(set(years))
    for entry in record.counts_by_year:
        assert type(entry) is YearCount
        assert is_year(entry.year), entry
        assert is_count(entry.cited_by_count), entry
    assert len(set(record.ids)) == len(record.ids)
    for identifier in record.ids:
        # Made-up Scholar ids may be shorter than the twelve characters of real ones.
        is_own = SCHOLAR.fullmatch(identifier)
        assert is_own or ids.normalise(identifier) == identifier, identifier
    for figure in record.extra.values():
        assert isinstance(figure, str) or math.isfinite(figure), record.extra


def plain(value):
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


def check_pages(pages, provider):
    """The contract of a page module's result: the one place where it is written down."""
    assert isinstance(pages, tuple)
    assert pages
    for page in pages:
        assert type(page) is ParsedPage
        assert page.verdict in {PageVerdict.PROFILE, PageVerdict.EMPTY, PageVerdict.TRUNCATED}
        assert is_count(page.total)
        assert is_text(page.next_cursor)
        records = [*([page.author] if page.author else []), *page.works]
        for record in records:
            assert type(record) in {AuthorRecord, WorkRecord}
            assert record.provider == provider
            check_record(record)
        own = [work.record_id for work in page.works]
        assert len(set(own)) == len(own)
        assert all(RECORD.fullmatch(one) for one in own), own
        # It can be written down: no NaN, no half of a character.
        json.dumps(plain(page), ensure_ascii=False, allow_nan=False).encode()


def check_refusal(error):
    """The contract of a refusal: one line that says something, and a wait that can be waited."""
    said = str(error)
    assert said.isprintable(), said
    assert 0 < len(said) <= 1000, said
    wait = error.retry_after
    assert wait is None or (math.isfinite(wait) and wait >= 0), wait


@pytest.fixture(scope="session")
def try_page():
    """Read a body as a provider's page; the records, or the error of ours that came instead."""

    def read(provider, body, *, url=None, status=None, headers=None):
        began = process_time()
        try:
            found = import_module(PROVIDERS[provider].page).parse(
                body, url=url, status=status, headers=headers
            )
        except ProviderError as error:
            check_refusal(error)
            found = error
        else:
            check_pages(found, provider)
        took = process_time() - began
        assert took < SECONDS * SLACK, f"{took:.1f} s for {len(body)} bytes"
        return found

    return read


JUNK = (
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"+/v8-"),
    *(b"\0", b"\x80", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1b$B", b"\x85", b"\x7f"),
    *(b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xd9\xa3", b"\xc2\xb2", b"\xe0\xa5\xaa", b"\xc2\xa0"),
    *(
        b"<",
        b">",
        b"</",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<?xml",
        b"&",
        b"&#0;",
        b"&#x110000;",
    ),
    *(
        b"&lt;",
        b"<script>",
        b"<style>",
        b"<plaintext>",
        b"<svg>",
        b"<template>",
        b"<table><tr><td>",
    ),
    *(b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b"\\udfff", b"[", b"]", b"{", b"}", b",", b":"),
    *(b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-0", b"-1", b"0.5", b"1e3", b"9" * 30),
    *(b"0", b"12,345", b"1.234", b"35*", b"10.1234/x", b"https://", b"javascript:alert(1)"),
)


@cache
def cases(provider):
    """Bodies of a provider's fixtures with what came with them."""
    found = []
    for folder in sorted((FIXTURES / provider).iterdir()):
        if folder.is_dir():
            meta = json.loads((folder / "meta.json").read_text("utf-8"))
            (body,) = folder.glob("body.*")
            found.append((body.read_bytes(), meta))
    return found


@cache
def tokens(provider):
    """What the provider's own fixtures are made of: tags, words, strings, numbers, marks."""
    pattern = rb"</?[\w:-]+|[\w:-]+=\"[^\"]{0,80}\"?|\"[^\"]{0,80}\"|[\w-]+|[^\w\s]|\s+"
    found = {t for body, _ in cases(provider) for t in re.findall(pattern, body[:20_000])}
    return sorted(found)


@cache
def pieces(body):
    """A body cut at its marks, so that a mutation hits what a parser looks at."""
    return tuple(re.findall(rb"<[^<>]*>?|\"[^\"]*\"?|[^<>\"{}\[\],:]+|[>{}\[\],:]", body))


@st.composite
def mutants(draw, provider):
    """A fixture that something has happened to, up to eight times."""
    body, _ = draw(st.sampled_from(cases(provider)))
    parts = list(pieces(body))
    word = st.sampled_from([*tokens(provider), *JUNK]) | st.binary(max_size=8)
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, max(0, len(parts) - 1)))
        end = min(len(parts), at + draw(st.integers(1, 40)))
        what = draw(
            st.sampled_from(("replace", "insert", "delete", "double", "move", "cut", "nest"))
        )
        if what == "replace" and parts:
            parts[at] = draw(word)
        elif what == "insert":
            parts.insert(at, draw(word))
        elif what == "delete":
            del parts[at : at + draw(st.integers(1, 3))]
        elif what == "double":
            parts[at:at] = parts[at:end] * draw(st.integers(1, 30))
        elif what == "move":
            other = draw(st.integers(0, max(0, len(parts) - 1)))
            parts[other:other] = parts[at:end]
        elif what == "cut":
            del parts[draw(st.integers(len(parts) // 2, len(parts))) :]
        else:
            mark = draw(st.sampled_from([b"<b>", b"<div>", b"[", b'{"a":', b"<table><tr><td>"]))
            parts.insert(at, mark * draw(st.sampled_from([1, 30, 300, 3000])))
    return b"".join(parts)


def grammar(provider):
    """Text of the provider's own words, in no order."""
    words = st.sampled_from([*tokens(provider), *JUNK])
    return st.lists(words, max_size=80).map(b"".join)


def json_values(provider):
    """JSON whose keys are those of the provider, with values of any kind."""
    keys = sorted(
        {k.decode() for body, _ in cases(provider) for k in re.findall(rb'"(\w{1,40})":', body)}
    )
    whole = st.integers(-(10**20), 10**20) | st.integers(-2, 3000)
    leaf = st.none() | st.booleans() | whole | st.floats() | st.text(max_size=20)
    leaf |= st.sampled_from(["https://openalex.org/A1", "https://openalex.org/W1", "12", "0" * 40])
    key = st.sampled_from(keys) if keys else st.text(max_size=5)
    values = st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=5) | st.dictionaries(key | st.text(max_size=4), inner)
        ),
        max_leaves=25,
    )
    return values.map(lambda value: json.dumps(value).encode())


def bodies(provider):
    """Any body: mutated fixtures mostly."""
    return st.one_of(
        mutants(provider),
        mutants(provider),
        grammar(provider),
        json_values(provider),
        st.binary(max_size=300),
        st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    )


ODD_TEXT = st.text(max_size=40) | st.sampled_from(
    [
        "",
        "9" * 400,
        "٣",
        "-1",
        "1e3",
        "nan",
        "inf",
        "http://[",
        "//x",
        "/\u2028",
        "\ud800",
        "a:b@c:99999",
    ]
)
CHARSETS = [
    "utf-8",
    "latin1",
    "utf-16",
    "utf-7",
    "idna",
    "punycode",
    "unicode_escape",
    "x",
    "hz",
    "rot13",
]
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Retry-After", "retry-after", "Location", "Content-Type", "X-RateLimit-Remaining"]
    ),
    ODD_TEXT
    | st.sampled_from(
        ["https://accounts.google.com/", "https://[::1", "Wed, 21 Oct 2099 07:28:00 GMT"]
    )
    | st.sampled_from(CHARSETS).map(lambda name: f"text/html; charset={name}"),
)
STATUSES = st.sampled_from([None, 200, 200, 200, 301, 400, 401, 403, 404, 429, 500, 503]) | (
    st.integers(-1, 1000)
)


@st.composite
def answers(draw, provider):
    """A body with an address, a status and headers, often those of a fixture."""
    _, meta = draw(st.sampled_from(cases(provider)))
    told = {
        "url": draw(st.sampled_from([meta["url"], meta["url"], None]) | ODD_TEXT),
        "status": draw(st.sampled_from([meta["status"], 200]) | STATUSES),
        "headers": draw(st.sampled_from([meta["headers"], {}, None]) | HEADERS),
    }
    return draw(bodies(provider)), told


@pytest.fixture(scope="session")
def any_answer():
    """A strategy of answers, by provider."""
    return answers


@pytest.fixture(scope="session")
def known_cases():
    """The fixtures of a provider, with what came with them."""
    return cases


@pytest.fixture(scope="session")
def contract():
    """The one check of what a page module returns."""
    return check_pages
