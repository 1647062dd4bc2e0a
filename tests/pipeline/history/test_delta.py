from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StorageError
from pipeline.history import RENEW_AFTER, STATED, Plan, delta
from pipeline.model import Collected, ProviderState
from spiders.items import AuthorRecord, WorkRecord, YearCount


@pytest.fixture
def plan(kit):
    def make(*rounds: Collected, gap: float = 1.0) -> list[Plan]:
        plans: list[Plan] = []
        for number, answer in enumerate(rounds):
            states = plans[-1].states if plans else ()
            last = kit.day((number - 1) * gap) if plans else None
            at = kit.day(number * gap)
            plans.append(delta.plan(states, [answer], at=at, last_at=last, base=number))
        return plans

    return make


def rows(plan: Plan) -> list[tuple[str, str, int | None]]:
    return [(c.record_id.rpartition(":")[2], c.metric, c.value) for c in plan.changes]


def state(plan: Plan) -> ProviderState:
    assert len(plan.states) == 1
    return plan.states[0]


def test_the_first_observation_is_a_change(kit, plan):
    only = plan(kit.answer({1: 0, 2: 7}, works_count=2, h_index=1))[0]
    assert rows(only) == [
        ("", "works_count", 2),
        ("", "h_index", 1),
        ("W1", "cited_by_count", 0),
        ("W2", "cited_by_count", 7),
    ]
    change = only.changes[0]
    assert (change.author_key, change.provider) == ("ada", "openalex")
    assert (change.at, change.date) == (kit.day(0), kit.day(0).date())


def test_the_same_answer_again_changes_nothing(kit, plan):
    answer = kit.answer({1: 5, 2: 7}, cited_by_count=12)
    first, second = plan(answer, answer)
    assert second.changes == ()
    assert second.changed == frozenset()
    assert second.states == tuple(replace(s, checked_at=kit.day(1)) for s in first.states)


def test_only_the_figure_that_differs_is_a_change(kit, plan):
    _, second = plan(kit.answer({1: 5, 2: 7}), kit.answer({1: 6, 2: 7}))
    assert rows(second) == [("W1", "cited_by_count", 6)]
    assert second.changed == {("ada", "openalex")}


@pytest.mark.parametrize("name", STATED)
def test_every_stated_figure_of_an_author_is_followed(kit, plan, name):
    _, second = plan(kit.answer({}, **{name: 3}), kit.answer({}, **{name: 4}))
    assert rows(second) == [("", name, 4)]


def test_influential_counts_are_stored_and_are_no_change_row(kit, plan):
    before = (kit.work(1, 5, influential_citation_count=1),)
    after = (kit.work(1, 5, influential_citation_count=2),)
    _, second = plan(kit.answer(before), kit.answer(after))
    assert second.changes == ()
    assert second.changed == {("ada", "openalex")}
    assert state(second).works[0].record.influential_citation_count == 2


def test_a_count_that_is_no_longer_said_stays_as_it_was(kit, plan):
    _, second = plan(
        kit.answer((kit.work(1, 35, cited_by_count_raw="35*"),)),
        kit.answer((kit.work(1, None, title="Mended"),)),
    )
    record = state(second).works[0].record
    assert (record.cited_by_count, record.cited_by_count_raw) == (35, "35*")
    assert record.title == "Mended"
    assert second.changes == ()


@pytest.mark.parametrize("name", STATED)
def test_a_stated_figure_that_is_no_longer_said_stays_as_it_was(kit, plan, name):
    _, second = plan(
        kit.answer({}, recent_since_year=2021, **{name: 9}),
        kit.answer({}, recent_since_year=2021),
    )
    assert getattr(state(second).author, name) == 9
    assert second.changes == ()
    assert second.changed == frozenset()


def test_a_recent_figure_of_other_years_is_not_carried_over(kit, plan):
    _, second = plan(
        kit.answer({}, recent_since_year=2021, h_index=9, h_index_recent=8),
        kit.answer({}, recent_since_year=2022),
    )
    author = state(second).author
    assert (author.h_index, author.h_index_recent) == (9, None)


def test_a_recent_figure_that_is_kept_keeps_its_year(kit, plan):
    _, second = plan(
        kit.answer({}, recent_since_year=2021, h_index_recent=8), kit.answer({}, h_index=9)
    )
    author = state(second).author
    assert (author.h_index_recent, author.recent_since_year) == (8, 2021)


def test_an_unknown_count_is_no_change_until_it_is_known(kit, plan):
    first, second = plan(kit.answer({1: None}), kit.answer({1: 0}))
    assert rows(first) == []
    assert rows(second) == [("W1", "cited_by_count", 0)]


def test_a_record_missing_from_a_complete_list_is_gone_and_kept(kit, plan):
    _, second = plan(kit.answer({1: 5, 2: 7}), kit.answer({1: 5}))
    assert rows(second) == [("W2", "cited_by_count", None)]
    gone = state(second).works[1]
    assert gone.is_gone
    assert gone.record == kit.work(2, 7)
    assert [o.record.record_id for o in state(second).present] == ["openalex:W1"]


def test_a_gone_record_is_gone_only_once(kit, plan):
    *_, third = plan(kit.answer({1: 5, 2: 7}), kit.answer({1: 5}), kit.answer({1: 5}))
    assert third.changes == ()
    assert third.changed == frozenset()


def test_a_record_that_never_had_a_count_leaves_without_a_change_row(kit, plan):
    _, second = plan(kit.answer({1: None}), kit.answer({}))
    assert second.changes == ()
    assert state(second).works[0].is_gone
    assert second.changed == {("ada", "openalex")}


def test_a_record_missing_from_a_cut_list_is_not_gone(kit, plan):
    _, second = plan(
        kit.answer({1: 5, 2: 7}, is_truncated=True), kit.answer({1: 5}, is_truncated=True)
    )
    assert second.changes == ()
    assert second.changed == frozenset()
    assert not any(o.is_gone for o in state(second).works)


def test_a_gone_record_stays_gone_while_the_list_is_cut(kit, plan):
    *_, third = plan(
        kit.answer({1: 5, 2: 7}), kit.answer({1: 5}), kit.answer({1: 5}, is_truncated=True)
    )
    assert state(third).works[1].is_gone


@pytest.mark.parametrize(("said", "value"), [(7, 7), (8, 8), (None, 7)])
def test_a_record_that_returns_is_a_change_with_its_value(kit, plan, said, value):
    *_, third = plan(kit.answer({1: 5, 2: 7}), kit.answer({1: 5}), kit.answer({1: 5, 2: said}))
    assert rows(third) == [("W2", "cited_by_count", value)]
    assert not state(third).works[1].is_gone


def test_first_seen_is_kept_for_ever(kit, plan):
    *_, last = plan(kit.answer({1: 5}), kit.answer({}), kit.answer({1: 9, 2: 1}))
    assert [o.first_seen for o in state(last).works] == [kit.day(0), kit.day(2)]


def test_as_of_is_kept_while_nothing_changes(kit, plan):
    answer = kit.answer({1: 5})
    last = plan(*[answer] * 7)[-1]
    assert state(last).as_of == kit.day(0)
    assert state(last).works[0].as_of == kit.day(0)
    assert state(last).checked_at == kit.day(6)


def test_as_of_is_renewed_after_a_week(kit, plan):
    answer = kit.answer({1: 5})
    last = plan(*[answer] * 8)[-1]
    assert timedelta(days=7) == RENEW_AFTER
    assert state(last).as_of == kit.day(7)
    assert state(last).works[0].as_of == kit.day(7)
    assert state(last).changed_at == kit.day(0)
    assert last.changed == frozenset()


def test_as_of_is_renewed_when_a_figure_changes(kit, plan):
    _, second = plan(kit.answer({1: 5, 2: 7}), kit.answer({1: 6, 2: 7}))
    assert state(second).as_of == state(second).changed_at == kit.day(1)
    assert [o.as_of for o in state(second).works] == [kit.day(1), kit.day(1)]


@pytest.mark.parametrize(
    "said",
    [
        {"self_citations": 2},
        {"influential_citation_count": 2},
        {"counts_by_year": (YearCount(year=2024, cited_by_count=5),)},
        {"is_excluded": True},
        {"extra": {"fwci": 1.5}},
    ],
)
def test_as_of_is_renewed_when_any_figure_of_a_record_changes(kit, plan, said):
    _, second = plan(kit.answer({1: 5}), kit.answer((kit.work(1, 5, **said),)))
    assert state(second).as_of == state(second).changed_at == kit.day(1)


@pytest.mark.parametrize(
    "said",
    [{"extra": {"novelty": 0.5}}, {"counts_by_year": (YearCount(year=2024, cited_by_count=5),)}],
)
def test_as_of_is_renewed_when_any_figure_of_the_author_changes(kit, plan, said):
    _, second = plan(kit.answer({1: 5}), kit.answer({1: 5}, **said))
    assert state(second).as_of == kit.day(1)


def test_gone_and_unobserved_records_keep_their_as_of(kit, plan):
    *_, gone = plan(kit.answer({1: 5, 2: 7}), kit.answer({1: 6}), kit.answer({1: 7}))
    assert [o.as_of for o in state(gone).works] == [kit.day(2), kit.day(0)]
    *_, cut = plan(kit.answer({1: 5, 2: 7}), kit.answer({1: 6}, is_truncated=True))
    assert [o.as_of for o in state(cut).works] == [kit.day(1), kit.day(0)]


def test_mended_metadata_is_stored_without_a_change_row_or_a_new_date(kit, plan):
    _, second = plan(
        kit.answer({1: 5}), kit.answer((kit.work(1, 5, title="Better", venue="A Journal"),))
    )
    assert second.changes == ()
    assert second.changed == {("ada", "openalex")}
    assert state(second).works[0].record.venue == "A Journal"
    assert state(second).as_of == state(second).changed_at == kit.day(0)


def test_a_new_order_alone_is_no_difference(kit, plan):
    first, second = plan(kit.answer({1: 5, 2: 5}), kit.answer({2: 5, 1: 5}))
    assert second.changed == frozenset()
    assert state(second).works == state(first).works


def test_the_providers_order_is_taken_along_with_a_difference(kit, plan):
    _, second = plan(kit.answer({1: 5, 2: 5, 3: 1}), kit.answer({2: 6, 1: 5}))
    assert [o.record.record_id[-1] for o in state(second).works] == ["2", "1", "3"]


def test_a_record_that_is_listed_twice_counts_once(kit, plan):
    only = plan(kit.answer((kit.work(1, 5), kit.work(1, 6))))[0]
    assert rows(only) == [("W1", "cited_by_count", 5)]


def test_a_figure_that_is_no_number_says_nothing(kit, plan):
    answer = kit.answer((kit.work(1, 5, extra={"fwci": float("nan"), "rank": 2}),))
    first, second = plan(answer, answer)
    assert state(first).works[0].record.extra == {"rank": 2}
    assert second.changed == frozenset()


def test_states_that_nobody_asked_for_stay_in_place_and_order(kit):
    at = kit.day(0)
    first = delta.plan(
        (), [kit.answer({1: 1}, key=k) for k in ("zoe", "ada")], at=at, last_at=None, base=0
    )
    second = delta.plan(
        first.states, [kit.answer({1: 2}, key="max")], at=kit.day(1), last_at=at, base=1
    )
    assert [s.author_key for s in second.states] == ["ada", "max", "zoe"]
    assert (second.states[0], second.states[2]) == first.states
    assert dict(second.seen) == {("max", "openalex"): 1}


def test_a_clock_that_went_back_is_told_and_loses_nothing(kit, plan):
    first, second = plan(kit.answer({1: 5}), kit.answer({1: 6}), gap=-400)
    assert not first.clock_went_back
    assert second.clock_went_back
    assert rows(second) == [("W1", "cited_by_count", 6)]
    assert second.changes[0].date == kit.day(-400).date()
    assert state(second).works[0].first_seen == kit.day(0)


def test_a_date_in_the_future_is_mended_when_the_clock_is(kit, plan):
    answer = kit.answer({1: 5})
    _, second = plan(answer, answer, gap=-400)
    assert state(second).as_of == state(second).checked_at == kit.day(-400)


@pytest.mark.parametrize("count", [-1, 2**63])
def test_a_count_that_cannot_be_is_refused_with_its_record(kit, plan, count):
    with pytest.raises(StorageError, match=r"openalex gives openalex:W1 the cited_by_count"):
        plan(kit.answer({1: count}))


def test_two_answers_for_one_author_and_provider_are_refused(kit):
    answers = [kit.answer({1: 1}), kit.answer({1: 2})]
    with pytest.raises(ValueError, match="two answers of openalex for ada"):
        delta.plan((), answers, at=kit.day(0), last_at=None, base=0)


def test_a_time_without_a_zone_is_refused(kit):
    with pytest.raises(ValueError, match="zone"):
        delta.plan((), [], at=datetime(2026, 1, 1), last_at=None, base=0)  # noqa: DTZ001  on purpose


counts = st.dictionaries(st.integers(1, 4), st.none() | st.integers(0, 9))


@given(rounds=st.lists(st.tuples(counts, st.booleans(), st.integers(-2, 9)), max_size=8))
def test_what_was_known_is_never_lost(rounds):
    states: tuple[ProviderState, ...] = ()
    at = datetime.fromisoformat("2026-03-02T03:17:00+00:00")
    last: dict[int, int] = {}
    for said, is_truncated, days in rounds:
        at += timedelta(days=days)
        works = tuple(
            WorkRecord(provider="p", record_id=f"{n}", title=None, cited_by_count=c)
            for n, c in said.items()
        )
        author = AuthorRecord(provider="p", author_id="a", is_truncated=is_truncated)
        answer = Collected(author_key="k", provider="p", author=author, works=works)
        plan = delta.plan(states, [answer], at=at, last_at=None, base=0)
        last |= {n: c for n, c in said.items() if c is not None}
        states = plan.states
        known = {int(o.record.record_id): o for o in states[0].works}
        assert {n: known[n].record.cited_by_count for n in last} == last
        assert all(not known[n].is_gone for n in said)
        assert is_truncated or all(o.is_gone for n, o in known.items() if n not in said)
        assert states[0].checked_at == at >= states[0].as_of
