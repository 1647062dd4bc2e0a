"""What is believed of an answer, and what keeps the old figures."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.checks import blocking, check, impossibilities
from pipeline.checks.changes import confirmations, figures
from pipeline.model import Collected, Observed, ProviderState
from spiders.items import AuthorRecord, WorkRecord
from spiders.registry import PROVIDERS

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def answer(counts, *, provider="openalex", excluded=(), **stated):
    works = tuple(
        WorkRecord(
            provider=provider,
            record_id=f"openalex:W{i + 1}",
            title=f"Paper {i}",
            cited_by_count=count,
            is_excluded=i in excluded,
        )
        for i, count in enumerate(counts)
    )
    author = AuthorRecord(
        provider=provider,
        author_id="A1",
        ids=("openalex:A1", "orcid:0000-0002-1825-0097"),
        **stated,
    )
    return Collected(author_key="ada", provider=provider, author=author, works=works)


def failed(found, *, asked="openalex:A1", **more):
    results = check(found, provider=PROVIDERS[found.provider], asked=asked, **more)
    return [r.name for r in blocking(results)]


def notes(found, **more):
    results = check(found, provider=PROVIDERS[found.provider], asked="openalex:A1", **more)
    return [r.name for r in results if not r.passed and not r.blocking]


def test_a_sound_answer_passes_every_check():
    found = answer([12, 3, 1], cited_by_count=16, h_index=2, i10_index=1, works_count=3)
    results = check(found, provider=PROVIDERS["openalex"], asked="openalex:A1")
    assert all(r.passed for r in results)
    assert {r.name for r in results} >= {"identity", "possible", "stated_against_recomputed"}


def test_another_id_than_the_asked_one_is_another_person():
    assert failed(answer([1]), asked="openalex:A2") == ["identity"]


def test_an_author_asked_by_orcid_must_answer_with_that_orcid():
    assert failed(answer([1]), asked="orcid:0000-0002-1825-0097") == []
    assert failed(answer([1]), asked="orcid:0000-0002-1694-233X") == ["identity"]


def test_a_page_without_an_id_is_nobodys():
    found = answer([1])
    nameless = replace(found, author=replace(found.author, author_id=None))
    assert failed(nameless) == ["identity"]


def test_accepting_never_takes_another_person_or_the_impossible():
    assert failed(answer([1]), asked="openalex:A2", accept=True) == ["identity"]
    assert failed(answer([1], h_index=3, cited_by_count=9), accept=True) == ["possible"]


@pytest.mark.parametrize(
    ("stated", "count"),
    [
        ({"papers": 17, "citations": 161, "h_index": 28}, 2),
        ({"papers": 11, "citations": 1023, "h_index": 27}, 1),
        ({"papers": 50, "citations": 4076, "h_index": 30}, 0),
        ({"papers": 3, "citations": 9, "h_index": 3}, 0),
        ({"papers": 3, "citations": 8, "h_index": 3}, 1),
        ({"papers": None, "citations": None, "h_index": 99}, 0),
        ({"papers": 2, "citations": 100, "h_index": 1, "i10_index": 3}, 1),
        ({"papers": 5, "citations": 29, "h_index": 1, "i10_index": 3}, 1),
    ],
)
def test_figures_that_cannot_be_true_together_are_told(stated, count):
    assert len(list(impossibilities(**stated))) == count


def test_more_recent_citations_than_all_citations_are_impossible():
    assert failed(answer([4], cited_by_count=4, cited_by_count_recent=5)) == ["possible"]


def test_a_list_shorter_than_the_provider_counts_is_refused():
    assert failed(answer([5, 4], works_expected=3)) == ["complete"]
    assert failed(answer([5, 4], works_expected=3), accept=True) == []


def test_an_author_total_that_lags_behind_the_list_is_a_note():
    found = answer([5, 4, 3], works_count=4, works_expected=3)
    assert failed(found) == []
    assert notes(found) == ["works_count"]


def test_a_list_far_from_the_stated_number_of_papers_is_refused_until_accepted():
    assert failed(answer([5, 4, 3], works_count=4)) == ["works_count"]
    assert failed(answer([5, 4, 3, 2], works_count=5)) == []
    assert failed(answer([5, 4, 3], works_count=4), accept=True) == []


def test_totals_far_from_the_complete_list_are_refused():
    week = answer([33, 29, 12, 10, 5, 5], cited_by_count=61, h_index=4)
    assert failed(week) == ["stated_against_recomputed"]


def test_totals_that_lag_a_little_are_a_note():
    found = answer([50, 30, 20], cited_by_count=98, h_index=3)
    assert failed(found) == []
    assert notes(found) == ["stated_against_recomputed"]


def test_google_scholars_totals_must_agree_to_the_digit_with_its_own_complete_list():
    found = answer([50, 30, 20], provider="google_scholar", cited_by_count=99, h_index=3)
    scholar = PROVIDERS["google_scholar"]
    results = check(found, provider=scholar, asked="google_scholar:A1")
    assert [r.name for r in blocking(results)] == ["stated_against_recomputed"]
    assert not blocking(check(found, provider=scholar, asked="google_scholar:A1", accept=True))


def test_a_struck_through_row_is_not_counted_against_the_totals():
    found = answer(
        [50, 30, 21], provider="google_scholar", excluded={2}, cited_by_count=80, h_index=2
    )
    results = check(found, provider=PROVIDERS["google_scholar"], asked="google_scholar:A1")
    assert not blocking(results)


def test_a_cut_list_is_held_against_what_it_can_tell_exactly():
    cut = {"is_truncated": True}
    assert failed(answer([50, 30, 1], cited_by_count=90, h_index=2, **cut)) == []
    assert failed(answer([50, 30, 1], cited_by_count=90, h_index=7, **cut)) == [
        "stated_against_recomputed"
    ]
    assert failed(answer([50, 30, 20], cited_by_count=900, h_index=9, **cut)) == []


def test_zero_totals_beside_cited_papers_are_refused_even_when_accepted_is_not_given():
    found = answer(
        [9, 8],
        cited_by_count=0,
        h_index=0,
        works_count=0,
        anomalies=("zero_totals_with_papers",),
    )
    assert failed(found) == ["stated_against_recomputed"]


def test_an_unknown_count_is_not_held_against_the_totals():
    assert failed(answer([50, None], cited_by_count=60)) == []


def state_of(found):
    observed = tuple(Observed(record=w, as_of=NOW, first_seen=NOW) for w in found.works)
    return ProviderState(
        author_key="ada",
        provider=found.provider,
        author=found.author,
        works=observed,
        as_of=NOW,
        checked_at=NOW,
        changed_at=NOW,
    )


def test_a_profile_that_lost_all_its_papers_is_refused_until_accepted():
    before = state_of(answer([3]))
    assert failed(answer([]), before=before) == ["not_emptied"]
    assert failed(answer([]), before=before, accept=True) == []
    assert failed(answer([]), before=None) == []


def test_a_failed_check_says_what_was_compared_and_what_to_do():
    results = check(answer([1]), provider=PROVIDERS["openalex"], asked="openalex:A2")
    (identity,) = blocking(results)
    assert "asked for openalex:A2" in identity.detail
    assert "openalex:A1" in identity.detail
    assert "configuration" in identity.detail


def confirmed(found, before, held=None):
    return failed(found, before=state_of(before), held=held or {})


def test_a_fall_of_more_than_a_fifth_is_held_back():
    before = answer([100, 50], cited_by_count=150)
    assert confirmed(answer([80, 39], cited_by_count=119), before) == ["drop"]
    assert confirmed(answer([80, 40], cited_by_count=120), before) == []


def test_a_fall_is_believed_when_the_third_answer_in_a_row_says_so():
    before, new = answer([100, 50]), answer([30, 20])
    once = {**figures(new), "runs": 1}
    assert confirmed(new, before, once) == ["drop"]
    assert confirmed(new, before, {**once, "runs": 2}) == []
    assert confirmed(answer([30, 21]), before, {**once, "runs": 2}) == []


def test_answers_that_contradict_each_other_confirm_nothing():
    before = answer([100, 50])
    other = {**figures(answer([70, 30])), "runs": 2}
    assert confirmed(answer([30, 20]), before, other) == ["drop"]
    assert confirmations(answer([30, 20]), other) == 1


def test_a_person_may_vouch_for_a_fall():
    assert failed(answer([1]), before=state_of(answer([100])), accept=True) == []


def test_more_than_five_vanished_papers_are_held_back():
    before = answer([90, *[1] * 9])
    assert confirmed(answer([90, *[1] * 4]), before) == []
    assert confirmed(answer([94, *[1] * 3]), before) == ["vanished"]


def test_a_cut_list_tells_nothing_of_papers_it_does_not_show():
    before = answer([90, *[1] * 9], cited_by_count=99)
    found = answer([90], cited_by_count=99, is_truncated=True)
    assert confirmed(found, before) == []


def test_a_leap_beyond_ten_times_is_held_back_and_a_young_careers_growth_is_not():
    assert confirmed(answer([500]), answer([40])) == ["jump"]
    assert confirmed(answer([60]), answer([3])) == []


def test_a_real_regrouping_is_held_and_then_believed():
    """A provider that regroups its papers: 942 to 886 papers, four of a hundred citations less."""
    before = answer([200] * 942)
    new = answer([205] * 886)
    assert confirmed(new, before) == ["vanished"]
    assert confirmed(new, before, {**figures(new), "runs": 2}) == []


def test_an_unknown_total_is_held_against_nothing():
    assert confirmed(answer([None]), answer([100])) == []


CARRIED = replace(PROVIDERS["openalex"], counts=False, title="Some Feed")


def test_impossible_figures_of_a_provider_that_counts_nothing_are_told_and_do_not_block():
    found = answer([None] * 17, works_count=17, cited_by_count=161, h_index=28)
    results = check(found, provider=CARRIED, asked="openalex:A1")
    assert blocking(results) == ()
    (told,) = [r for r in results if not r.passed]
    assert told.name == "possible"
    assert "h-index 28 above 17 papers" in told.detail
    assert "h-index 28 needs 784 citations, stated are 161" in told.detail
    assert "carried as Some Feed states them" in told.detail


def test_totals_that_are_only_carried_are_not_held_against_a_list_without_counts():
    assert not blocking(
        check(
            answer([], cited_by_count=900, h_index=9, works_count=90, is_truncated=True),
            provider=CARRIED,
            asked="openalex:A1",
        )
    )
    nought = answer([0, 0], cited_by_count=900, h_index=1, works_count=2)
    assert not blocking(check(nought, provider=CARRIED, asked="openalex:A1"))


@pytest.mark.parametrize("change", [0.1, 11.0, 0.0])
def test_a_sudden_loss_of_nine_tenths_a_tenfold_gain_and_a_fall_to_nothing_are_held(change):
    before = answer([90, 80, 70, 60], cited_by_count=300)
    new = answer([round(c * change) for c in (90, 80, 70, 60)], cited_by_count=round(300 * change))
    assert confirmed(new, before) == ["jump" if change > 1 else "drop"]
    assert confirmed(new, before, {**figures(new), "runs": 2}) == []


def test_a_list_that_was_cut_and_goes_on_growing_is_not_held_for_ever():
    """Three more citations a week are more than 2 % of few, and none of them undoes the fall."""
    before, weeks = state_of(answer([60, 40])), [answer([20, 10 + 3 * n]) for n in range(3)]
    held = {}
    for number, new in enumerate(weeks, 1):
        times = confirmations(new, held, before)
        assert times == number
        held = {**figures(new), "runs": times}
    assert confirmed(weeks[-1], answer([60, 40]), {**figures(weeks[1]), "runs": 2}) == []


LAST_WORDS = ("`--accept`", "configuration", "`order`", "try again later", "takes it")


@pytest.mark.parametrize(
    ("found", "more"),
    [
        (answer([1]), {"asked": "openalex:A2"}),
        (answer([1], h_index=3, cited_by_count=9), {}),
        (answer([1], works_expected=3), {}),
        (answer([1], anomalies=("fewer_rows_than_range",)), {}),
        (answer([1], works_count=9), {}),
        (answer([50], cited_by_count=90), {}),
        (answer([9], cited_by_count=0, anomalies=("zero_totals_with_papers",)), {}),
        (answer([]), {"before": True}),
        (answer([9, *[0] * 9]), {"before": True}),
        (answer([9000, *[1] * 9]), {"before": True}),
        (answer([100, *[1] * 2]), {"before": True}),
        (answer([100, *[1] * 9], name="Wei Li"), {"name": "Ada Lovelace"}),
        (answer([1], recent_since_year=2020), {"before": True, "saved_read_at": NOW}),
    ],
)
def test_every_refusal_ends_with_what_to_do(found, more):
    if more.get("before"):
        more = more | {"before": state_of(answer([100, *[1] * 9], recent_since_year=2021))}
    results = check(found, provider=PROVIDERS["openalex"], **({"asked": "openalex:A1"} | more))
    refusals = blocking(results)
    assert refusals
    for refusal in refusals:
        assert any(word in refusal.detail[-70:] for word in LAST_WORDS), refusal.detail
        assert "\n" not in refusal.detail
