"""Arrow columns made numpy arrays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from pipeline.measure.arrow import integers, whole


def refuse(row, value):
    return ValueError(f"{row}: {value}")


@pytest.mark.parametrize("kind", [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint64()])
@pytest.mark.parametrize(
    "cuts", [[], [(0, 6)], [(2, 3)], [(1, 2), (3, 0), (4, 2)]], ids=["none", "all", "part", "three"]
)
def test_integers_are_those_of_each_piece_in_order(kind, cuts):
    all_ = pa.array([5, 0, 7, 100, 2, 9], kind)
    column = pa.chunked_array([all_.slice(at, rows) for at, rows in cuts], kind)
    found = integers(column)
    assert found.dtype == np.dtype(str(kind))
    assert found.tolist() == column.to_pylist()


def test_a_gap_is_told_as_one_wherever_its_piece_begins():
    column = pa.chunked_array([pa.array([1, None, 3, None, 5, 6]).slice(1, 4), pa.array([None, 8])])
    found = whole("cited_by_count", column, refuse)
    assert found.numbers.tolist() == [0, 3, 0, 5, 0, 8]
    assert found.unknown.tolist() == [True, False, True, False, True, False]
    assert found.unknown.dtype == np.bool_
