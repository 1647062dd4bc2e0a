"""Answers and states about plainly synthetic people."""

from datetime import UTC, datetime

import pytest

from pipeline.checks import Witness
from pipeline.model import Collected, Observed, ProviderState
from spiders.items import AuthorRecord, WorkRecord

TOPICS = ("ants", "bees", "cats", "dogs", "elks", "foxes", "goats", "hens", "ibexes", "jays")


class Made:
    """Papers called "On the small bones of ..." by number, of one author at one provider."""

    at = datetime(2026, 11, 20, tzinfo=UTC)

    @staticmethod
    def title(number) -> str:
        return f"On the small bones of {TOPICS[number % 10]} volume {number}"

    @classmethod
    def works(
        cls, numbers, *, provider="openalex", authors=(), tag="W", titles=True
    ) -> tuple[WorkRecord, ...]:
        return tuple(
            WorkRecord(
                provider=provider,
                record_id=f"{provider}:{tag}{n}",
                title=cls.title(n) if titles else None,
                authors=authors,
                cited_by_count=1,
            )
            for n in numbers
        )

    @classmethod
    def answer(
        cls, name, numbers, *, provider="openalex", author_id="A1", works=None, **stated
    ) -> Collected:
        more = {k: stated.pop(k) for k in ("authors", "tag", "titles") if k in stated}
        listed = cls.works(numbers, provider=provider, **more) if works is None else works
        author = AuthorRecord(
            provider=provider,
            author_id=author_id,
            name=name,
            ids=(f"{provider}:{author_id}", "orcid:0000-0002-1825-0097"),
            **stated,
        )
        return Collected(author_key="ada", provider=provider, author=author, works=listed)

    @classmethod
    def state(cls, found, *, at=None) -> ProviderState:
        at = at or cls.at
        return ProviderState(
            author_key=found.author_key,
            provider=found.provider,
            author=found.author,
            works=tuple(Observed(record=w, as_of=at, first_seen=at) for w in found.works),
            as_of=at,
            checked_at=at,
            changed_at=at,
        )

    @classmethod
    def witness(cls, name, numbers, *, provider="google_scholar", **more) -> Witness:
        return Witness(
            provider=provider, name=name, works=cls.works(numbers, provider=provider, **more)
        )


@pytest.fixture(scope="session")
def made():
    return Made
