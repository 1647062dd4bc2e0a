"""What one run changed."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.history import History
from pipeline.jobs.changes import Changes, FigureChange, changes_beside, changes_of
from pipeline.model import Collected
from spiders.items import AuthorRecord, WorkRecord

START = datetime(2026, 3, 1, 3, 17, tzinfo=UTC)


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "history")


def night(history, number, counts, *, author="ada", provider="openalex", **stated):
    """One run in which a provider said so."""
    works = tuple(
        WorkRecord(
            provider=provider,
            record_id=f"{provider}:W{work}",
            title=f"Paper {work}",
            cited_by_count=count,
        )
        for work, count in counts.items()
    )
    record = AuthorRecord(
        provider=provider,
        author_id="A1",
        works_count=len(works),
        works_expected=len(works),
        **stated,
    )
    answer = Collected(author_key=author, provider=provider, author=record, works=works)
    at = START + timedelta(days=number)
    history.commit(
        history.plan([answer], at=at), outcomes=[], run_id=f"run-{number}-{provider}", at=at
    )
    return changes_of(history, f"run-{number}-{provider}")


def test_a_first_answer_is_new_as_a_whole_and_lists_no_papers(history):
    found = night(history, 0, {1: 5, 2: 7}, cited_by_count=12)
    assert found.begun == (("ada", "openalex"),)
    assert found.papers == ()
    assert [(f.name, f.before, f.now) for f in found.figures] == [
        ("citations", None, 12),
        ("papers", None, 2),
    ]


def test_figures_are_told_with_what_they_were(history):
    night(history, 0, {1: 5}, cited_by_count=5, h_index=1)
    night(history, 1, {1: 6}, cited_by_count=6, h_index=1)
    found = night(history, 2, {1: 9}, cited_by_count=9, h_index=1)
    assert found.figures == (
        FigureChange(author_key="ada", provider="openalex", name="citations", before=6, now=9),
    )
    assert found.begun == ()


def test_new_citations_are_told_by_paper_the_largest_gain_first(history):
    night(history, 0, {1: 5, 2: 7, 3: 1})
    found = night(history, 1, {1: 6, 2: 11, 3: 1})
    assert [(p.title, p.before, p.now, p.gain) for p in found.papers] == [
        ("Paper 2", 7, 11, 4),
        ("Paper 1", 5, 6, 1),
    ]


def test_a_paper_that_comes_and_one_that_goes_are_told_apart(history):
    night(history, 0, {1: 5, 2: 7})
    found = night(history, 1, {1: 5, 3: 2})
    assert [(p.title, p.before, p.now) for p in found.papers] == [
        ("Paper 3", None, 2),
        ("Paper 2", 7, None),
    ]


def test_another_provider_begins_by_itself(history):
    night(history, 0, {1: 5})
    found = night(history, 1, {1: 4}, provider="semantic_scholar")
    assert found.begun == (("ada", "semantic_scholar"),)
    assert found.papers == ()


def test_the_same_again_is_no_change(history):
    night(history, 0, {1: 5}, cited_by_count=5)
    assert not night(history, 1, {1: 5}, cited_by_count=5)


def test_a_run_that_was_never_stored_changed_nothing(history):
    assert changes_of(history, "never") == Changes()


def row(citations, papers=1):
    figures = {"citations": citations, "h_index": None, "i10_index": None, "papers": papers}
    return {"author": "ada", "provider": "openalex", "stated": figures}


def test_in_a_dry_run_figures_are_laid_beside_those_last_believed(history):
    night(history, 0, {1: 5}, cited_by_count=5)
    (found,) = changes_beside([row(8)], history.summary())
    assert (found.name, found.before, found.now) == ("citations", 5, 8)


def test_in_a_dry_run_what_is_not_said_is_no_change(history):
    night(history, 0, {1: 5}, cited_by_count=5)
    assert changes_beside([row(5)], history.summary()) == ()


def test_in_a_dry_run_without_a_past_all_is_new(history):
    found = changes_beside([row(8)], history.summary())
    assert [(f.name, f.before, f.now) for f in found] == [
        ("citations", None, 8),
        ("papers", None, 1),
    ]
