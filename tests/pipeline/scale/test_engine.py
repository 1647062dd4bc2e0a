from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError, StorageError
from pipeline.scale import measure_buckets
from pipeline.scale.buckets import Buckets
from pipeline.scale.disk import Making
from pipeline.scale.joined import JoinedFile
from pipeline.scale.measuring import measure_rows
from pipeline.scale.memory import free, in_one_pass, size

NOW = 2026
LITTLE = 1
"""Bytes of memory that no row fits in, so that rows go through buckets."""

ROW = st.tuples(
    st.sampled_from([0, 1, 2, (1 << 33) - 1, 1 << 33, (1 << 62) + 1, -5]),
    st.none() | st.integers(0, 12) | st.sampled_from([(1 << 30) - 1, 1 << 30, 1 << 40]),
    st.none() | st.integers(2018, 2028),
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(found=st.lists(ROW, max_size=40))
def test_any_rows_have_the_same_figures_by_every_way(write, tmp_path, assert_same, found):
    rows = write(*([row[place] for row in found] for place in range(3)))
    out = tmp_path / "out.parquet"

    for metrics in ("core", "all"):
        expected = rows.expected(metrics)
        for memory in (None, LITTLE):
            measure_rows(rows.path, output=out, now_year=NOW, metrics=metrics, memory=memory)
            assert_same(out, expected)


@pytest.mark.parametrize("metrics", ["core", "all"])
@pytest.mark.parametrize("workers", [1, 3])
def test_buckets_of_several_parts_have_the_figures_of_the_whole(
    rows, tmp_path, assert_same, metrics, workers
):
    out = tmp_path / "out.parquet"

    made = measure_buckets(
        rows.buckets(tmp_path), output=out, now_year=NOW, metrics=metrics, workers=workers
    )

    assert_same(out, rows.expected(metrics))
    assert (made.authors, made.papers, made.output) == (5, 300, out)


def test_the_result_is_the_same_file_whatever_the_threads(rows, tmp_path):
    buckets = rows.buckets(tmp_path)
    for workers in (1, 4):
        out = tmp_path / f"{workers}.parquet"
        measure_buckets(buckets, output=out, now_year=NOW, workers=workers)

    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "4.parquet").read_bytes()


def test_ids_beyond_signed_numbers_stay_whole(write, tmp_path, assert_same):
    rows = write([(1 << 64) - 1, 5, (1 << 64) - 1], [3, 2, 1], [2020] * 3, ids=pa.uint64())

    measure_rows(rows.path, output=tmp_path / "out.parquet", now_year=NOW, memory=LITTLE)

    assert_same(tmp_path / "out.parquet", rows.expected("core"))


def test_further_columns_go_through_buckets_too(write, tmp_path, assert_same):
    rows = write(
        [1, 2, 1], [5, 6, 7], [2020] * 3, authors_count=[2, None, 4], self_citations=[1, 2, None]
    )

    measure_rows(
        rows.path, output=tmp_path / "out.parquet", now_year=NOW, metrics="all", memory=LITTLE
    )

    assert_same(tmp_path / "out.parquet", rows.expected())


def test_one_pass_gives_authors_by_rising_id(write, tmp_path):
    rows = write([9, 3, 41, 9], [1, 2, 3, 4], [2020] * 4)

    measure_rows(rows.path, output=tmp_path / "out.parquet", now_year=NOW)

    assert pq.read_table(tmp_path / "out.parquet")["author_id"].to_pylist() == [3, 9, 41]


def test_a_folder_of_files_is_one_table(write, tmp_path, assert_same):
    whole = write([1, 2, 1, 3], [9, 8, 7, 6], [2020] * 4)
    write([1, 2], [9, 8], [2020] * 2, name="many/a.parquet")
    write([1, 3], [7, 6], [2020] * 2, name="many/b.parquet")
    write([1], [9], [2020], name="many/_other.parquet")

    measure_rows(tmp_path / "many", output=tmp_path / "out.parquet", now_year=NOW)

    assert_same(tmp_path / "out.parquet", whole.expected("core"))


def test_a_folder_of_buckets_is_measured_as_it_is(rows, tmp_path, assert_same):
    rows.buckets(tmp_path)
    parts = [Buckets.open(tmp_path / f"part-{number}") for number in (0, 1)]

    made = measure_rows(tmp_path / "part-0", output=tmp_path / "out.parquet", now_year=NOW)

    assert made.papers == parts[0].total_rows == 150


def test_nothing_but_the_result_is_left(rows, tmp_path):
    measure_rows(rows.path, output=tmp_path / "out.parquet", now_year=NOW, memory=LITTLE)

    assert names(tmp_path) == ["out.parquet", "rows.parquet"]


def test_progress_is_told_step_by_step(rows, tmp_path):
    told = []

    measure_rows(
        rows.path,
        output=tmp_path / "out.parquet",
        now_year=NOW,
        memory=LITTLE,
        workers=2,
        progress=lambda *step: told.append(step),
    )

    assert told == [("partitioned", 1, 1), *(("measured", n, 4) for n in (1, 2, 3, 4))]


def test_a_wrong_value_names_its_row_and_leaves_the_old_result(write, tmp_path):
    rows = write([1, 2, 1, 3], [9, 8, -7, 6], [2020] * 4, group=1)
    out = tmp_path / "out.parquet"
    out.write_text("old")

    with pytest.raises(ConfigError, match=r"rows\.parquet, row 3, column cited_by_count: '-7'"):
        measure_rows(rows.path, output=out, now_year=NOW, memory=LITTLE)

    assert names(tmp_path) == ["out.parquet", "rows.parquet"]
    assert out.read_text() == "old"


def test_a_damaged_bucket_is_named(rows, tmp_path):
    buckets = rows.buckets(tmp_path, number=1)
    path = buckets.files[0][0]
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)

    with pytest.raises(ConfigError, match=r"bucket-0000\.parquet.*; make the buckets again"):
        measure_buckets(buckets, output=tmp_path / "out.parquet", now_year=NOW)

    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"cited_by_count": [1]}, "no column author_id, so it is one list"),
        ({"author_id": ["A1"], "cited_by_count": [1]}, "ids must be whole numbers here"),
        ({"author_id": [1], "cites": [1]}, "no column 'cited_by_count'"),
    ],
)
def test_columns_that_cannot_be_streamed_are_named(tmp_path, table, message):
    pq.write_table(pa.table(table), tmp_path / "rows.parquet")

    with pytest.raises(ConfigError, match=message):
        measure_rows(tmp_path / "rows.parquet", output=tmp_path / "out.parquet", now_year=NOW)


def test_files_that_differ_are_named(write, tmp_path):
    write([1], [9], [2020], name="many/a.parquet")
    pq.write_table(pa.table({"author_id": [1], "cited_by_count": [1]}), tmp_path / "many/b.parquet")

    with pytest.raises(ConfigError, match=r"b\.parquet: columns .* in .*a\.parquet; write both"):
        measure_rows(tmp_path / "many", output=tmp_path / "out.parquet", now_year=NOW)


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"no \.parquet file in it"):
        measure_rows(tmp_path, output=tmp_path / "out.parquet", now_year=NOW)


def test_two_runs_do_not_write_one_file(rows, tmp_path):
    out = tmp_path / "out.parquet"
    with JoinedFile(out) as joined:
        with pytest.raises(StorageError, match="another run is writing it"):
            measure_rows(rows.path, output=out, now_year=NOW)
        joined.add(encoded_table(5))

    assert len(pd.read_parquet(out)) == 5


@pytest.mark.parametrize("memory", [None, LITTLE])
def test_what_a_killed_run_left_goes_with_the_next(write, tmp_path, assert_same, memory):
    rows = write([1, 2], [3, 4], [2020] * 2)
    out = tmp_path / "out.parquet"
    Path(tmp_path / ".out.parquet.part").write_bytes(b"x" * 10_000)
    left = Making(tmp_path / "out.parquet.buckets")
    left._release()

    measure_rows(rows.path, output=out, now_year=NOW, memory=memory)

    assert_same(out, rows.expected("core"))
    assert names(tmp_path) == ["out.parquet", "rows.parquet"]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def encoded_table(rows, *, first=0):
    out = pa.BufferOutputStream()
    table = pa.table({"author_id": np.arange(first, first + rows), "x": np.arange(rows) * 0.5})
    pq.write_table(table, out, row_group_size=3, write_page_index=True)
    return out.getvalue().to_pybytes()


def test_joined_files_are_those_rows_in_order_with_their_indexes(tmp_path):
    with JoinedFile(tmp_path / "all.parquet") as joined:
        for first in range(0, 200, 5):
            joined.add(encoded_table(5, first=first))

    file = pq.ParquetFile(tmp_path / "all.parquet")
    assert file.num_row_groups == 80
    assert file.read()["author_id"].to_pylist() == list(range(200))
    asked = pq.read_table(tmp_path / "all.parquet", filters=[("author_id", "==", 117)])
    assert asked["author_id"].to_pylist() == [117]


def test_half_of_what_is_free_is_for_rows():
    assert in_one_pass(1000, memory=None)
    assert not in_one_pass(free() // 8, memory=None)
    assert in_one_pass(1000, memory=size("1G"))
    assert not in_one_pass(1000, memory=size("200M"))


@pytest.mark.parametrize(
    ("text", "expected"), [("512", 512), ("1k", 1024), ("1.5 GiB", 3 << 29), ("2G", 2 << 30)]
)
def test_sizes_are_read_as_people_write_them(text, expected):
    assert size(text) == expected
