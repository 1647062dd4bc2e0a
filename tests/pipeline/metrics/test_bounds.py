import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.metrics import CATALOGUE, bounds, measure_list, unknown_when_cut

NOW = 2026
paper = st.tuples(
    st.one_of(st.integers(0, 8), st.integers(0, 130)),
    st.integers(2010, NOW),
    st.integers(1, 4),
    st.integers(0, 100),
)


def measured(papers):
    return measure_list(
        [c for c, _, _, _ in papers],
        years=[y for _, y, _, _ in papers],
        authors_counts=[a for _, _, a, _ in papers],
        self_citations=[c * s // 100 for c, _, _, s in papers],
        recent_citations=[c * s // 100 for c, _, _, s in papers],
        now_year=NOW,
    )


def below(one, other):
    return one is None or other is None or one <= other + 1e-9


def check(shown, hidden, *, is_sorted):
    cut, full = measured(shown), measured(shown + hidden)
    counts = [c for c, _, _, _ in shown]
    low = bounds(counts, is_truncated=True, is_sorted=is_sorted)
    unknown = unknown_when_cut(counts, is_sorted=is_sorted)
    assert not low & unknown
    assert low | unknown <= set(CATALOGUE)
    assert unknown <= unknown_when_cut()
    for name in CATALOGUE:
        if name in low:
            assert below(cut[name], full[name]), name
        elif name not in unknown:
            assert cut[name] == pytest.approx(full[name]), name


@settings(max_examples=400, deadline=None)
@given(papers=st.lists(paper, min_size=1, max_size=25), at=st.integers(0, 25), data=st.data())
def test_a_cut_sorted_list_says_exactly_what_it_knows(papers, at, data):
    ranked = sorted(papers, key=lambda p: -p[0])
    check(ranked[:at], ranked[at:], is_sorted=True)


@settings(max_examples=200, deadline=None)
@given(shown=st.lists(paper, max_size=15), hidden=st.lists(paper, max_size=15))
def test_a_cut_unsorted_list_gives_lower_bounds_at_best(shown, hidden):
    check(shown, hidden, is_sorted=False)


def test_a_complete_list_has_no_bounds():
    assert bounds([5, 3], is_truncated=False, is_sorted=True) == frozenset()


@pytest.mark.parametrize(
    ("citations", "exact"),
    [
        ([9, 9, 9, 3], {"h_index", "i10_index", "i50_index", "r_index"}),
        ([9, 9, 9, 4], {"i10_index", "i50_index"}),
        ([90, 60, 12], {"i100_index", "citations_max"}),
        ([90, 60, 0], {"citations", "cited_papers", "h_index", "awcr", "g_index_padded"}),
        ([90, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1], {"g_index", "hg_index", "h_index", "wu_w_index"}),
    ],
)
def test_a_short_last_count_makes_figures_exact(citations, exact):
    assert not exact & bounds(citations, is_truncated=True, is_sorted=True)


@pytest.mark.parametrize(
    ("citations", "bound"),
    [
        ([9, 9, 9, 5], {"h_index", "citations", "papers", "g_index"}),
        ([90, 60, 12], {"i10_index"}),
        ([90, 60, 60], {"i10_index", "i50_index"}),
        ([90, 60, 0], {"papers", "g_index", "fractional_papers"}),
        ([3, 9], {"h_index", "citations_max"}),
        ([None], {"h_index", "citations"}),
        ([], {"h_index", "papers"}),
    ],
)
def test_a_high_last_count_leaves_lower_bounds(citations, bound):
    assert bound <= bounds(citations, is_truncated=True, is_sorted=True)


def test_unsorted_lists_bound_everything_that_can_be_bounded():
    low = bounds([9, 5, 0], is_truncated=True, is_sorted=False)

    assert low == frozenset(CATALOGUE) - unknown_when_cut()


def test_means_and_careers_are_never_known_of_a_cut_list():
    always = {"citations_mean", "citations_median", "m_quotient", "hi_annual"}

    assert always <= unknown_when_cut([9, 0])
    assert always <= unknown_when_cut()


def test_an_unsorted_cut_list_says_nothing_of_ar():
    shown = [(0, 2010, 1, 0)] * 3 + [(3, 2015, 1, 0)] + [(4, 2010, 1, 0)] * 2

    assert "ar_index" in unknown_when_cut([c for c, *_ in shown], is_sorted=False)
    check(shown, [(4, 2010, 1, 0)], is_sorted=False)


def test_figures_of_the_h_core_are_known_once_it_is_complete():
    assert "e_index" in unknown_when_cut([9, 8, 7])
    assert "e_index" not in unknown_when_cut([9, 8, 2])
    assert "hi_index" in unknown_when_cut([9, 8, 7, 3])
    assert "hi_index" not in unknown_when_cut([9, 8, 7, 2])
