"""One count a paper over all providers, several people as one, and papers that are not theirs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.identity import resolve
from pipeline.model import Author, Group, Observed, ProviderState
from pipeline.snapshot import View, combined_metrics, snapshot
from spiders.items import AuthorRecord, WorkRecord

NOW = datetime(2026, 11, 20, 3, 17, tzinfo=UTC)
ORDER = ("google_scholar", "openalex", "semantic_scholar")


def record(provider, n, count, **more):
    known = {"ids": (f"doi:10.5555/{n}",), "year": 2020, "authors": ("Ada Sample", "Bo Test")}
    return WorkRecord(
        provider=provider,
        record_id=f"{provider}:{n}{more.pop('part', '')}",
        title=f"A paper of many words, number {n}",
        cited_by_count=count,
        **(known | more),
    )


def state(provider, *records, key="ada", gone=(), **author):
    return ProviderState(
        author_key=key,
        provider=provider,
        author=AuthorRecord(provider=provider, author_id="A1", **author),
        works=tuple(
            Observed(record=r, as_of=NOW, first_seen=NOW, is_gone=r.record_id in gone)
            for r in records
        ),
        as_of=NOW,
        checked_at=NOW,
        changed_at=NOW,
    )


def papers(*states):
    return resolve([o for s in states for o in s.works])


def combined(*states, rule="max", order=ORDER):
    return combined_metrics(states, papers(*states), order=order, rule=rule)


TWO = (
    state(
        "openalex",
        record("openalex", 1, 10),
        record("openalex", 1, 4, part="preprint"),
        record("openalex", 2, 3),
    ),
    state("semantic_scholar", record("semantic_scholar", 1, 12), record("semantic_scholar", 3, 1)),
)


@pytest.mark.parametrize(
    ("rule", "order", "citations"),
    [
        ("max", ORDER, 12 + 3 + 1),
        ("sum_versions", ORDER, 14 + 3 + 1),
        ("prefer", ORDER, 10 + 3 + 1),
        ("prefer", ("semantic_scholar", "openalex"), 12 + 3 + 1),
    ],
)
def test_a_paper_counts_once_by_the_rule_that_is_named(rule, order, citations):
    found = combined(*TWO, rule=rule, order=order)
    assert found.values["citations"] == citations
    assert found.values["papers"] == 3
    assert (found.provider, found.series, found.rule) == ("combined", "combined", rule)
    assert found.lower_bounds == frozenset()


def test_providers_that_count_nothing_are_no_part_of_it():
    listed = state("orcid", record("orcid", 9, None))
    assert combined(state("openalex", record("openalex", 1, 10)), listed).values["papers"] == 1


def test_an_unknown_count_is_left_to_those_who_know():
    silent = state("openalex", record("openalex", 1, None))
    known = state("semantic_scholar", record("semantic_scholar", 1, 0))
    assert combined(silent, known, rule="prefer").values["citations"] == 0
    assert "citations" not in combined(silent).values


def test_gone_and_struck_records_are_not_counted():
    one = state("openalex", record("openalex", 1, 50), gone={"openalex:1"})
    two = state("semantic_scholar", record("semantic_scholar", 1, 40, is_excluded=True))
    three = state("google_scholar", record("google_scholar", 1, 3))
    assert combined(one, two, three).values["citations"] == 3


def test_a_cut_list_makes_bounds_of_what_its_hidden_papers_could_raise():
    cut = state(
        "google_scholar",
        *(record("google_scholar", n, 9 - n) for n in range(4)),
        is_truncated=True,
    )
    whole = state("openalex", *(record("openalex", n, 1) for n in range(8)))
    found = combined(cut, whole)
    assert found.values["h_index"] == 4
    assert "h_index" in found.lower_bounds
    assert "citations" in found.lower_bounds
    deep = state(
        "google_scholar",
        *(record("google_scholar", n, c) for n, c in enumerate([9, 8, 7, 2])),
        is_truncated=True,
    )
    found = combined(deep, whole)
    assert found.values["h_index"] == 3
    assert "h_index" not in found.lower_bounds
    assert "citations" in found.lower_bounds


def test_a_cut_list_in_no_order_leaves_nothing_exact():
    cut = state(
        "google_scholar", record("google_scholar", 1, 9), is_truncated=True, is_sorted=False
    )
    assert {"h_index", "citations", "papers"} <= combined(cut).lower_bounds


def test_the_oldest_confirmation_dates_a_combined_figure():
    old = replace(TWO[1], as_of=NOW - timedelta(days=9))
    assert combined(TWO[0], old).as_of == NOW - timedelta(days=9)


ADA, BO = Author(key="ada", name="Ada", ids=()), Author(key="bo", name="Bo", ids=())


def shot(*states, groups=(), view=None, works=None):
    known = works or {
        key: papers(*(s for s in states if s.author_key == key)) for key in ("ada", "bo")
    }
    return snapshot(
        [ADA, BO],
        states=states,
        works=known,
        groups=groups,
        view=view or View(order=ORDER),
        now=NOW,
    )


def test_a_joint_paper_counts_once_in_a_group_and_on_each_members_page():
    joint = [record("openalex", 1, 10), record("openalex", 2, 3)]
    ada, bo = state("openalex", *joint), state("openalex", joint[0], key="bo")
    lab = Group(key="lab", name="The Lab", members=("ada", "bo"))
    found = shot(ada, bo, groups=[(lab, papers(ada, bo))])
    (group,) = found.groups
    assert group.members == ("ada", "bo")
    assert group.shown_metrics.values["citations"] == 13
    assert group.shown_metrics.series == "resolved"
    assert [len(a.works) for a in found.authors] == [2, 1]
    assert not [m for m in group.metrics if m.series == "stated"]


def test_a_provider_that_knows_some_members_only_does_not_speak_for_the_group():
    ada = state("google_scholar", record("google_scholar", 1, 50))
    ada_too = state("openalex", record("openalex", 1, 10))
    bo = state("openalex", record("openalex", 2, 3), key="bo")
    lab = Group(key="lab", name=None, members=("ada", "bo"))
    (group,) = shot(ada, ada_too, bo, groups=[(lab, papers(ada, ada_too, bo))]).groups
    assert (group.shown, group.shown_metrics.values["citations"]) == ("openalex", 13)
    (group,) = shot(ada, bo, groups=[(lab, papers(ada, bo))]).groups
    assert group.figures == "combined"
    assert group.metrics_of("combined", "combined").values["citations"] == 53


def test_a_group_of_cut_lists_has_no_exact_figure():
    ada = state("openalex", record("openalex", 1, 10), is_truncated=True)
    bo = state("openalex", record("openalex", 2, 10), key="bo")
    lab = Group(key="lab", name=None, members=("ada", "bo"))
    (group,) = shot(ada, bo, groups=[(lab, papers(ada, bo))]).groups
    assert {"h_index", "citations"} <= group.shown_metrics.lower_bounds


def test_a_record_that_one_member_still_lists_is_not_gone_from_the_group():
    one = record("openalex", 1, 10)
    ada, bo = state("openalex", one, gone={"openalex:1"}), state("openalex", one, key="bo")
    lab = Group(key="lab", name=None, members=("ada", "bo"))
    (group,) = shot(ada, bo, groups=[(lab, papers(ada, bo))]).groups
    assert group.shown_metrics.values["citations"] == 10


def test_papers_on_none_of_the_own_lists_are_set_apart_and_count_nowhere():
    listed = state("orcid", record("orcid", 1, None))
    counted = state("openalex", record("openalex", 1, 10), record("openalex", 2, 90))
    view = View(order=ORDER, figures="resolved", own_lists={"ada": ("orcid",)})
    found = shot(counted, listed, view=view).authors[0]
    assert [w.title[-1] for w in found.works] == ["1"]
    assert [w.title[-1] for w in found.others] == ["2"]
    assert found.shown_metrics.values["citations"] == 10
    assert found.metrics_of("combined", "combined").values["citations"] == 10
    assert found.metrics_of("openalex", "stated").values["citations"] == 100


def test_an_own_list_that_nobody_has_read_yet_cuts_nothing():
    counted = state("openalex", record("openalex", 1, 10))
    view = View(order=ORDER, own_lists={"ada": ("orcid",)})
    found = shot(counted, view=view).authors[0]
    assert (len(found.works), len(found.others)) == (1, 0)


def test_papers_that_a_members_own_list_leaves_out_are_not_the_groups_unless_another_members():
    listed = state("orcid", record("orcid", 1, None))
    ada = state("openalex", *(record("openalex", n, 10**n) for n in (1, 2, 3)))
    bo = state("openalex", record("openalex", 3, 1000), key="bo")
    view = View(order=ORDER, own_lists={"ada": ("orcid",)})
    lab = Group(key="lab", name=None, members=("ada", "bo"))
    groups = [(lab, papers(listed, ada, bo))]
    (group,) = shot(listed, ada, bo, groups=groups, view=view).groups
    assert sorted(w.title[-1] for w in group.works) == ["1", "3"]
    assert group.shown_metrics.values["citations"] == 1010
