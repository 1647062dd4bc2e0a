"""A saved page that is older than what is known, and clocks that go wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.checks import blocking, check, times
from spiders.registry import PROVIDERS

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def page(made):
    """A page that was saved in a year, as it is read on a day beside what is known."""

    def judge(year, *, known=None, known_at=None, now=NOW, accept=False):
        since = None if year is None else year - 5
        found = made.answer("Ada", range(5), recent_since_year=since)
        before = None
        if known_at is not None:
            own = None if known is None else known - 5
            before = made.state(made.answer("Ada", range(5), recent_since_year=own), at=known_at)
        results = check(
            found,
            provider=PROVIDERS["openalex"],
            asked="openalex:A1",
            before=before,
            saved_read_at=now,
            accept=accept,
        )
        shown = [r for r in results if r.name == "saved_page" and not r.passed]
        assert blocking(results) in ((), tuple(shown))
        return shown[0] if shown else None

    return judge


def test_a_page_saved_this_year_passes(page):
    assert page(2026) is None
    assert page(2026, known=2026, known_at=NOW) is None
    assert page(2026, known=2025, known_at=NOW) is None


def test_a_page_saved_in_an_earlier_year_never_replaces_newer_figures_in_silence(page):
    refused = page(2024, known=2026, known_at=NOW)
    assert refused.blocking
    assert "saved in 2024, and the known figures are of 2026" in refused.detail
    taken = page(2024, known=2026, known_at=NOW, accept=True)
    assert not taken.blocking
    assert taken.detail.endswith("(accepted by hand)")


def test_a_page_without_newer_figures_beside_it_is_taken_and_told(page):
    told = page(2024)
    assert not told.blocking
    assert "saved in 2024, and it is 2026" in told.detail
    assert not page(2025, known=2024, known_at=NOW).blocking


def test_known_figures_that_do_not_say_their_year_are_of_the_year_they_came_in(page):
    assert page(2025, known_at=datetime(2026, 3, 1, tzinfo=UTC)).blocking
    assert not page(2025, known_at=datetime(2025, 3, 1, tzinfo=UTC)).blocking


def test_the_turn_of_the_year_is_not_the_same_hour_everywhere(page):
    new_year = datetime(2027, 1, 1, 6, tzinfo=UTC)
    assert page(2026, now=new_year) is None
    assert page(2026, known_at=new_year, now=new_year) is None
    assert page(2027, now=datetime(2026, 12, 31, 15, tzinfo=UTC)) is None


def test_a_page_from_the_future_tells_of_a_wrong_clock(page):
    told = page(2028)
    assert not told.blocking
    assert "saved in 2028, and the clock says 2026-11-20: set the clock" in told.detail


def test_a_page_that_does_not_say_its_year_proves_nothing(page):
    assert page(None, known=2026, known_at=NOW) is None


def test_an_answer_of_a_provider_is_no_saved_page(made):
    found = made.answer("Ada", range(5), recent_since_year=2001)
    results = check(found, provider=PROVIDERS["openalex"], asked="openalex:A1")
    assert not [r for r in results if r.name == "saved_page"]


def test_a_clock_behind_what_is_known_is_told_once_with_what_to_do(made):
    states = [
        made.state(made.answer("Ada", range(3)), at=NOW + timedelta(days=365)),
        made.state(made.answer("Ada", range(3), provider="google_scholar"), at=NOW),
        made.state(
            made.answer("Ada", range(3), provider="semantic_scholar"), at=NOW - timedelta(1)
        ),
    ]
    (told,) = times.clock(states, now=NOW)
    assert (told.name, told.provider) == ("clock", "openalex")
    assert not told.passed
    assert not told.blocking
    assert "the clock says 2026-11-20 00:00 UTC" in told.detail
    assert "figures of one source were confirmed later, these at 2027-11-20 00:00" in told.detail
    assert "set it" in told.detail


def test_two_machines_clocks_may_differ_by_minutes(made):
    state = made.state(made.answer("Ada", range(3)), at=NOW + timedelta(minutes=9))
    assert list(times.clock([state], now=NOW)) == []
    assert list(times.clock([], now=NOW)) == []
