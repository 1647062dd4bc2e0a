"""A paper whose count is not said takes nothing away from the checks of the others."""

from datetime import UTC, datetime

import pytest

from pipeline.checks import blocking, check
from pipeline.history.delta import advance
from pipeline.model import Collected
from spiders.items import AuthorRecord, WorkRecord
from spiders.registry import PROVIDERS


def answer(*counts):
    author = AuthorRecord(provider="opencitations", author_id=None, is_sorted=False)
    works = tuple(
        WorkRecord(
            provider="opencitations",
            record_id=f"doi:10.5555/{number}",
            title=None,
            ids=(f"doi:10.5555/{number}",),
            cited_by_count=count,
        )
        for number, count in enumerate(counts)
    )
    return Collected(author_key="ada", provider="opencitations", author=author, works=works)


def refusals(before, after):
    known = advance(None, answer(*before), at=datetime(2026, 3, 1, tzinfo=UTC)).state
    row = PROVIDERS["opencitations"]
    results = check(answer(*after), provider=row, asked="orcid:0000-0002-1825-0097", before=known)
    return {result.name for result in blocking(results) if not result.passed}


@pytest.mark.parametrize(
    ("after", "refused"),
    [
        ((100, 50, None), set()),
        ((110, 50, None), set()),
        ((10, 50, None), {"drop"}),
        ((None, 50, None), {"drop"}),
        ((90000, 50, None), {"jump"}),
    ],
)
def test_a_fall_and_a_leap_are_seen_beside_an_unsaid_count(after, refused):
    assert refusals((100, 50, None), after) == refused


def test_who_follows_works_is_held_to_no_profile():
    assert refusals((100,), (100,)) == set()
