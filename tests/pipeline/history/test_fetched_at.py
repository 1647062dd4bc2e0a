"""Figures of pages that a stopped run had fetched are as old as those pages."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.history.delta import advance
from pipeline.model import Collected
from spiders.items import AuthorRecord, WorkRecord

NOW = datetime(2026, 3, 10, 3, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


def answer(count=1, fetched_at=None):
    work = WorkRecord(provider="p", record_id="p:1", title="T", cited_by_count=count)
    author = AuthorRecord(provider="p", author_id="1")
    return Collected(
        author_key="k", provider="p", author=author, works=(work,), fetched_at=fetched_at
    )


def test_an_answer_is_as_old_as_its_oldest_page():
    step = advance(None, answer(fetched_at=NOW - HOUR), at=NOW)
    assert {step.state.as_of, step.state.checked_at, step.state.works[0].as_of} == {NOW - HOUR}
    assert {change.at for change in step.changes} == {NOW}


@pytest.mark.parametrize("fetched_at", [None, NOW + HOUR])
def test_an_answer_of_this_run_is_of_this_run(fetched_at):
    step = advance(None, answer(fetched_at=fetched_at), at=NOW)
    assert {step.state.as_of, step.state.checked_at} == {NOW}
