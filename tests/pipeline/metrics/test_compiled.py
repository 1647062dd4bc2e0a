import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.metrics import compiled, scan
from pipeline.metrics.compiled import Scan, load, scanner
from pipeline.metrics.packed import MOST_AUTHOR, MOST_CITATIONS, Packer

INTERPRETED = Scan(count=scan.count, fill=scan.tally)
"""What is compiled, run as it is written."""

ROW = st.tuples(
    st.sampled_from([0, 1, 2, MOST_AUTHOR]),
    st.none() | st.integers(0, 14) | st.just(MOST_CITATIONS),
    st.none() | st.integers(2018, 2028),
)


def figures(rows, with_scan, *, has_year=True, block_rows=7, threads=1):
    packer = Packer(len(rows), now_year=2026, has_year=has_year)
    packer._scan = with_scan
    counts = np.array([row[1] or 0 for row in rows], dtype=np.int64)
    years = np.array([row[2] or 0 for row in rows], dtype=np.int64)
    packer.add(
        np.array([row[0] for row in rows], dtype=np.int64),
        counts,
        years if has_year else None,
        unknown=np.array([row[1] is None for row in rows], dtype=np.bool_),
        unknown_year=np.array([row[2] is None for row in rows], dtype=np.bool_),
    )
    return packer.measure(block_rows=block_rows, threads=threads)


def assert_same(found, expected):
    assert list(found) == list(expected)
    for name, values in expected.items():
        assert found[name].dtype == values.dtype, name
        np.testing.assert_array_equal(found[name], values, err_msg=name, strict=True)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, max_size=30), has_year=st.booleans())
def test_row_by_row_gives_what_the_blocks_give(rows, has_year):
    expected = figures(rows, None, has_year=has_year)

    assert_same(figures(rows, INTERPRETED, has_year=has_year), expected)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_compiled_scan_gives_the_same_to_the_last_bit(threads):
    pytest.importorskip("numba")
    rng = np.random.default_rng(3)
    rows = [
        (int(owner), None if gap == 0 else int(count), None if gap == 1 else int(year))
        for owner, count, year, gap in zip(
            rng.integers(0, 90, 2000),
            rng.pareto(0.7, 2000) * 3,
            rng.integers(2015, 2027, 2000),
            rng.integers(0, 5, 2000),
            strict=True,
        )
    ]

    assert_same(figures(rows, load(), threads=threads, block_rows=64), figures(rows, None))


def test_numba_is_imported_only_where_it_pays():
    program = (
        "import sys; from pipeline.metrics.compiled import scanner\n"
        "assert scanner(10_000_000) is None; assert 'numba' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_switch_does_without_it(monkeypatch):
    monkeypatch.setenv("SCHOLAR_METRICS_NUMBA", "0")

    assert scanner(10**9) is None


def test_without_numba_there_is_no_compiled_scan(monkeypatch):
    monkeypatch.setattr(compiled, "find_spec", lambda name: None)

    assert load.__wrapped__() is None


def test_a_numba_that_cannot_run_here_is_done_without(monkeypatch):
    def fail(*, cached):
        raise ImportError("Numba needs NumPy 2.4 or less")

    monkeypatch.setattr(compiled, "_compiled", fail)

    assert load.__wrapped__() is None


def test_where_nothing_can_be_cached_it_compiles_anew(monkeypatch):
    asked = []

    def compiled_as(*, cached):
        asked.append(cached)
        if cached:
            raise RuntimeError("cannot cache function: no locator available")
        return INTERPRETED

    monkeypatch.setattr(compiled, "_compiled", compiled_as)

    assert load.__wrapped__() is INTERPRETED
    assert asked == [True, False]
