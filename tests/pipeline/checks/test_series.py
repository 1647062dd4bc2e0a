"""Answers run after run through checks and history: what reaches the figures that are shown."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.checks import times
from pipeline.collect import Collection
from pipeline.history import History
from pipeline.model import Collected, Outcome
from pipeline.refresh import settle
from spiders.items import AuthorRecord, OutcomeKind, Target, WorkRecord

MONDAY = datetime(2026, 6, 29, 7, tzinfo=UTC)


class Runs:
    """One author at one provider, asked again and again."""

    def __init__(self, root):
        self.history = History(root)
        self.count = 0

    def run(self, found, *, at, accept=False):
        """One run as `refresh` does it; the names of the checks that refused, and the notes."""
        pair = (found.author_key, found.provider)
        outcome = Outcome(author_key=pair[0], provider=pair[1], kind=OutcomeKind.FRESH)
        states = self.history.states()
        settled = settle(
            Collection(collected=(found,), outcomes=(outcome,)),
            targets={found.provider: (Target(author_key=pair[0], id="openalex:A1"),)},
            names={},
            before={(s.author_key, s.provider): s for s in states},
            held={(r.author_key, r.provider): r.held for r in self.history.summary()},
            accept=accept,
        )
        plan = self.history.plan(settled.accepted, at=at)
        self.count += 1
        self.history.commit(
            plan,
            outcomes=settled.outcomes,
            run_id=f"run-{self.count}",
            at=at,
            held=settled.held,
        )
        refused = {c.name for c in settled.checks if not c.passed and c.blocking}
        assert bool(refused) == (not settled.accepted)
        return refused, {c.name for c in times.clock(states, now=at)}

    @property
    def shown(self):
        """Citations and h-index as stated, with the sum of the list."""
        (state,) = self.history.states()
        total = sum(o.record.cited_by_count for o in state.present)
        return state.author.cited_by_count, state.author.h_index, total


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path / "history")


def answer(counts, **stated):
    works = tuple(
        WorkRecord(
            provider="openalex",
            record_id=f"openalex:W{n}",
            title=f"On the small bones of birds, volume {n}",
            cited_by_count=count,
        )
        for n, count in enumerate(counts)
    )
    author = AuthorRecord(
        provider="openalex",
        author_id="A1",
        name="Ada Test",
        works_count=len(works),
        works_expected=len(works),
        **stated,
    )
    return Collected(author_key="ada", provider="openalex", author=author, works=works)


def honest(counts):
    h_index = sum(c >= rank for rank, c in enumerate(sorted(counts, reverse=True), 1))
    return answer(counts, cited_by_count=sum(counts), h_index=h_index)


def test_a_week_of_broken_totals_never_reaches_what_is_shown(runs):
    """An author endpoint that says 61 and h 4 for a week, while its works sum to 94."""
    lists = [[40, 20, 16, 10, 5, 2 + n] for n in range(4)]
    weeks = [*map(honest, lists[:2]), answer(lists[2], cited_by_count=61, h_index=3)]
    weeks.append(honest(lists[3]))
    seen = []
    for number, week in enumerate(weeks):
        refused, _ = runs.run(week, at=MONDAY + timedelta(weeks=number))
        expected = {"stated_against_recomputed", "drop"} if number == 2 else set()
        assert refused == expected
        seen.append(runs.shown)
    assert seen == [(93, 5, 93), (94, 5, 94), (94, 5, 94), (96, 5, 96)]
    assert 61 not in [c.value for c in runs.history.series()]


def test_a_real_regrouping_of_papers_is_held_and_then_believed(runs):
    """942 to 886 papers and 178,698 to 170,936 citations in three months, as one was seen."""
    before = honest([190] * 660 + [189] * 282)
    old, new = before.author.cited_by_count, 170_936
    after = honest([193] * 824 + [192] * 62)
    assert (old, after.author.cited_by_count) == (178_698, new)
    assert runs.run(before, at=MONDAY)[0] == set()
    for week in (1, 2):
        assert runs.run(after, at=MONDAY + timedelta(weeks=week))[0] == {"vanished"}
        assert runs.shown[0] == old
    assert runs.run(after, at=MONDAY + timedelta(weeks=3))[0] == set()
    assert runs.shown[0] == new


def test_a_regrouping_may_be_accepted_at_once(runs):
    runs.run(honest([100] * 20), at=MONDAY)
    runs.run(honest([100] * 10), at=MONDAY + timedelta(1), accept=True)
    assert runs.shown[0] == 1000


def test_a_list_that_was_cut_and_goes_on_growing_is_believed_at_the_third_answer(runs):
    runs.run(honest([60, 40]), at=MONDAY)
    weeks = [honest([20, 10 + 3 * n]) for n in range(3)]
    seen = [runs.run(w, at=MONDAY + timedelta(weeks=n)) for n, w in enumerate(weeks, 1)]
    assert [refused for refused, _ in seen] == [{"drop"}, {"drop"}, set()]


@pytest.mark.parametrize("bad", [[9, 8, 7, 6], [990, 880, 770, 660], [0, 0, 0, 0]])
def test_one_bad_night_is_forgotten_by_the_next_good_one(runs, bad):
    good = honest([90, 80, 70, 60])
    runs.run(good, at=MONDAY)
    assert runs.run(honest(bad), at=MONDAY + timedelta(1))[0] in ({"drop"}, {"jump"})
    assert runs.shown[0] == 300
    assert runs.run(good, at=MONDAY + timedelta(2))[0] == set()
    assert runs.shown[0] == 300
    assert not runs.history.summary()[0].held


@pytest.mark.parametrize("away", [timedelta(days=365), timedelta(days=-365 * 50)])
def test_one_run_with_a_wrong_clock_loses_nothing_and_reorders_nothing(runs, away):
    lists = [[40, 30 + n] for n in range(6)]
    told = []
    for number, counts in enumerate(lists):
        day = MONDAY + timedelta(number)
        told.append(runs.run(honest(counts), at=day + away if number == 2 else day)[1])
    wrong = 3 if away > timedelta() else 2
    assert told == [{"clock"} if n == wrong else set() for n in range(6)]
    series = runs.history.series(record_id="", metric="cited_by_count")
    assert [c.value for c in series] == [70, 71, 72, 73, 74, 75]
    assert [c.sequence for c in series] == [1, 2, 3, 4, 5, 6]
    assert runs.shown[0] == 75
    (state,) = runs.history.states()
    assert state.as_of == state.checked_at == state.changed_at == MONDAY + timedelta(5)
    assert runs.history.verify() == []


def test_a_date_in_the_future_ends_with_the_next_answer_that_says_the_same(runs):
    found = honest([40, 30])
    runs.run(found, at=MONDAY + timedelta(days=365))
    assert runs.run(found, at=MONDAY)[1] == {"clock"}
    assert runs.run(found, at=MONDAY + timedelta(1))[1] == set()
    (state,) = runs.history.states()
    assert state.as_of == MONDAY
