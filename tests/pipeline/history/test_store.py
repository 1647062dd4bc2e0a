from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import StorageError
from pipeline.history import History, encode, writing
from spiders.items import OutcomeKind, WorkRecord


def test_making_one_touches_no_disk(tmp_path):
    History(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_before_the_first_run_there_is_nothing(history, root):
    assert history.states() == ()
    assert history.series() == []
    assert history.runs() == []
    assert history.summary() == []
    assert history.verify() == []
    assert history.files() == ()
    assert history.compact() == 0
    assert history.problems == []


def test_reading_writes_nothing(kit, lived):
    root = lived()
    before = kit.tree(root)
    kit.everything(root)
    History(root).plan([kit.answer({1: 99})], at=kit.day(9))
    assert kit.tree(root) == before


def test_what_was_planned_is_what_is_read_back(kit, history, root):
    answers = [
        kit.answer({1: 5, 2: None}, h_index=1, is_truncated=True, extra={"novelty": 0.25}),
        kit.answer((kit.work("x", 3, title="A \ud800 b", year=10**30),), key="bob"),
    ]
    plan = history.plan(answers, at=kit.day(0))
    history.commit(plan, outcomes=(), run_id="run1", at=kit.day(0))
    assert History(root).states() == plan.states


def test_states_come_by_author_and_provider(kit, history):
    for key, provider in (("zoe", "openalex"), ("ada", "openalex"), ("ada", "crossref")):
        kit.run(history, kit.answer({1: 1}, key=key, provider=provider))
    assert [(s.author_key, s.provider) for s in history.states()] == [
        ("ada", "crossref"),
        ("ada", "openalex"),
        ("zoe", "openalex"),
    ]


def test_a_commit_tells_what_it_wrote(kit, history, root):
    first = kit.run(history, kit.answer({1: 5}))
    assert (first.sequence, first.changes, first.compacted) == (1, 1, 0)
    assert set(first.written) == {
        "changes/year=2026/month=03/run1.parquet",
        "manifest.copy.json",
        "manifest.json",
        "runs/year=2026/month=03/run1.parquet",
        "state/authors.parquet",
        "state/records.parquet",
        "state/summary.json",
    }
    assert set(map(str, history.files())) == set(first.written)


def test_a_run_with_nothing_new_writes_only_that_it_ran(kit, history, root):
    answer = kit.answer({1: 5, 2: 7}, cited_by_count=12)
    kit.run(history, answer)
    before = kit.tree(root)
    second = kit.run(History(root), answer, day=1)
    after = kit.tree(root)
    assert second.changes == 0
    assert {p for p in after if after[p] != before.get(p)} == {
        "runs/year=2026/month=03/run2.parquet",
        "state/summary.json",
        "manifest.json",
        "manifest.copy.json",
    }
    (state,) = History(root).states()
    assert (state.as_of, state.checked_at) == (kit.day(0), kit.day(1))


def test_a_renewed_date_is_stored_without_a_change(kit, history, root):
    answer = kit.answer({1: 5})
    kit.run(history, answer)
    renewed = kit.run(history, answer, day=7)
    assert renewed.changes == 0
    assert "state/authors.parquet" in renewed.written
    (state,) = History(root).states()
    assert (state.as_of, state.changed_at) == (kit.day(7), kit.day(0))


def test_a_run_that_asked_nobody_is_no_run(kit, history, root):
    kit.run(history, kit.answer({1: 5}))
    before = kit.tree(root)
    nothing = kit.run(history, day=1)
    assert (nothing.written, nothing.sequence) == ((), 1)
    assert {p: d for p, d in kit.tree(root).items() if p != ".lock"} == {
        p: d for p, d in before.items() if p != ".lock"
    }


def test_a_run_that_got_no_answer_leaves_a_row_and_the_figures(kit, history, root):
    kit.run(history, kit.answer({1: 5}))
    outcome = kit.outcome(OutcomeKind.BLOCKED, reason="a wall", requests=1, seconds=2.345678)
    kit.run(history, day=1, outcomes=(outcome,))
    (state,) = History(root).states()
    assert state.checked_at == state.as_of == kit.day(0)
    row = History(root).runs()[-1]
    assert (row.kind, row.reason, row.works_seen) == (OutcomeKind.BLOCKED, "a wall", None)
    assert (row.requests, row.seconds) == (1, 2.35)
    assert (row.run_id, row.sequence, row.at) == ("run2", 2, kit.day(1))


def test_a_first_run_without_any_answer_is_a_run(kit, history, root):
    kit.run(history, outcomes=(kit.outcome(),))
    fresh = History(root)
    assert fresh.states() == ()
    assert [r.kind for r in fresh.runs()] == [OutcomeKind.BLOCKED]
    assert fresh.summary()[0].as_of is None
    assert fresh.problems == []
    kit.run(fresh, kit.answer({1: 5}), day=1)
    assert kit.figures(History(root)) == {("ada", "openalex", "openalex:W1"): (5, False)}


def test_an_accepted_answer_has_a_row_even_without_an_outcome(kit, history):
    kit.run(history, kit.answer({1: 5, 2: 6}))
    kit.run(history, kit.answer({1: 5, 2: 6}), day=1)
    assert [(r.kind, r.works_seen) for r in history.runs()] == [
        (OutcomeKind.FRESH, 2),
        (OutcomeKind.UNCHANGED, 2),
    ]


def test_work_ids_are_kept_until_they_change(kit, history, root):
    kit.run(history, kit.answer({1: 5, 2: 7}), work_ids={("ada", "openalex:W1"): "doi:10.1000/one"})
    kit.run(history, kit.answer({1: 6, 2: 7}), day=1)
    assert [o.work_id for o in History(root).states()[0].works] == ["doi:10.1000/one", None]
    mended = kit.run(
        history,
        kit.answer({1: 6, 2: 7}),
        day=2,
        work_ids={("ada", "openalex:W2"): "arxiv:2401.00001"},
    )
    assert "state/records.parquet" in mended.written
    assert "state/authors.parquet" not in mended.written
    assert [o.work_id for o in History(root).states()[0].works] == [
        "doi:10.1000/one",
        "arxiv:2401.00001",
    ]


def test_series_tells_what_changed_in_the_order_of_runs(kit, history):
    kit.run(history, kit.answer({1: 5, 2: 7}, cited_by_count=12))
    kit.run(history, kit.answer({1: 6, 2: 7}, cited_by_count=13), day=1)
    kit.run(history, kit.answer({1: 6}, cited_by_count=13), day=2)
    found = [(c.sequence, c.record_id, c.metric, c.value) for c in history.series()]
    assert found == [
        (1, "", "cited_by_count", 12),
        (1, "openalex:W1", "cited_by_count", 5),
        (1, "openalex:W2", "cited_by_count", 7),
        (2, "", "cited_by_count", 13),
        (2, "openalex:W1", "cited_by_count", 6),
        (3, "openalex:W2", "cited_by_count", None),
    ]
    last = history.series()[-1]
    assert (last.at, last.date, last.run_id) == (kit.day(2), kit.day(2).date(), "run3")


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"author_key": "bob"}, 2),
        ({"provider": "crossref"}, 1),
        ({"metric": "h_index"}, 1),
        ({"record_id": ""}, 1),
        ({"record_id": "openalex:W1"}, 3),
        ({"record_id": "openalex:W1", "author_key": "bob"}, 1),
        ({"author_key": "nobody"}, 0),
    ],
)
def test_series_gives_what_is_asked_for(kit, history, asked, number):
    kit.run(
        history,
        kit.answer({1: 1}),
        kit.answer({1: 1}, key="bob", h_index=1),
        kit.answer({1: 1}, provider="crossref"),
    )
    assert len(history.series(**asked)) == number


def test_runs_stay_in_their_order_when_the_clock_goes_back(kit, history, root):
    kit.run(history, kit.answer({1: 5}))
    plan = history.plan([kit.answer({1: 6})], at=kit.day(-90))
    assert plan.clock_went_back
    history.commit(plan, outcomes=(), run_id="back", at=kit.day(-90))
    kit.run(history, kit.answer({1: 7}), day=1)
    assert [(c.value, c.at) for c in History(root).series()] == [
        (5, kit.day(0)),
        (6, kit.day(-90)),
        (7, kit.day(1)),
    ]
    assert [r.run_id for r in History(root).runs()] == ["run1", "back", "run3"]
    assert History(root).verify() == []
    assert not history.plan([], at=kit.day(2)).clock_went_back


def test_times_are_stored_in_utc_whatever_the_zone(kit, history, root):
    zone = timezone(timedelta(hours=-9))
    at = datetime(2026, 12, 31, 20, 0, tzinfo=zone)
    history.commit(history.plan([kit.answer({1: 5})], at=at), outcomes=(), run_id="run1", at=at)
    assert (root / "changes/year=2027/month=01/run1.parquet").exists()
    assert History(root).series()[0].date.isoformat() == "2027-01-01"
    assert str(History(root).states()[0].as_of) == "2027-01-01 05:00:00+00:00"


def test_a_plan_on_an_older_history_is_refused(kit, history, root):
    plan = history.plan([kit.answer({1: 5})], at=kit.day(0))
    kit.run(history, kit.answer({1: 6}))
    before = kit.everything(root)
    with pytest.raises(StorageError, match="has changed since it was planned on: run again"):
        history.commit(plan, outcomes=(), run_id="late", at=kit.day(0))
    assert kit.everything(root) == before


def test_a_run_id_is_used_once(kit, history):
    kit.run(history, kit.answer({1: 5}), run_id="same")
    with pytest.raises(StorageError, match="stored already: give each run its own id"):
        kit.run(history, kit.answer({1: 6}), run_id="same")


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", ".hidden", "a b", "x" * 101, "a\n"])
def test_a_run_id_that_is_no_file_name_is_refused(kit, history, run_id):
    with pytest.raises(ValueError, match="no run id"):
        kit.run(history, kit.answer({1: 5}), run_id=run_id)


def test_a_month_is_joined_by_the_first_run_after_it(kit, history, root):
    for day in range(4):
        kit.run(history, kit.answer({1: day}), day=day)
    before = History(root).series(), History(root).runs()
    done = kit.run(history, kit.answer({1: 90}), day=31)
    assert done.compacted == 8
    assert sorted(p for p in kit.tree(root) if p.endswith("t") and "=03" in p) == [
        "changes/year=2026/month=03/runs-1-4.parquet",
        "runs/year=2026/month=03/runs-1-4.parquet",
    ]
    assert History(root).series()[:-1] == before[0]
    assert History(root).runs()[:-1] == before[1]
    assert History(root).verify() == []


def test_a_year_is_joined_by_the_first_run_after_it(kit, history, root):
    days = (0, 1, 40, 80, 400, 401, 440, 800)
    for number, day in enumerate(days):
        kit.run(history, kit.answer({1: number}), day=day)
    assert sorted(p for p in kit.tree(root) if p.startswith("changes")) == [
        "changes/runs-1-7.parquet",
        "changes/year=2028/month=05/run8.parquet",
    ]
    assert [c.value for c in History(root).series()] == list(range(8))
    assert [c.at for c in History(root).series()] == [kit.day(d) for d in days]


def test_a_damaged_file_is_never_joined_away(kit, history, root):
    for day in range(4):
        kit.run(history, kit.answer({1: day}), day=day)
    (root / "changes/year=2026/month=03/run2.parquet").write_bytes(b"x")
    damaged = History(root)
    done = kit.run(damaged, kit.answer({1: 90}), day=31)
    assert done.compacted == 7
    assert "set aside as" in damaged.problems[0].what
    (aside,) = (root / "quarantine").iterdir()
    assert aside.read_bytes() == b"x"
    assert [c.value for c in History(root).series()] == [0, 2, 3, 90]
    later = kit.run(History(root), kit.answer({1: 91}), day=32)
    assert later.compacted == 0
    assert [c.value for c in History(root).series()] == [0, 2, 3, 90, 91]


@pytest.mark.parametrize("error", [StorageError("no room"), ValueError("no sense")])
def test_a_run_is_stored_even_when_joining_fails(kit, history, root, monkeypatch, error):
    for day in range(3):
        kit.run(history, kit.answer({1: day}), day=day)

    def fail(*_):
        raise error

    monkeypatch.setattr(writing, "joined", fail)
    done = kit.run(history, kit.answer({1: 90}), day=31)
    assert done.compacted == 0
    assert f"not compacted: {error}" in history.problems[0].what
    monkeypatch.undo()
    assert [c.value for c in History(root).series()] == [0, 1, 2, 90]
    assert History(root).compact() == 6


def test_a_joined_file_never_takes_the_place_of_another(kit, history, root):
    for day in range(2):
        kit.run(history, kit.answer({1: day}), day=day, run_id=("runs-1-2", "x")[day])
    kit.run(history, kit.answer({1: 90}), day=31)
    assert [c.value for c in History(root).series()] == [0, 1, 90]


counts = st.dictionaries(st.integers(1, 3), st.none() | st.integers(0, 9))
rounds = st.lists(
    st.tuples(counts, st.booleans(), st.sampled_from([-40, 0, 1, 20, 200])), min_size=1, max_size=6
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rounds=rounds)
def test_the_changes_alone_tell_the_figures_of_the_state(kit, tmp_path_factory, rounds):
    root, day = tmp_path_factory.mktemp("any") / "history", 0
    for said, is_truncated, days in rounds:
        day += days
        kit.run(History(root), kit.answer(said, is_truncated=is_truncated), day=day)
    history = History(root)
    state = {k: v for k, v in kit.figures(history).items() if v[0] is not None}
    last: dict[str, int | None] = {}
    replayed = {}
    for change in history.series():
        is_gone = change.value is None
        last[change.record_id] = last.get(change.record_id) if is_gone else change.value
        key = (change.author_key, change.provider, change.record_id)
        replayed[key] = (last[change.record_id], is_gone)
    assert replayed == state
    assert len(history.runs()) == len(rounds)
    assert history.verify() == []


def test_states_are_equal_but_for_the_last_check_when_nothing_is_new(kit, history):
    answer = kit.answer({1: 5})
    kit.run(history, answer)
    before = history.states()
    kit.run(history, answer, day=2)
    assert history.states() == tuple(replace(s, checked_at=kit.day(2)) for s in before)


def counted_decodings(monkeypatch):
    texts = []
    real = encode.loads_all

    def loads_all(found, kind):
        texts.extend(found)
        return real(found, kind)

    monkeypatch.setattr(encode, "loads_all", loads_all)
    return texts


def test_a_commit_on_the_files_that_were_planned_on_decodes_no_record_again(
    kit, lived, monkeypatch
):
    root = lived()
    plan = History(root).plan([kit.answer({1: 99})], at=kit.day(9))
    texts = counted_decodings(monkeypatch)
    History(root).commit(plan, outcomes=(), run_id="later", at=kit.day(9))
    assert texts == []
    assert History(root).states() == plan.states


def test_a_record_that_says_the_same_keeps_its_stored_text(kit, lived, monkeypatch):
    root = lived()
    states = {(s.author_key, s.provider): s for s in History(root).states()}
    old = states["ada", "openalex"].works[1].record
    plan = History(root).plan([kit.answer((kit.work(1, 99), replace(old)))], at=kit.day(9))
    encoded = []
    real = encode.dumps
    monkeypatch.setattr(encode, "dumps", lambda record: encoded.append(record) or real(record))
    History(root).commit(plan, outcomes=(), run_id="later", at=kit.day(9))
    assert [r.cited_by_count for r in encoded if isinstance(r, WorkRecord)] == [99]
    assert History(root).states() == plan.states


@pytest.mark.parametrize("name", ["records", "authors"])
def test_a_state_that_is_damaged_after_the_plan_is_made_again_by_the_commit(kit, lived, name):
    root = lived()
    plan = History(root).plan([kit.answer({1: 8, 2: 3, 3: 42})], at=kit.day(3))
    (root / f"state/{name}.parquet").write_bytes(b"noise")
    history = History(root)
    history.commit(plan, outcomes=(), run_id="later", at=kit.day(3))
    assert [p.path for p in history.problems] == [f"state/{name}.parquet"] * len(history.problems)
    assert history.problems
    assert History(root).states() == plan.states
