"""What is believed of an answer, and what keeps the old figures."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.checks import blocking, check, impossibilities
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
