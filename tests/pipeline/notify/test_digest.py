from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.history import Change
from pipeline.notify.digest import FigureChange, Followed, Paper, PaperChange, digest

START = datetime(2027, 3, 1, tzinfo=UTC)
ADA = Followed(
    author_key="ada", name="Ada", provider="openalex", title="OpenAlex", figures="stated"
)


def day(days):
    return START + timedelta(days=days)


def change(sequence, record, value, *, at=None, metric="cited_by_count", provider="openalex"):
    moment = day(sequence) if at is None else at
    return Change(
        author_key="ada",
        provider=provider,
        record_id=record,
        metric=metric,
        date=moment.date(),
        at=moment,
        value=value,
        sequence=sequence,
    )


def paper(title, *, seen=1.0, work_id=None, is_excluded=False):
    return Paper(
        work_id=work_id or title, title=title, first_seen=day(seen), is_excluded=is_excluded
    )


def told(changes, papers=None, *, who=ADA, since=5.0, until=10.0):
    """The news of one author; papers by record."""
    known = {("ada", "openalex", record): p for record, p in (papers or {}).items()}
    found = digest(changes, papers=known, people=[who], since=day(since), until=day(until))
    return found.authors[0] if found.authors else None


def test_a_count_that_rose_is_told_with_old_and_new():
    found = told([change(1, "a", 3), change(6, "a", 5)], {"a": paper("On A")})
    assert found.changed == (PaperChange(title="On A", old=3, new=5),)
    assert not found.new
    assert not found.gone


def test_a_count_that_fell_is_told_too():
    found = told([change(1, "a", 5), change(6, "a", 4)], {"a": paper("On A")})
    assert found.changed == (PaperChange(title="On A", old=5, new=4),)


def test_a_count_that_came_back_is_no_news():
    assert told([change(1, "a", 5), change(6, "a", 4), change(7, "a", 5)]) is None


def test_the_largest_difference_comes_first():
    changes = [change(1, r, 1) for r in "abc"]
    changes += [change(6, "a", 2), change(6, "b", 9), change(6, "c", 5)]
    assert [p.title for p in told(changes).changed] == ["b", "c", "a"]


def test_what_happened_outside_of_the_time_is_left_out():
    changes = [change(1, "a", 3), change(5, "a", 4), change(11, "a", 9)]
    assert told(changes) is None


def test_whoever_was_not_known_before_has_no_news():
    assert told([change(6, "a", 3)], {"a": paper("On A", seen=6)}) is None


def test_a_paper_first_listed_meanwhile_is_new():
    changes = [change(1, "a", 3), change(6, "b", 0)]
    found = told(changes, {"a": paper("On A"), "b": paper("On B", seen=6)})
    assert found.new == (PaperChange(title="On B", old=None, new=0),)
    assert not found.changed


def test_a_new_paper_of_unknown_count_is_new_all_the_same():
    found = told([change(1, "a", 3)], {"a": paper("On A"), "b": paper("On B", seen=6)})
    assert found.new == (PaperChange(title="On B", old=None, new=None),)


def test_a_paper_listed_after_the_time_is_left_out():
    assert told([change(1, "a", 3)], {"a": paper("On A"), "b": paper("On B", seen=11)}) is None


def test_a_count_that_was_unknown_is_no_new_paper():
    found = told([change(1, "a", 3), change(6, "b", 2)], {"b": paper("On B", seen=1)})
    assert not found.new
    assert found.changed == (PaperChange(title="On B", old=None, new=2),)


def test_a_paper_that_left_the_list_is_gone_with_its_last_count():
    found = told([change(1, "a", 3), change(6, "a", None)], {"a": paper("On A")})
    assert found.gone == (PaperChange(title="On A", old=3, new=3),)
    assert not found.changed


def test_a_paper_that_was_gone_before_is_not_told_again():
    assert told([change(1, "a", 3), change(2, "a", None)], {"a": paper("On A")}) is None


def test_a_paper_that_came_back_with_its_count_is_no_news():
    changes = [change(1, "a", 3), change(2, "a", None), change(6, "a", 3)]
    assert told(changes, {"a": paper("On A")}) is None


def test_versions_of_a_paper_are_one_line():
    papers = {"a": paper("On A", work_id="w"), "b": paper("On A", seen=6, work_id="w")}
    found = told([change(1, "a", 3), change(6, "b", 7)], papers)
    assert found.changed == (PaperChange(title="On A", old=3, new=7),)
    assert not found.new


def test_a_paper_is_not_gone_while_a_version_is_listed():
    papers = {"a": paper("On A", work_id="w"), "b": paper("On A", work_id="w")}
    changes = [change(1, "a", 3), change(1, "b", 3), change(6, "b", None)]
    assert told(changes, papers, who=replace(ADA, figures="resolved")) is None


def test_a_version_that_the_provider_leaves_out_does_not_count():
    papers = {"a": paper("A", work_id="w"), "b": paper("A", work_id="w", is_excluded=True)}
    changes = [change(1, "a", 3), change(1, "b", 3), change(6, "b", 90)]
    assert told(changes, papers) is None


def test_figures_are_as_the_provider_states_them():
    changes = [
        change(1, "", 100),
        change(1, "", 9, metric="h_index"),
        change(1, "", 5, metric="i10_index"),
        change(6, "", 104),
        change(6, "", 10, metric="h_index"),
        change(6, "", 6, metric="i10_index"),
    ]
    assert told(changes).figures == (
        FigureChange(metric="cited_by_count", old=100, new=104),
        FigureChange(metric="h_index", old=9, new=10),
    )


def test_figures_that_nobody_states_are_added_up():
    found = told([change(1, "a", 1), change(1, "b", 5), change(6, "a", 2)])
    assert found.figures == (
        FigureChange(metric="cited_by_count", old=6, new=7),
        FigureChange(metric="h_index", old=1, new=2),
    )


def test_a_cut_list_is_never_added_up():
    who = replace(ADA, is_truncated=True)
    found = told([change(1, "a", 1), change(6, "a", 2)], who=who)
    assert found.figures == ()
    assert found.changed


def test_resolved_figures_count_a_paper_once():
    papers = {"a": paper("On A", work_id="w"), "b": paper("On A", work_id="w")}
    changes = [change(1, "", 50), change(1, "a", 3), change(1, "b", 4), change(6, "b", 9)]
    who = replace(ADA, figures="resolved")
    assert told(changes, papers, who=who).figures == (
        FigureChange(metric="cited_by_count", old=4, new=9),
    )


def test_another_providers_news_are_not_ours():
    changes = [change(1, "a", 3), change(6, "a", 5, provider="semantic_scholar")]
    assert told(changes) is None


@pytest.mark.parametrize("back", [day(0), day(3)])
def test_a_run_whose_clock_went_back_is_told_all_the_same(back):
    """Runs 7 and 8 follow run 6 of day 6, whatever their clocks said."""
    changes = [change(1, "a", 1), change(4, "a", 2), change(6, "a", 3), change(7, "a", 4, at=back)]
    found = told([*changes, change(8, "a", 5)])
    assert found.changed[0].new == 5


def test_a_change_whose_run_was_lost_counts_from_its_day():
    lost = replace(change(6, "a", 5), at=None)
    assert told([change(1, "a", 3), lost]).changed[0].new == 5
