"""Synthetic snapshots for the writers' tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from pipeline.model import (
    Author,
    AuthorSnapshot,
    CitationCount,
    Looks,
    Metrics,
    Snapshot,
    SourceStatus,
    Work,
)
from spiders.items import AuthorRecord

AS_OF = datetime(2026, 3, 1, 3, 17, 5, tzinfo=UTC)
ORDER = ("google_scholar", "openalex", "semantic_scholar")
TITLES = {
    "google_scholar": "Google Scholar",
    "openalex": "OpenAlex",
    "semantic_scholar": "Semantic Scholar",
}
USER = "AbCdEfGh_-AJ"
VALUES = {
    "papers": 3,
    "citations": 1250,
    "h_index": 2,
    "g_index": 3,
    "i10_index": 2,
    "i100_index": 1,
    "citations_recent": 900,
    "h_index_recent": 2,
    "i10_index_recent": 1,
    "mean": 416.7,
}


def scholar(pub):
    """A record id of the person's Scholar profile; `pub` is filled up to twelve characters."""
    return f"google_scholar:{USER}:{pub:_<12}"


def count(record_id, value, *, provider=None, as_of=AS_OF, **flags):
    return CitationCount(
        provider=provider or record_id.partition(":")[0],
        record_id=record_id,
        cited_by_count=value,
        as_of=as_of,
        **flags,
    )


def work(work_id="doi:10.1000/one", *, counts=(), ids=None, **fields):
    known = {
        "title": "A Paper on Synthetic Data",
        "year": 2024,
        "publication_date": None,
        "venue": "Journal of Made-Up Results",
        "work_type": "article",
        "authors": ("Ada Example", "Bo Sample"),
        "authors_count": 2,
    }
    every = ids if ids is not None else (work_id, *(c.record_id for c in counts))
    return Work(work_id=work_id, counts=tuple(counts), ids=tuple(every), **(known | fields))


def metrics(provider="google_scholar", series="stated", *, values=None, **fields):
    known = {"as_of": AS_OF, "counts_by_year": {2025: 500, 2024: 700}}
    return Metrics(
        author_key="me",
        provider=provider,
        series=series,
        values=VALUES if values is None else values,
        **(known | fields),
    )


def source(provider="google_scholar", *, is_stale=False, as_of=AS_OF, **record):
    known = {
        "author_id": USER,
        "name": "Ada Example",
        "affiliation": "Example University",
        "interests": ("bibliometrics", "data"),
        "recent_since_year": 2021,
    }
    return SourceStatus(
        provider=provider,
        title=TITLES[provider],
        as_of=as_of,
        is_stale=is_stale,
        url=f"https://example.org/{provider}",
        author=AuthorRecord(provider=provider, **(known | record)),
    )


def author(key="me", **fields):
    works = (
        work(
            "doi:10.1000/one",
            counts=(
                count(scholar("one"), 1000),
                count(scholar("onepreprint"), 200),
                count("openalex:W1", 800),
            ),
            ids=(
                "doi:10.1000/one",
                "arxiv:2401.00001",
                scholar("one"),
                scholar("onepreprint"),
                "openalex:W1",
            ),
        ),
        work("openalex:W2", counts=(count("openalex:W2", 40),), title="Two", year=None),
        work(scholar("three"), counts=(count(scholar("three"), 50),), title="Three", venue=None),
    )
    known = {
        "author": Author(
            key=key, name="Ada Example", ids=(f"google_scholar:{USER}", "openalex:A1")
        ),
        "shown": "google_scholar",
        "figures": "stated",
        "sources": (source(), source("openalex", author_id="A1")),
        "works": works,
        "metrics": (
            metrics(),
            metrics(series="resolved", rule="max"),
            metrics("openalex", values={"citations": 840, "papers": 2}),
        ),
    }
    return AuthorSnapshot(**(known | fields))


def snapshot(*authors, **looks):
    # Drawing costs half a second: only what is about charts asks for it.
    looks = Looks(**({"charts": False} | looks))
    return Snapshot(authors=authors or (author(),), provider_order=ORDER, looks=looks)


def changed(what, **fields):
    return replace(what, **fields)


@pytest.fixture
def make():
    """Makes synthetic counts, works, figures, sources, authors and snapshots."""
    return SimpleNamespace(
        AS_OF=AS_OF,
        USER=USER,
        VALUES=VALUES,
        author=author,
        changed=changed,
        count=count,
        metrics=metrics,
        scholar=scholar,
        snapshot=snapshot,
        source=source,
        work=work,
    )


@pytest.fixture
def files():
    """Writes a snapshot and gives its artifacts by path."""
    from pipeline.writers import write

    def written(found, earlier=None):
        return {a.path: a.data for a in write(found, previous=(earlier or {}).get)}

    return written
