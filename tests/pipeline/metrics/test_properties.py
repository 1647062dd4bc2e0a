"""What must hold of the figures, whatever the list."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.metrics import measure_arrays, measure_list

lists = st.lists(st.one_of(st.integers(0, 15), st.integers(0, 5000)), max_size=40)
filled = lists.filter(bool)
quick = settings(max_examples=200, deadline=None)


@quick
@given(citations=lists, data=st.data())
def test_the_order_of_papers_changes_nothing(citations, data):
    years = [2026 - c % 30 for c in citations]
    turned = data.draw(st.permutations(list(zip(citations, years, strict=True))))

    one = measure_list(citations, years=years, now_year=2026)
    other = measure_list([c for c, _ in turned], years=[y for _, y in turned], now_year=2026)

    assert other == pytest.approx(one)


@quick
@given(citations=lists)
def test_h_g_and_i_keep_their_order(citations):
    found = measure_list(citations)
    h, g, padded = (found[n] for n in ("h_index", "g_index", "g_index_padded"))

    assert h <= min(len(citations), max(citations, default=0))
    assert h <= g <= len(citations)
    assert padded >= g
    assert found["i10_index"] >= found["i50_index"] >= found["i100_index"] >= found["i1000_index"]
    assert found["wu_w_index"] <= h


@quick
@given(citations=lists)
def test_the_h_core_holds_between_h_squared_and_all_citations(citations):
    found = measure_list(citations)
    h, held = found["h_index"], found["h_core_citations"]

    assert h * h <= held <= found["citations"]
    assert found["r_index"] ** 2 == pytest.approx(held)
    assert found["e_index"] ** 2 + h * h == pytest.approx(held)
    assert (found["a_index"] or 0) * h == pytest.approx(held)
    assert found["hg_index"] == pytest.approx(math.sqrt(h * found["g_index"]))


@quick
@given(citations=lists)
def test_an_uncited_paper_changes_h_and_padded_g_not_at_all(citations):
    one, other = measure_list(citations), measure_list([*citations, 0])

    assert other["h_index"] == one["h_index"]
    assert other["g_index_padded"] == one["g_index_padded"]


@quick
@given(citations=filled, at=st.integers(0, 39))
def test_one_more_citation_lowers_no_index(citations, at):
    more = list(citations)
    more[at % len(more)] += 1

    one, other = measure_list(citations), measure_list(more)

    for name in ("h_index", "g_index", "g_index_padded", "i10_index", "wu_w_index", "o_index"):
        assert other[name] >= one[name], name


def test_capped_g_rises_with_uncited_papers():
    assert measure_list([9])["g_index"] == 1
    assert measure_list([9, 0, 0])["g_index"] == 3


@quick
@given(citations=lists, data=st.data())
def test_sharing_with_coauthors_never_raises_h(citations, data):
    people = data.draw(
        st.lists(st.integers(1, 9), min_size=len(citations), max_size=len(citations))
    )

    found = measure_list(citations, authors_counts=people)

    assert found["hi_norm"] <= found["h_index"]
    assert found["hi_index"] <= found["h_index"]
    assert found["hm_index"] <= found["h_index"] + 1e-9


@quick
@given(citations=lists)
def test_alone_the_shared_indices_are_h(citations):
    found = measure_list(citations, authors_counts=[1] * len(citations))

    assert found["hi_index"] == found["hi_norm"] == found["hm_index"] == found["h_index"]
    assert found["fractional_papers"] == len(citations)


@quick
@given(works=st.lists(st.integers(0, 60), min_size=1, max_size=20), data=st.data())
def test_a_group_has_at_least_the_h_of_its_best_member(works, data):
    members = [
        data.draw(st.lists(st.integers(0, len(works) - 1), unique=True, min_size=1))
        for _ in range(3)
    ]
    union = sorted(set().union(*members))

    best = max(measure_list([works[i] for i in own])["h_index"] for own in members)

    assert measure_list([works[i] for i in union])["h_index"] >= best


@settings(max_examples=50, deadline=None)
@given(citations=st.lists(st.integers(0, 400), max_size=180))
def test_the_top_hundred_give_h_where_it_is_below_a_hundred(citations):
    ranked = sorted(citations, reverse=True)
    full, cut = measure_list(ranked)["h_index"], measure_list(ranked[:100])["h_index"]

    assert cut <= full
    if full < 100:
        assert cut == full


@settings(max_examples=30, deadline=None)
@given(size=st.integers(1, 400))
def test_doubling_everything_keeps_h_as_it_is_for_equal_counts(size):
    found = measure_arrays(np.repeat([7, 9], [size, 1]), np.repeat([size, 1], [size, 1]))

    assert found["h_index"].tolist() == [size, 1]
    assert found["g_index"].tolist() == [size, 1]
