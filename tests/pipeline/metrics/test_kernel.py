import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.metrics import CATALOGUE, CORE, measure_arrays, measure_core, measure_list
from pipeline.metrics import kernel as kernel_module

NOW = 2026
counts = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 3000))
years = st.one_of(st.none(), st.integers(NOW - 12, NOW + 2))


@st.composite
def papers(draw, most=14):
    found = []
    for _ in range(draw(st.integers(0, most))):
        c = draw(counts)
        part = st.one_of(st.none(), st.integers(0, c or 0))
        found.append(
            {
                "c": c,
                "y": draw(years),
                "a": draw(st.one_of(st.none(), st.integers(1, 9))),
                "s": draw(part),
                "r": draw(part),
            }
        )
    return found


def lists(rows):
    return {
        "years": [p["y"] for p in rows],
        "authors_counts": [p["a"] for p in rows],
        "self_citations": [p["s"] for p in rows],
        "recent_citations": [p["r"] for p in rows],
    }


def numbers(values):
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def arrays(rows):
    named = lists(rows)
    return {
        "year": numbers(named["years"]),
        "authors_count": numbers(named["authors_counts"]),
        "self_citations": numbers(named["self_citations"]),
        "recent_citations": numbers(named["recent_citations"]),
    }


def agree(found, wanted):
    for name, value in found.items():
        expected = wanted.get(name)
        if expected is None:
            assert value is None, name
        else:
            assert value == pytest.approx(expected, abs=1e-7), name


@settings(max_examples=300, deadline=None)
@given(rows=papers())
def test_a_list_measures_as_the_definitions_say(brute, rows):
    found = measure_list([p["c"] for p in rows], **lists(rows), now_year=NOW)

    assert list(found) == list(CATALOGUE)
    agree(found, brute(rows, NOW))


@settings(max_examples=150, deadline=None)
@given(
    everybody=st.lists(papers(most=7).filter(bool), min_size=1, max_size=6),
    block_rows=st.integers(1, 9),
    data=st.data(),
)
def test_many_authors_measure_as_each_alone_whatever_the_block(brute, everybody, block_rows, data):
    rows = [(f"a{i}", p) for i, own in enumerate(everybody) for p in own]
    by_author = dict(enumerate(everybody))
    # Shuffled between authors; within one the order stays, for it decides equal papers.
    turns = data.draw(st.permutations([name for name, _ in rows]))
    queues = {f"a{i}": list(own) for i, own in by_author.items()}
    shuffled = [(name, queues[name].pop(0)) for name in turns]

    found = measure_arrays(
        np.array([name for name, _ in shuffled]),
        numbers([p["c"] for _, p in shuffled]),
        **arrays([p for _, p in shuffled]),
        now_year=NOW,
        block_rows=block_rows,
    )

    assert found["author_id"].tolist() == sorted({name for name, _ in rows})
    for i, own in by_author.items():
        one = {n: v[i] for n, v in found.items() if n != "author_id"}
        agree({n: None if np.isnan(v) else float(v) for n, v in one.items()}, brute(own, NOW))


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 5), counts, years), max_size=40),
    base=st.sampled_from([0, 5_000_000_000, 1 << 40, -3]),
    scale=st.sampled_from([1, 1 << 31]),
)
def test_core_equals_the_full_kernel_inside_and_outside_the_bit_budget(rows, base, scale):
    author = np.array([base + a for a, _, _ in rows], dtype=np.int64)
    citations = numbers([None if c is None else c * scale for _, c, _ in rows])
    year = numbers([y for _, _, y in rows])

    core = measure_core(author, citations, year=year, now_year=NOW)
    full = measure_arrays(author, citations, year=year, now_year=NOW)

    assert list(core) == ["author_id", *CORE]
    for name, values in core.items():
        np.testing.assert_array_equal(values, full[name], err_msg=name)


def test_core_takes_ids_that_are_text():
    found = measure_core(np.array(["b", "a", "b"]), np.array([3, 1, 2]), now_year=NOW)

    assert found["author_id"].tolist() == ["a", "b"]
    assert found["h_index"].tolist() == [1, 2]


def test_counts_above_the_bit_budget_are_added_up_exactly():
    found = measure_core(np.array([1, 1]), np.array([1 << 40, 1]), now_year=NOW)

    assert found["citations"].tolist() == [(1 << 40) + 1]
    assert found["citations_max"].tolist() == [1 << 40]


def test_keys_wider_than_a_word_are_sorted_all_the_same():
    author = np.arange(3000) // 3
    citations = np.where(author == 999, 1 << 52, 2)
    year = np.tile([2000, NOW, 2010], 1000)

    found = measure_arrays(author, citations, year=year, now_year=NOW)

    assert found["citations_max"].tolist() == [2] * 999 + [1 << 52]
    assert found["ar_index"][:999] == pytest.approx((2 / 1 + 2 / 17) ** 0.5)


def test_an_author_larger_than_a_block_stands_alone():
    author = np.repeat([1, 2, 3], [1, 40, 1])

    found = measure_arrays(author, np.arange(42), now_year=NOW, block_rows=8)

    assert found["papers"].tolist() == [1, 40, 1]
    assert found["h_index"].tolist() == [0, 20, 1]


def test_no_rows_give_no_authors():
    found = measure_arrays(np.array([], dtype=int), np.array([], dtype=int), now_year=NOW)
    core = measure_core(np.array([], dtype=int), np.array([], dtype=int), now_year=NOW)

    assert {len(values) for values in found.values()} == {0}
    assert {len(values) for values in core.values()} == {0}


def test_metrics_whose_columns_are_missing_are_absent():
    found = measure_list([3, 1], authors_counts=[1, 2])

    assert {n for n, m in CATALOGUE.items() if m.needs <= {"cited_by_count", "authors_count"}} == (
        set(found)
    )


def test_an_unknown_count_is_a_paper_and_nothing_else():
    found = measure_list([10, 8, 5, 4, 3, 0, None])

    assert (found["papers"], found["papers_unknown_citations"]) == (7, 1)
    assert found["citations_mean"] == 5


def test_an_author_without_any_known_count_has_no_citation_figures():
    found = measure_list([None, None], years=[2001, None], now_year=NOW)

    assert found["papers"] == 2
    assert found["papers_unknown_year"] == 1
    assert all(
        found[n] is None for n, m in CATALOGUE.items() if n in found and "cited_by_count" in m.needs
    )


def test_an_empty_list_has_zeros_and_no_mean():
    found = measure_list([])

    assert (found["papers"], found["citations"], found["h_index"]) == (0, 0, 0)
    assert (found["citations_mean"], found["citations_max"], found["a_index"]) == (None,) * 3


def test_whole_numbers_stay_whole_and_others_floats():
    found = measure_list([4, 4], years=[2020, None], authors_counts=[1, None], now_year=NOW)

    for name, value in found.items():
        if value is not None:
            assert type(value) is (int if CATALOGUE[name].is_integer else float), name


def test_a_year_to_come_has_age_one():
    soon = measure_list([9, 4], years=[NOW + 3, NOW + 1], now_year=NOW)
    today = measure_list([9, 4], years=[NOW, NOW], now_year=NOW)

    assert {n: soon[n] for n in ("ar_index", "awcr", "hc_index", "m_quotient")} == {
        n: today[n] for n in ("ar_index", "awcr", "hc_index", "m_quotient")
    }
    assert soon["m_quotient_zero_based"] is None


def test_of_equal_counts_the_youngest_paper_enters_the_h_core():
    found = measure_list([2, 2, 2], years=[2000, 2024, 2024], now_year=NOW)

    assert found["ar_index"] == pytest.approx((2 / 3 + 2 / 3) ** 0.5)


def test_of_equal_counts_and_years_the_first_listed_enters_the_h_core():
    first = measure_list([1, 1], authors_counts=[1, 5])
    second = measure_list([1, 1], authors_counts=[5, 1])

    assert (first["hi_index"], second["hi_index"]) == (1, 0.2)


def test_an_unknown_number_of_authors_is_null_where_it_matters_only():
    matters = measure_list([5, 3], authors_counts=[1, None])
    idle = measure_list([5, 0], authors_counts=[1, None])

    assert (matters["hi_index"], matters["hm_index"], matters["hi_norm"]) == (None, None, None)
    assert (idle["hi_index"], idle["hm_index"], idle["hi_norm"]) == (1, 1, 1)
    assert (idle["fractional_papers"], idle["fractional_citations"]) == (None, 5)


def test_what_contradicts_its_row_counts_as_unknown():
    found = measure_list(
        [3], years=[0], authors_counts=[0], self_citations=[4], recent_citations=[9], now_year=NOW
    )

    assert found["papers_unknown_year"] == 1
    assert found["hi_index"] is None
    assert found["self_citations"] is None
    assert found["citations_recent"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"citations": [1, -3]}, "citations: -3"),
        ({"citations": [1.5]}, "citations: 1.5 in row 0"),
        ({"citations": [float("inf")]}, "citations: inf"),
        ({"citations": [1 << 54]}, "2\\^53"),
        ({"citations": [1 << 52] * 2000}, "more than 2\\^62"),
        ({"citations": [1], "years": [-5]}, "year: -5"),
        ({"citations": [1], "authors_counts": [-1]}, "authors_count: -1"),
        ({"citations": [1], "self_citations": [1, 2]}, "self_citations: 2 values for 1 papers"),
    ],
)
def test_a_wrong_value_is_one_clear_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        measure_list(**arguments)


@pytest.mark.parametrize(
    ("author", "citations", "message"),
    [
        (np.array([1]), np.array([1, 2]), "author: 1 ids for 2 papers"),
        (np.array([1.0, np.nan]), np.array([1, 2]), "an id is missing"),
        (np.array([1, 2]), np.array(["1", "2"]), "citations: <U1 values"),
        (np.array([1, 2]), np.array([1, -2]), "citations: -2 in row 1"),
    ],
)
def test_wrong_arrays_are_one_clear_error(author, citations, message):
    for function in (measure_arrays, measure_core):
        with pytest.raises(ValueError, match=message):
            function(author, citations)


def test_without_a_year_the_current_one_is_taken(monkeypatch):
    monkeypatch.setattr(kernel_module, "this_year", lambda: 2010)

    assert measure_list([1], years=[2001])["m_quotient"] == pytest.approx(0.1)
    assert measure_arrays(np.array([1]), [1], year=[2001])["m_quotient"][0] == pytest.approx(0.1)
    assert measure_core(np.array([1]), [1], year=[2009])["h5_recent_papers"][0] == 1


def test_a_list_is_measured_without_pandas_or_pyarrow():
    code = (
        "import sys; import numpy as np; from pipeline.metrics import *; measure_list([1], "
        "years=[2001]); measure_arrays(np.array([1]), np.array([1])); "
        "measure_core(np.array([1]), np.array([1]));"
        "print(sorted({'pandas', 'pyarrow', 'pandera', 'scrapy'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
