from __future__ import annotations

import pytest

from pipeline.history import History, summary
from spiders.items import OutcomeKind


def test_it_holds_what_is_shown(kit, history, root):
    answer = kit.answer((kit.work(1, 12), kit.work(2, 2), kit.work(3, None)), h_index=9)
    kit.run(history, answer, outcomes=(kit.outcome(OutcomeKind.FRESH, reason=None),))
    (row,) = History(root).summary()
    assert (row.author_key, row.provider, row.name) == ("ada", "openalex", "Ada Example")
    assert row.stated == {"h_index": 9}
    assert row.listed == {"works_count": 3, "cited_by_count": 14, "h_index": 2, "i10_index": 1}
    assert (row.as_of, row.checked_at, row.changed_at) == (kit.day(0),) * 3
    assert (row.outcome, row.reason) == (OutcomeKind.FRESH, None)
    assert (row.asked_at, row.run_id) == (kit.day(0), "run1")
    assert (row.is_truncated, row.gone) == (False, 0)


def test_a_failed_run_shows_its_reason_beside_the_old_figures(kit, history, root):
    kit.run(history, kit.answer({1: 5}))
    kit.run(history, day=3, outcomes=(kit.outcome(),))
    (row,) = History(root).summary()
    assert (row.outcome, row.reason, row.asked_at) == (
        OutcomeKind.BLOCKED,
        "a wall",
        kit.day(3),
    )
    assert (row.as_of, row.checked_at) == (kit.day(0), kit.day(0))
    assert row.listed["cited_by_count"] == 5


def test_whoever_was_not_asked_this_time_keeps_the_last_outcome(kit, history, root):
    kit.run(history, kit.answer({1: 5}), outcomes=(kit.outcome(author_key="bob"),))
    kit.run(history, kit.answer({1: 5}), day=1)
    rows = {r.author_key: r for r in History(root).summary()}
    assert rows["bob"].asked_at == kit.day(0)
    assert rows["bob"].reason == "a wall"
    assert rows["bob"].as_of is None
    assert rows["ada"].checked_at == kit.day(1)


def test_gone_and_excluded_records_are_not_added_up(kit, history):
    kit.run(history, kit.answer({1: 5, 2: 7}))
    kit.run(history, kit.answer((kit.work(1, 5), kit.work(3, 9, is_excluded=True))), day=1)
    (row,) = history.summary()
    assert row.listed["cited_by_count"] == 5
    assert row.listed["works_count"] == 1
    assert row.gone == 1


def test_counts_that_nobody_says_are_not_added_up_to_zero(kit, history):
    kit.run(history, kit.answer({1: None}, is_truncated=True))
    (row,) = history.summary()
    assert row.listed == {"works_count": 1}
    assert row.is_truncated


def test_it_comes_back_as_it_was(kit, lived):
    rows = tuple(History(lived()).summary())
    assert len(rows) == 4
    assert summary.load(summary.dump(rows)) == rows
    assert summary.load(summary.dump(())) == ()


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"sources": [{}]}', b'{"sources": [1]}'])
def test_what_is_no_summary_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011  json has its own words
        summary.load(data)
