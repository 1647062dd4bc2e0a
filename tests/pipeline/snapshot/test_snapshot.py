"""From what is known to what is shown: which provider, which series, exact or at least."""

from datetime import UTC, datetime, timedelta

from pipeline.model import Author, CitationCount, Observed, ProviderState, Work
from pipeline.snapshot import View, resolved_metrics, snapshot, stated_metrics
from spiders.items import AuthorRecord, WorkRecord, YearCount

NOW = datetime(2026, 11, 20, 3, 17, tzinfo=UTC)
ADA = Author(key="ada", name="Ada Sample", ids=("openalex:A1",))


def record(n, count, provider="openalex", **more):
    return WorkRecord(
        provider=provider, record_id=f"{provider}:W{n}", title=f"P{n}", cited_by_count=count, **more
    )


def state(*records, provider="openalex", gone=(), checked=NOW, **stated):
    works = tuple(
        Observed(record=r, as_of=NOW, first_seen=NOW, is_gone=r.record_id in gone) for r in records
    )
    return ProviderState(
        author_key="ada",
        provider=provider,
        author=AuthorRecord(provider=provider, author_id="A1", **stated),
        works=works,
        as_of=NOW - timedelta(days=2),
        checked_at=checked,
        changed_at=NOW - timedelta(days=5),
    )


def work(*records, work_id="doi:10.5555/1"):
    counts = tuple(
        CitationCount(
            provider=r.provider, record_id=r.record_id, cited_by_count=r.cited_by_count, as_of=NOW
        )
        for r in records
    )
    return Work(
        work_id=work_id,
        title="P",
        year=2020,
        publication_date=None,
        venue=None,
        work_type=None,
        authors=(),
        authors_count=2,
        ids=(),
        counts=counts,
    )


def shot(states, works=(), order=("google_scholar", "openalex"), figures="stated", now=NOW):
    return snapshot(
        [ADA],
        states=states,
        works={"ada": works},
        view=View(order=order, figures=figures, stale_after=timedelta(days=14)),
        now=now,
    ).authors[0]


def test_stated_figures_are_the_providers_own_words():
    found = stated_metrics(state(record(1, 12), record(2, 3), cited_by_count=17, h_index=2))
    assert found.values["citations"] == 17
    assert found.values["h_index"] == 2
    assert found.values["papers"] == 2
    assert found.stated == {"citations", "h_index"}


def test_a_provider_that_states_no_totals_has_its_own_list_added_up():
    found = stated_metrics(state(record(1, 12), record(2, 3)))
    assert found.values["citations"] == 15
    assert found.stated == frozenset()


def test_gone_and_struck_through_records_are_not_added_up():
    found = stated_metrics(
        state(record(1, 12), record(2, 3, is_excluded=True), record(3, 5), gone={"openalex:W3"})
    )
    assert (found.values["citations"], found.values["papers"]) == (12, 1)


def test_a_preprint_and_its_published_version_count_once_when_resolved():
    one, two, three = record(1, 12), record(2, 11), record(3, 2)
    known = state(one, two, three, cited_by_count=25, h_index=2)
    found = resolved_metrics(known, [work(one, two), work(three, work_id="doi:10.5555/2")])
    assert found.values["papers"] == 2
    assert found.values["citations"] == 14
    assert found.rule == "max"


def test_an_unknown_count_is_no_zero_in_any_series():
    known = state(record(1, None))
    assert "citations" not in stated_metrics(known).values
    assert "citations" not in resolved_metrics(known, [work(record(1, None))]).values


def test_a_cut_list_gives_bounds_where_it_is_not_exact():
    known = state(record(1, 50), record(2, 30), is_truncated=True, cited_by_count=900)
    found = stated_metrics(known)
    assert "citations" not in found.lower_bounds
    assert {"h_index", "papers"} <= found.lower_bounds
    assert "citations_mean" not in found.values
    assert "citations" in resolved_metrics(known, [work(record(1, 50))]).lower_bounds


def test_a_cut_list_keeps_its_exact_figures_when_its_papers_are_merged():
    records = [record(n, count) for n, count in enumerate([40, 30, 3, 2])]
    known = state(*records, is_truncated=True, cited_by_count=900)
    works = [work(r, work_id=f"doi:10.5555/{i}") for i, r in enumerate(reversed(records))]
    found = resolved_metrics(known, works)
    assert found.values["h_index"] == 3
    assert "h_index" not in found.lower_bounds
    assert {"citations", "papers"} <= found.lower_bounds


def test_years_come_from_works_where_the_authors_series_counts_by_publication():
    years = (YearCount(year=2024, cited_by_count=4), YearCount(year=2025, cited_by_count=5))
    known = state(
        record(1, 12, counts_by_year=years),
        cited_by_count=12,
        counts_by_year=(YearCount(year=2020, cited_by_count=12),),
        counts_by_year_meaning="publication_year",
    )
    found = stated_metrics(known)
    assert dict(found.counts_by_year) == {2024: 4, 2025: 5}
    assert found.counts_by_year_unknown == 3


def test_a_series_of_citations_received_is_taken_as_stated():
    known = state(
        record(1, 12),
        cited_by_count=12,
        counts_by_year=(YearCount(year=2025, cited_by_count=10),),
        counts_by_year_meaning="received",
    )
    found = stated_metrics(known)
    assert dict(found.counts_by_year) == {2025: 10}
    assert found.counts_by_year_unknown == 2


def test_badges_show_the_first_provider_of_the_order_that_ever_answered():
    assert shot([state(record(1, 1))]).shown == "openalex"
    both = [state(record(1, 1)), state(record(1, 2, "google_scholar"), provider="google_scholar")]
    assert shot(both).shown == "google_scholar"
    assert [s.provider for s in shot(both).sources] == ["google_scholar", "openalex"]


def test_nobody_answered_means_nothing_is_shown():
    found = shot([])
    assert found.shown is None
    assert found.shown_metrics is None


def test_figures_unconfirmed_for_long_are_stale_and_say_since_when():
    old = NOW - timedelta(days=15)
    (source,) = shot([state(record(1, 1), checked=old)]).sources
    assert source.is_stale
    assert source.as_of == old
    (source,) = shot([state(record(1, 1))]).sources
    assert not source.is_stale
    assert source.as_of == NOW - timedelta(days=2)


def test_equal_figures_give_equal_snapshots_whenever_the_run_took_place():
    states = [state(record(1, 1))]
    assert shot(states) == shot(states, now=NOW + timedelta(days=3))


def test_works_come_most_cited_first_by_the_shown_provider():
    low, high, unknown = record(1, 2), record(2, 9), record(3, None)
    works = [
        work(unknown, work_id="doi:10.5555/u"),
        work(low, work_id="doi:10.5555/l"),
        work(high, work_id="doi:10.5555/h"),
    ]
    found = shot([state(low, high, unknown)], works)
    assert [w.work_id for w in found.works] == ["doi:10.5555/h", "doi:10.5555/l", "doi:10.5555/u"]


def test_ages_count_to_the_year_of_the_figures_not_to_today():
    known = state(record(1, 9, year=2020))
    assert stated_metrics(known).values["m_quotient"] == 1 / 7
