"""What the totals were, day by day."""

from datetime import date, timedelta

from pipeline.history import Change
from pipeline.snapshot.past import MOST, past

DAY = date(2026, 1, 1)


def change(n, metric, value, *, record="", provider="openalex", day=None, author="ada"):
    return Change(
        author_key=author,
        provider=provider,
        record_id=record,
        metric=metric,
        date=DAY + timedelta(days=n) if day is None else day,
        at=None,
        value=value,
        sequence=n,
    )


def figures(found):
    return [(p.provider, (p.date - DAY).days, p.citations, p.h_index) for p in found]


def test_what_a_provider_stated_is_the_total_from_that_day_on():
    changes = [
        change(0, "cited_by_count", 10),
        change(0, "h_index", 2),
        change(0, "cited_by_count", 7, record="openalex:W1"),
        change(3, "cited_by_count", 12),
    ]
    found = past(changes)
    assert figures(found["ada"]) == [("openalex", 0, 10, 2), ("openalex", 3, 12, 2)]


def test_records_are_added_up_where_nothing_is_stated_and_a_gone_one_no_more():
    changes = [
        change(0, "cited_by_count", 5, record="openalex:W1"),
        change(0, "cited_by_count", 3, record="openalex:W2"),
        change(1, "cited_by_count", None, record="openalex:W2"),
    ]
    found = past(changes)
    assert figures(found["ada"]) == [("openalex", 0, 8, 2), ("openalex", 1, 5, 1)]


def test_a_day_before_anything_is_known_has_no_total():
    changes = [change(0, "works_count", 3), change(2, "cited_by_count", 4)]
    assert figures(past(changes)["ada"]) == [("openalex", 2, 4, None)]


def test_a_clock_that_went_back_gives_a_line_in_the_order_of_days():
    changes = [change(5, "cited_by_count", 4), change(6, "cited_by_count", 5, day=DAY)]
    assert figures(past(changes)["ada"]) == [("openalex", 0, 5, None), ("openalex", 5, 4, None)]


def test_who_counts_nothing_and_who_is_unknown_has_no_line():
    changes = [
        change(0, "h_index", 4, provider="scholar_feed"),
        change(0, "cited_by_count", 4, provider="no_such_provider"),
    ]
    assert past(changes) == {}


def test_a_long_past_is_thinned_and_keeps_its_ends_and_its_last_totals():
    changes = [change(n, "cited_by_count", n) for n in range(3650)]
    found = past(changes)["ada"]
    assert len(found) <= MOST
    assert figures(found)[0] == ("openalex", 0, 0, None)
    assert figures(found)[-1] == ("openalex", 3649, 3649, None)
    assert all((p.date - DAY).days == p.citations for p in found)
