"""Two people at two providers, as they were on each of four days: what a refresh is answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pipeline.collect import Collection
from pipeline.model import Collected, Outcome
from spiders.items import AuthorRecord, OutcomeKind, Target, WorkRecord

CONFIG = """
output = "out"
history = "kept"
[[authors]]
key = "ada"
name = "Ada Sample"
ids = ["openalex:A1", "semantic_scholar:1"]
[[authors]]
key = "bob"
name = "Bob Sample"
ids = ["openalex:A2", "semantic_scholar:2"]
[providers]
order = ["openalex", "semantic_scholar"]
[badges]
svg = false
[report]
pages = false
"""
DAYS = (
    datetime(2026, 3, 29, 3, 17, tzinfo=UTC),
    datetime(2026, 3, 30, 3, 17, tzinfo=UTC),
    datetime(2026, 3, 31, 3, 17, tzinfo=UTC),
    datetime(2026, 4, 1, 3, 17, tzinfo=UTC),
    datetime(2026, 4, 2, 3, 17, tzinfo=UTC),
)


def collection(day: int, targets: Mapping[str, tuple[Target, ...]]) -> Collection:
    """What everybody asked answers on that day; each day has one citation more, and a paper."""
    pairs = [(name, target) for name, found in targets.items() for target in found]
    return Collection(
        collected=tuple(_answer(name, target, day) for name, target in pairs),
        outcomes=tuple(
            Outcome(author_key=target.author_key, provider=name, kind=OutcomeKind.FRESH)
            for name, target in pairs
        ),
    )


def _answer(provider: str, target: Target, day: int) -> Collected:
    person = target.id.rpartition(":")[2].removeprefix("A")
    works = tuple(_work(provider, person, number, 20 + day - number) for number in range(1 + day))
    counts = [work.cited_by_count or 0 for work in works]
    return Collected(
        author_key=target.author_key,
        provider=provider,
        author=AuthorRecord(
            provider=provider,
            author_id=target.id.rpartition(":")[2],
            name=f"{target.author_key.title()} Sample",
            ids=(target.id,),
            works_count=len(works),
            cited_by_count=sum(counts),
            h_index=sum(count >= rank for rank, count in enumerate(counts, 1)),
        ),
        works=works,
    )


def _work(provider: str, person: str, number: int, count: int) -> WorkRecord:
    own = f"openalex:W{person}{number}" if provider == "openalex" else f"s2:{person}{number}"
    doi = f"doi:10.1000/{person}.{number}"
    return WorkRecord(
        provider=provider,
        record_id=own,
        title=f"On subject {person}{number}",
        year=2020 + number,
        ids=(own, doi),
        cited_by_count=count,
    )
