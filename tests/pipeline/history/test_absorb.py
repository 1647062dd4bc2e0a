"""Two copies of a history that went apart become one, and no run of either is lost."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import HistoryDamaged, Locked, StorageError
from pipeline.history import History, compact, rebuild
from pipeline.history import manifest as listing
from spiders.items import OutcomeKind

LATEST = "changes/year=2026/month=04/b2.parquet"


def run(kit, root, *answers, day, name, **options):
    kit.run(History(root), *answers, day=day, run_id=name, **options)


@pytest.fixture
def forked(kit, lived, tmp_path):
    """Two copies with five runs in common and two runs each of their own, in turns."""

    def make() -> tuple[Path, Path]:
        ours = lived()
        theirs = Path(shutil.copytree(ours, tmp_path / "theirs"))
        blocked = (kit.outcome(provider="dblp", reason="laptop"),)
        run(kit, ours, kit.answer({1: 11, 2: 3, 5: 1}, cited_by_count=60), day=3, name="a1")
        run(kit, theirs, kit.answer({1: 12, 2: 3, 6: 7}, h_index=2), day=4, name="b1")
        run(kit, ours, kit.answer({1: 5}, provider="crossref"), day=5, name="a2", outcomes=blocked)
        run(
            kit,
            theirs,
            kit.answer({1: 13, 6: 8}, h_index=3),
            day=33,
            name="b2",
            outcomes=(kit.outcome(provider="dblp", reason="cloud"),),
        )
        return ours, theirs

    return make


def replayed(root):
    log = History(root).series()
    return rebuild.joined(rebuild.authors({}, log), rebuild.records([], log), {})


def stated(states):
    return {(s.author_key, s.provider): (s.author.cited_by_count, s.author.h_index) for s in states}


def counted(states):
    return {
        (s.author_key, s.provider, o.record.record_id): (o.record.cited_by_count, o.is_gone)
        for s in states
        for o in s.works
    }


def content(root):
    """All that two copies must agree on: everything but numbers, and the closing changes."""
    history = History(root)
    return (
        history.states(),
        sorted(
            (replace(c, sequence=0) for c in history.series() if c.run_id),
            key=lambda c: (c.run_id, c.author_key, c.provider, c.record_id, c.metric),
        ),
        sorted(
            (replace(r, sequence=0) for r in history.runs()),
            key=lambda r: (r.run_id, r.author_key, r.provider),
        ),
        history.summary(),
    )


def test_runs_of_the_other_copy_come_after_our_own_by_their_dates(kit, forked):
    ours, theirs = forked()
    assert History(ours).absorb(theirs) == 2
    assert list(dict.fromkeys(r.run_id for r in History(ours).runs())) == [
        *(f"run{n}" for n in range(1, 6)),
        "a1",
        "a2",
        "b1",
        "b2",
    ]
    assert sorted({r.sequence for r in History(ours).runs()}) == list(range(1, 10))
    assert History(ours).verify() == []


def test_every_run_keeps_its_rows_and_its_changes(kit, forked):
    ours, theirs = forked()
    before = content(ours), content(theirs)
    History(ours).absorb(theirs)
    after = content(ours)
    for part in (1, 2):
        union = {repr(row): row for copy in before for row in copy[part]}
        assert {repr(row) for row in after[part]} == set(union)
        assert len(after[part]) == len(union)


def test_the_later_answer_is_the_state_and_nothing_known_is_lost(kit, forked):
    ours, theirs = forked()
    History(ours).absorb(theirs)
    states = {(s.author_key, s.provider): s for s in History(ours).states()}
    openalex, crossref = states["ada", "openalex"], states["ada", "crossref"]
    assert (openalex.checked_at, crossref.checked_at) == (kit.day(33), kit.day(5))
    assert openalex.author.h_index == 3
    assert {o.record.record_id[-2:]: (o.record.cited_by_count, o.is_gone) for o in openalex.works}[
        "W5"
    ] == (1, True)
    assert openalex.works[0].work_id == "doi:10.1000/one"
    assert openalex.works[0].first_seen == kit.day(-3)
    assert [o.record.cited_by_count for o in crossref.present] == [5]


def test_who_was_asked_last_is_shown(kit, forked):
    ours, theirs = forked()
    for one, other in ((ours, theirs), (theirs, ours)):
        History(one).absorb(other)
        rows = {(r.author_key, r.provider): r for r in History(one).summary()}
        row = rows["ada", "dblp"]
        assert (row.reason, row.asked_at, row.run_id) == ("cloud", kit.day(33), "b2")
        assert rows["ada", "crossref"].run_id == "a2"
        run(kit, one, kit.answer({9: 1}, key="bob"), day=40, name="c1")
        rows = {(r.author_key, r.provider): r for r in History(one).summary()}
        assert rows["ada", "dblp"].reason == "cloud"


def test_both_copies_end_the_same(kit, forked):
    ours, theirs = forked()
    assert (History(ours).absorb(theirs), History(theirs).absorb(ours)) == (2, 2)
    assert content(ours) == content(theirs)


def test_a_second_time_nothing_is_written(kit, forked):
    ours, theirs = forked()
    History(ours).absorb(theirs)
    before = kit.tree(ours)
    assert History(ours).absorb(theirs) == 0
    assert History(theirs).absorb(ours) == 2
    assert History(ours).absorb(theirs) == 0
    assert kit.tree(ours) == before


def test_what_ours_has_already_is_not_taken(kit, lived, tmp_path):
    ours = lived()
    theirs = Path(shutil.copytree(ours, tmp_path / "theirs"))
    run(kit, ours, kit.answer({1: 99}), day=3, name="a1")
    before = kit.tree(ours)
    assert History(ours).absorb(theirs) == 0
    assert History(ours).absorb(ours) == 0
    assert kit.tree(ours) == before
    assert History(theirs).absorb(ours) == 1
    assert content(theirs) == content(ours)


def test_a_state_made_again_after_it_has_the_same_figures(kit, forked):
    ours, theirs = forked()
    for one, other in ((ours, theirs), (theirs, ours)):
        History(one).absorb(other)
        states = History(one).states()
        assert counted(replayed(one)) == counted(states)
        assert stated(replayed(one)).items() >= stated(states).items() - {
            (("bob", "openalex"), (None, None))
        }
        broken = Path(shutil.copytree(one, one.with_name(f"{one.name}-broken")))
        for path in ("state/records.parquet", "state/authors.parquet"):
            (broken / path).write_bytes(b"harm")
        again = History(broken).states()
        assert counted(again) == counted(states)
        assert stated(again) == stated(states)


def test_the_closing_changes_are_of_no_run_and_of_the_last_answer(kit, forked):
    ours, theirs = forked()
    History(theirs).absorb(ours)
    closing = [c for c in History(theirs).series() if not c.run_id]
    assert {(c.record_id[-2:], c.value) for c in closing} >= {("W1", 13), ("W5", None)}
    assert {c.sequence for c in closing} == {10, 11}, "a last count, then that it is gone"
    assert {c.date for c in closing} == {kit.day(33).date()}
    assert "" not in {r.run_id for r in History(theirs).runs()}


def test_the_next_run_stands_on_the_joined_history(kit, forked):
    ours, theirs = forked()
    History(theirs).absorb(ours)
    run(kit, theirs, kit.answer({1: 14, 5: 2}, h_index=3), day=34, name="b3")
    assert History(ours).absorb(theirs) == 3
    assert content(ours) == content(theirs)
    assert kit.figures(History(ours))["ada", "openalex", "openalex:W5"] == (2, False)


def test_a_plan_made_before_is_refused_after(kit, forked):
    ours, theirs = forked()
    history = History(ours)
    plan = history.plan([kit.answer({1: 50})], at=kit.day(50))
    history.absorb(theirs)
    with pytest.raises(StorageError, match="run again"):
        history.commit(plan, outcomes=(), run_id="a3", at=kit.day(50))


def test_an_empty_history_takes_everything_as_it_lies(kit, forked, tmp_path):
    ours, theirs = forked()
    History(theirs).absorb(ours)
    empty = tmp_path / "fresh" / "history"
    assert History(empty).absorb(theirs) == 9
    assert kit.everything(empty) == kit.everything(theirs)
    assert History(empty).verify() == []
    own, other = kit.tree(empty), kit.tree(theirs)
    alike = {p for p in other if p.endswith("parquet") and "previous" not in p}
    assert {p: own[p] for p in alike} == {p: other[p] for p in alike}
    assert History(empty).absorb(theirs) == 0
    assert History(theirs).absorb(empty) == 0


def test_where_there_is_no_other_copy_nothing_happens(kit, lived, tmp_path):
    ours, nowhere = lived(), tmp_path / "nowhere"
    before = kit.tree(ours)
    assert History(ours).absorb(nowhere) == 0
    (tmp_path / "bare").mkdir()
    assert History(ours).absorb(tmp_path / "bare") == 0
    assert History(nowhere).absorb(tmp_path / "bare") == 0
    assert kit.tree(ours) == before
    assert not nowhere.exists()


def test_another_persons_history_is_refused(kit, lived, tmp_path):
    ours, theirs = lived(), tmp_path / "theirs"
    run(kit, theirs, kit.answer({1: 5}, key="eve"), day=0, name="e1")
    before = kit.tree(ours)
    with pytest.raises(StorageError, match="another person's history") as refused:
        History(ours).absorb(theirs)
    assert "\n" not in str(refused.value)
    assert kit.tree(ours) == before


@pytest.mark.parametrize("is_shared", ["run", "author"])
def test_sharing_a_run_or_an_author_is_enough(kit, lived, tmp_path, is_shared):
    ours, theirs = lived(), tmp_path / "theirs"
    if is_shared == "run":
        run(kit, theirs, kit.answer({1: 5}, key="eve"), day=0, name="run1")
        run(kit, theirs, kit.answer({1: 6}, key="eve"), day=1, name="e2")
    else:
        run(kit, theirs, kit.answer({1: 6}), day=-9, name="e2")
    assert History(ours).absorb(theirs) == 1
    assert "e2" in {r.run_id for r in History(ours).runs()}


def test_the_other_copy_is_left_as_it_is_however_damaged(kit, forked):
    ours, theirs = forked()
    (theirs / "state/records.parquet").write_bytes(b"harm")
    (theirs / LATEST).write_bytes(b"harm")
    (theirs / "manifest.json").write_bytes(b"harm")
    link = theirs / "changes/link.parquet"
    outside = theirs.with_name("outside")
    outside.write_bytes(b"elsewhere")
    link.symlink_to(outside)
    before = kit.tree(theirs)
    history = History(ours)
    assert history.absorb(theirs) == 2
    assert kit.tree(theirs) == before
    told = {p.path: p.what for p in reversed(history.problems)}
    assert set(told) >= {"manifest.json", "state/records.parquet", LATEST}
    assert all(what.startswith("in the other copy: ") for what in told.values())
    assert "not taken" in told[LATEST]
    said = " ".join(p.what for p in history.problems)
    assert "set aside" not in said
    assert tempfile.gettempdir() not in said
    assert History(ours).verify() == []
    assert counted(replayed(ours)) == counted(History(ours).states())
    assert not any(c.run_id == "b2" for c in History(ours).series())
    titles = {o.record.title for s in History(ours).states() for o in s.works}
    assert "On subject 1" in titles


def test_runs_whose_rows_are_lost_there_are_not_taken(kit, forked):
    ours, theirs = forked()
    (lost,) = (theirs / "runs/year=2026/month=04").glob("*")
    lost.unlink()
    history = History(ours)
    assert history.absorb(theirs) == 1
    assert [p.path for p in history.problems] == ["runs/year=2026/month=04/b2.parquet"]
    assert counted(replayed(ours)) == counted(History(ours).states())


def test_an_empty_history_takes_what_is_sound(kit, forked, tmp_path):
    _, theirs = forked()
    for path in ("state/records.parquet", "state/summary.json"):
        (theirs / path).write_bytes(b"harm")
    fresh = History(tmp_path / "fresh")
    assert fresh.absorb(theirs) == 7
    assert {p.path for p in fresh.problems} == {"state/records.parquet", "state/summary.json"}
    again = History(tmp_path / "fresh")
    assert counted(again.states())["ada", "openalex", "openalex:W1"] == (13, False)
    assert {r.run_id for r in again.summary()} == {"b2", "run5"}
    assert again.problems == []
    (theirs / LATEST).write_bytes(b"harm")
    fresh = History(tmp_path / "poorer")
    assert fresh.absorb(theirs) == 7
    assert not any(c.run_id == "b2" for c in History(tmp_path / "poorer").series())
    assert History(tmp_path / "poorer").verify() == []


def test_a_copy_of_which_nothing_can_be_read_is_named(kit, forked):
    ours, theirs = forked()
    for path in theirs.rglob("*"):
        if path.is_file():
            path.write_bytes(b"harm")
    before = kit.tree(ours)
    with pytest.raises(HistoryDamaged) as refused:
        History(ours).absorb(theirs)
    assert str(theirs) in str(refused.value)
    assert kit.tree(ours) == before


def test_a_newer_layout_is_refused(kit, forked, monkeypatch):
    ours, theirs = forked()
    before = kit.tree(ours)
    with monkeypatch.context() as newer:
        newer.setattr(listing, "SCHEMA", 2)
        found = listing.load((theirs / "manifest.json").read_bytes())
        (theirs / "manifest.json").write_bytes(listing.dump(found))
    with pytest.raises(StorageError, match="newer version") as refused:
        History(ours).absorb(theirs)
    assert "\n" not in str(refused.value)
    assert kit.tree(ours) == before


def test_a_copy_that_is_being_written_is_read_again(kit, forked, monkeypatch):
    from pipeline.history import absorb

    ours, theirs = forked()
    real, turns = absorb._own, []

    def busy(root):
        yield from real(root)
        turns.append(len(turns))
        if len(turns) < 3:
            day = 40 + len(turns)
            run(kit, theirs, kit.answer({1: day}), day=day, name=f"b{day}")

    monkeypatch.setattr(absorb, "_own", busy)
    history = History(ours)
    assert history.absorb(theirs) == 4
    assert (len(turns), history.problems) == (3, [])


def test_a_copy_that_never_rests_is_given_up(kit, forked, monkeypatch):
    from pipeline.history import absorb

    ours, theirs = forked()

    def restless(root):
        (root / "manifest.json").write_text(str(random.random()))
        return iter(())

    monkeypatch.setattr(absorb, "_own", restless)
    with pytest.raises(StorageError, match="too fast"):
        History(ours).absorb(theirs)


def test_one_writer_and_the_own_lock_may_be_held(kit, forked):
    ours, theirs = forked()
    history = History(ours)
    with history.lock():
        with pytest.raises(Locked):
            History(ours).absorb(theirs)
        assert history.absorb(theirs) == 2


def test_no_lock_is_left_in_the_other_copy(kit, forked):
    ours, theirs = forked()
    (theirs / ".lock").unlink()
    theirs.chmod(0o500)
    try:
        assert History(ours).absorb(theirs) == 2
    finally:
        theirs.chmod(0o700)
    assert not (theirs / ".lock").exists()


def test_a_run_lost_here_comes_back(kit, forked, monkeypatch):
    monkeypatch.setattr(compact, "FEW", 99)
    ours, theirs = forked()
    (ours / "runs/year=2026/month=03/run5.parquet").unlink()
    assert "run5" not in {r.run_id for r in History(ours).runs()}
    assert History(ours).absorb(theirs) == 3
    assert "run5" in {r.run_id for r in History(ours).runs()}
    assert counted(replayed(ours)) == counted(History(ours).states())


def test_old_runs_lie_in_their_month_and_are_joined_later(kit, forked):
    ours, theirs = forked()
    History(ours).absorb(theirs)
    run(kit, ours, kit.answer({1: 20}), day=400, name="a9")
    files = [f.as_posix() for f in History(ours).files() if f.parts[0] in ("changes", "runs")]
    assert len(files) == 4
    assert History(ours).verify() == []
    assert History(theirs).absorb(ours) == 3
    assert content(ours) == content(theirs)


class Killed(BaseException):
    """Stands for SIGKILL."""


@pytest.mark.parametrize("is_first", [False, True])
def test_a_kill_at_any_step_leaves_the_old_or_the_new(kit, forked, tmp_path, monkeypatch, is_first):
    ours, theirs = forked()
    if is_first:
        shutil.rmtree(ours)
        ours.mkdir()
    real = os.replace

    def absorb(root, at):
        seen = []

        def replaced(*args, **kwargs):
            seen.append(args)
            if at is not None and len(seen) > at:
                raise Killed
            return real(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replaced)
            History(root).absorb(theirs)
        return len(seen)

    new = Path(shutil.copytree(ours, tmp_path / "new"))
    steps = absorb(new, None)
    states = kit.everything(ours), kit.everything(new)
    assert steps > 10
    found = []
    for at in range(steps):
        copy = Path(shutil.copytree(ours, tmp_path / "copy"))
        with pytest.raises(Killed):
            absorb(copy, at)
        seen = kit.everything(copy)
        assert seen in states, at
        found.append(seen == states[1])
        History(copy).absorb(theirs)
        assert content(copy) == content(new)
        assert History(copy).verify() == [] or found[-1]
        run(kit, copy, kit.answer({1: 70}), day=70, name="z")
        assert History(copy).verify() == []
        shutil.rmtree(copy)
    assert found == sorted(found)
    assert (found[0], found[-1]) == (False, True)


events = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.none() | st.dictionaries(st.integers(1, 3), st.none() | st.integers(0, 3), max_size=3),
        st.sampled_from([("ada", "openalex"), ("ada", "crossref"), ("bob", "openalex")]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events, st.permutations(range(3)))
def test_three_copies_absorb_each_other_and_agree(kit, monkeypatch, events, order):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    with tempfile.TemporaryDirectory() as folder:
        roots = [Path(folder) / name for name in "abc"]
        run(kit, roots[0], kit.answer({1: 1, 2: 2}, h_index=1), day=0, name="past")
        for root in roots[1:]:
            shutil.copytree(roots[0], root)
        for number, (where, works, (key, provider), is_truncated) in enumerate(events, 1):
            said = {"key": key, "provider": provider}
            answers = (
                ()
                if works is None
                else (kit.answer(works, works_count=len(works), is_truncated=is_truncated, **said),)
            )
            kind = OutcomeKind.BLOCKED if works is None else OutcomeKind.FRESH
            outcome = kit.outcome(kind, author_key=key, provider=provider)
            run(kit, roots[where], *answers, day=number * 3, name=f"n{number}", outcomes=(outcome,))
        for one in order:
            for other in order:
                History(roots[one]).absorb(roots[other])
        first, *others = [told(content(root)) for root in roots]
        assert all(other == first for other in others)
        for root in roots:
            assert counted_known(replayed(root)) == counted_known(History(root).states())
            assert History(root).verify() == []


def told(found):
    """The content, without what no figure is: the order and the dates of papers that are gone."""
    states, *rest = found
    plain = [
        (
            replace(s, works=()),
            sorted(
                (o.record.record_id, o.record.title, o.record.cited_by_count, o.is_gone)
                for o in s.works
                if o.record.cited_by_count is not None
            ),
        )
        for s in states
    ]
    return plain, *rest[:2]


def counted_known(states):
    return {k: v for k, v in counted(states).items() if v[0] is not None}
