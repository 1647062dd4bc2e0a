"""Copies of a history in memory: they go apart, are joined in any order, and must agree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.history import STATED, Change, delta, merge, rebuild


@dataclass
class Copy:
    """What a stored history holds, without the disk."""

    states: tuple = ()
    log: list[Change] = field(default_factory=list)
    runs: set[str] = field(default_factory=set)
    last: int = 0

    def ask(self, at, answer, run_id):
        plan = delta.plan(self.states, [answer], at=at, last_at=None, base=self.last)
        self.last += 1
        self.states = plan.states
        self.log += [replace(c, run_id=run_id, sequence=self.last) for c in plan.changes]
        self.runs.add(run_id)

    def absorb(self, other):
        fresh = sorted(other.runs - self.runs)
        if not fresh:
            return
        number = {run_id: n for n, run_id in enumerate(fresh, self.last + 1)}
        taken = [replace(c, sequence=number[c.run_id]) for c in other.log if c.run_id in number]
        log = [*self.log, *sorted(taken, key=lambda c: c.sequence)]
        self.last += len(fresh)
        assert not merge.untold(self.states, self.log)
        self.states = merge.joined(self.states, other.states, log)
        closing = merge.closing(self.states, log, after=self.last)
        self.last = max((c.sequence for c in closing), default=self.last)
        self.log = [*log, *closing]
        self.runs |= other.runs


def figures(states):
    return {
        (s.author_key, s.provider): (
            [getattr(s.author, name) for name in STATED],
            {o.record.record_id: (o.record.cited_by_count, o.is_gone) for o in s.works},
        )
        for s in states
    }


def told(states):
    """All that joined copies must agree on."""
    return figures(states), [
        (
            (s.author, s.as_of, s.checked_at, s.changed_at),
            sorted((o.record.title, o.first_seen) for o in s.works),
        )
        for s in states
    ]


def shown(states):
    """All but the last counts of what is gone or unobserved."""
    return [
        (
            (s.author, s.as_of, s.checked_at, s.changed_at),
            sorted((o.record.record_id, o.is_gone) for o in s.works),
            [o.record for o in s.present if not s.author.is_truncated],
        )
        for s in states
    ]


def replayed(log):
    log = sorted(log, key=lambda c: c.sequence)
    return rebuild.joined(rebuild.authors({}, log), rebuild.records([], log), {})


counts = st.dictionaries(st.integers(1, 4), st.integers(0, 3), max_size=4)
asks = st.tuples(
    st.just("ask"), st.integers(0, 2), counts, st.booleans(), st.none() | st.integers(0, 2)
)
joins = st.tuples(st.just("join"), st.integers(0, 2), st.integers(0, 2))


quick = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def lived(kit, past, events):
    """Three copies with a past in common, after what happened to each."""
    copies = [Copy(), Copy(), Copy()]

    def ask(copy, number, event):
        _, _, works, is_truncated, h_index = event
        said = {"is_truncated": is_truncated, "h_index": h_index, "works_count": len(works)}
        copy.ask(kit.day(number * 2.5), kit.answer(works, **said), f"run{number:03}")

    for number, event in enumerate(past):
        for copy in copies:
            ask(copy, number, event)
    for number, event in enumerate(events, len(past)):
        if event[0] == "ask":
            ask(copies[event[1]], number, event)
        else:
            copies[event[1]].absorb(copies[event[2]])
    return copies


@quick
@given(st.lists(asks, max_size=3), st.lists(asks, max_size=12), st.permutations(range(3)))
def test_copies_that_are_joined_in_any_order_agree(kit, past, events, order):
    copies = lived(kit, past, events)
    for one in order:
        for other in order:
            copies[one].absorb(copies[other])
    for copy in copies[1:]:
        assert copy.runs == copies[0].runs
        assert told(copy.states) == told(copies[0].states)


@quick
@given(st.lists(asks, max_size=3), st.lists(asks | joins, max_size=14), st.permutations(range(3)))
def test_a_replay_of_all_changes_ends_at_the_state_whatever_happened(kit, past, events, order):
    copies = lived(kit, past, events)
    seen = {o.record.record_id for c in copies for s in c.states for o in s.works}
    for one in order:
        for other in order:
            copies[one].absorb(copies[other])
    for copy in copies:
        assert figures(replayed(copy.log)) == figures(copy.states)
        assert {o.record.record_id for s in copy.states for o in s.works} == seen
    for copy in copies[1:]:
        assert shown(copy.states) == shown(copies[0].states)


@pytest.fixture
def copy(kit):
    def make(*answers, start=0):
        made = Copy()
        for day, answer in answers:
            made.ask(kit.day(start + day), answer, f"run{day}")
        return made

    return make


def test_what_was_believed_last_wins_whole(kit, copy):
    early = copy((0, kit.answer({1: 9}, h_index=3, cited_by_count=90)))
    late = copy((1, kit.answer({1: 4}, h_index=1, cited_by_count=40)))
    for one, other in ((early, late), (late, early)):
        (state,) = merge.joined(one.states, other.states, [])
        assert (state.author.h_index, state.author.cited_by_count) == (1, 40)
        assert [o.record.cited_by_count for o in state.works] == [4]
        assert (state.checked_at, state.changed_at, state.as_of) == (kit.day(1),) * 3
        assert state.works[0].first_seen == kit.day(0)


@pytest.mark.parametrize("is_truncated", [False, True])
def test_a_paper_that_only_the_loser_knows_is_kept(kit, copy, is_truncated):
    early = copy((0, kit.answer({1: 9, 2: 8})))
    late = copy((1, kit.answer({1: 4}, is_truncated=is_truncated)))
    (state,) = merge.joined(late.states, early.states, [*late.log, *early.log])
    kept = state.works[1]
    assert (kept.record.cited_by_count, kept.is_gone) == (8, not is_truncated)
    assert kept.as_of == kit.day(0)


def test_a_cut_list_proves_nothing_about_what_is_gone_already(kit, copy):
    past = [(0, kit.answer({1: 9, 2: 8})), (1, kit.answer({1: 9}))]
    early = copy(*past, (2, kit.answer({1: 9, 3: 1})))
    late = copy(*past, (3, kit.answer({1: 4}, is_truncated=True)))
    (state,) = merge.joined(late.states, early.states, [*late.log, *early.log])
    gone = {o.record.record_id[-2:]: o.is_gone for o in state.works}
    assert gone == {"W1": False, "W2": True, "W3": False}


def test_an_unknown_never_replaces_a_known_figure(kit, copy):
    early = copy((0, kit.answer({1: 9}, h_index=3)))
    late = copy((1, kit.answer({1: None}, h_index=None)))
    (state,) = merge.joined(late.states, early.states, [])
    assert state.author.h_index == 3
    assert state.works[0].record.cited_by_count == 9


def test_of_two_answers_at_once_the_same_wins_on_both_sides(kit, copy):
    one, other = copy((0, kit.answer({1: 9}))), copy((0, kit.answer({1: 4})))
    there = merge.joined(one.states, other.states, [])
    assert there == merge.joined(other.states, one.states, [])


def test_a_paper_keeps_the_work_id_that_it_has_here(kit, copy):
    def named(states, **ids):
        (s,) = states
        works = tuple(replace(o, work_id=ids.get(o.record.record_id[-2:])) for o in s.works)
        return (replace(s, works=works),)

    early = named(copy((0, kit.answer({1: 9, 2: 8}))).states, W1="doi:a", W2="doi:b")
    late = named(copy((1, kit.answer({1: 4, 2: 8}))).states, W1="doi:c")
    (ours,), (theirs,) = merge.joined(early, late, []), merge.joined(late, early, [])
    assert [o.work_id for o in ours.works] == ["doi:a", "doi:b"]
    assert [o.work_id for o in theirs.works] == ["doi:c", "doi:b"]


def test_words_come_back_where_a_state_was_made_again_from_figures(kit, copy):
    told_ = copy((0, kit.answer({1: 9}, h_index=3)))
    bare = copy((1, kit.answer({1: 10}, h_index=4)))
    bare = replayed(bare.log)
    (state,) = merge.joined(told_.states, bare, [])
    assert (state.author.name, state.author.h_index) == ("Ada Example", 4)
    record = state.works[0].record
    assert (record.title, record.cited_by_count) == ("On subject 1", 10)


def test_changes_that_are_incomplete_do_not_decide(kit, copy):
    early = copy((0, kit.answer({1: 9, 2: 5})), (1, kit.answer({1: 9, 2: 6})))
    late = copy((2, kit.answer({1: 9})))
    known = [c for c in early.log if c.value != 6]
    untold = merge.untold(early.states, known)
    assert untold == {("ada", "openalex", "openalex:W2")}
    (state,) = merge.joined(late.states, early.states, [*known, *late.log], untold=untold)
    assert state.works[1].record.cited_by_count == 6


def test_nothing_is_restated_that_is_told(kit, copy):
    made = copy((0, kit.answer({1: 9, 2: 8}, h_index=1)), (1, kit.answer({1: 9})))
    assert merge.closing(made.states, made.log, after=2) == ()


def test_a_restated_figure_is_dated_by_the_answer_that_it_is_from(kit, copy):
    made = copy((0, kit.answer({1: 9, 2: 8}, h_index=1)), (1, kit.answer({1: 9})))
    rows = merge.closing(made.states, [], after=7)
    assert [(c.record_id[-2:], c.value, c.sequence) for c in rows] == [
        ("", 1, 8),
        ("W1", 9, 8),
        ("W2", 8, 8),
        ("W2", None, 9),
    ]
    assert {(c.date, c.at, c.run_id) for c in rows} == {
        ((kit.start + timedelta(days=1)).date(), None, "")
    }
