import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ConfigError
from pipeline.measure import measure_file, measure_parquet
from pipeline.metrics import CORE

NOW = 2026
BOTH = pytest.mark.parametrize("metrics", ["core", "all"])


@pytest.fixture
def path(tmp_path):
    def write(**columns):
        path = tmp_path / "papers.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=2)
        return path

    return write


@BOTH
@pytest.mark.parametrize(
    "counts",
    [
        pa.array([4, 1, None, 7], pa.uint8()),
        pa.array([4, 1, None, 7], pa.int32()),
        pa.array([4.0, 1.0, float("nan"), 7.0], pa.float32()),
        pa.array([4.0, 1.0, None, 7.0]),
        pa.array(["4", " 1 ", "", "7.0"]),
        pa.array(["4", "1", None, "7"], pa.large_string()),
        pa.array(["4", "1", None, "7"]).dictionary_encode(),
    ],
    ids=lambda counts: str(counts.type),
)
def test_counts_of_any_type_are_read(path, counts, metrics):
    file = path(author_id=[9, 5, 5, 9], cited_by_count=counts)

    found = measure_file(file, now_year=NOW, metrics=metrics)

    assert found["author_id"].tolist() == [5, 9]
    assert found["citations"].tolist() == [1, 11]
    assert found["papers_unknown_citations"].tolist() == [1, 0]


@BOTH
@pytest.mark.parametrize(
    "authors",
    [
        pa.array(["y", "x", "x", "y"]),
        pa.array([" y", "x", "x ", "y"], pa.large_string()),
        pa.array(["y", "x", "x", "y"]).dictionary_encode(),
        pa.array([1 << 62, -5, -5, 1 << 62]),
        pa.array([7, 3, 3, 7], pa.uint16()),
    ],
    ids=lambda authors: str(authors.type),
)
def test_ids_of_any_type_are_read(path, authors, metrics):
    file = path(author_id=authors, cited_by_count=[4, 1, 2, 7])

    found = measure_file(file, now_year=NOW, metrics=metrics)

    assert found["citations"].tolist() == [3, 11]


@BOTH
def test_unknown_years_are_counted(path, metrics):
    file = path(
        author_id=[1, 1, 2], cited_by_count=[3, 3, 1], year=pa.array([2024, None, None], pa.int16())
    )

    found = measure_file(file, now_year=NOW, metrics=metrics)

    assert found["papers_unknown_year"].tolist() == [1, 1]
    assert found["h5_recent_papers"].fillna(-1).tolist() == [1, -1]


def test_streamed_and_whole_reading_agree(path):
    rng = np.random.default_rng(3)
    rows = 500
    file = path(
        author_id=rng.integers(0, 60, rows),
        cited_by_count=pa.array(rng.integers(0, 40, rows), mask=rng.random(rows) < 0.2),
        year=pa.array(rng.integers(2015, 2027, rows), mask=rng.random(rows) < 0.2),
    )

    core = measure_parquet(file, now_year=NOW)
    full = measure_parquet(file, now_year=NOW, metrics="all")

    assert list(core) == ["author_id", *CORE]
    for name in core:
        assert core[name].equals(full[name]), name


def test_counts_beyond_the_packed_keys_are_exact(path):
    file = path(author_id=[1, 1], cited_by_count=[1 << 33, 1])

    assert measure_parquet(file, now_year=NOW)["citations"].tolist() == [(1 << 33) + 1]


@BOTH
def test_a_file_without_authors_is_one_list(path, metrics):
    found = measure_file(path(cited_by_count=[4, 4, 0]), metrics=metrics)

    assert found["author_id"].tolist() == ["all"]
    assert found["h_index"].tolist() == [2]


@BOTH
def test_empty_files_have_no_authors(path, metrics):
    nothing = pa.array([], pa.int64())

    found = measure_file(path(author_id=nothing, cited_by_count=nothing), metrics=metrics)
    alone = measure_file(path(cited_by_count=pa.array([], pa.null())), metrics=metrics)

    assert len(found) == 0
    assert alone["papers"].tolist() == [0]


@BOTH
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"cited_by_count": [1, 2, -3]}, ", row 3, column cited_by_count: '-3'; give a whole"),
        ({"cited_by_count": [1, 2.0, 1.5]}, ", row 3, column cited_by_count: '1.5'"),
        ({"cited_by_count": [1, 2.0, 1e300]}, ", row 3, column cited_by_count: '1e+300'"),
        ({"cited_by_count": ["1", "x", "2"]}, ", row 2, column cited_by_count: 'x'"),
        ({"cited_by_count": [True, False, True]}, "'values of type bool'"),
        ({"cited_by_count": [1, 2, 1 << 60]}, ", row 3, column cited_by_count: '1152921"),
        ({"year": [2000, None, 0]}, ", row 3, column year: '0'; give a whole number, from 1 to"),
        ({"author_id": [1, 2, None]}, ", row 3, column author_id: ''; give every paper"),
        ({"author_id": ["a", "", "b"]}, ", row 2, column author_id: ''"),
        ({"author_id": [1.0, 2.0, 3.0]}, "column author_id: 'values of type double'"),
    ],
)
def test_a_wrong_value_names_its_row(path, columns, message, metrics):
    file = path(**{"author_id": [1, 2, 3], "cited_by_count": [1, 2, 3]} | columns)

    with pytest.raises(ConfigError) as caught:
        measure_file(file, now_year=NOW, metrics=metrics)

    assert message in str(caught.value)


def test_a_missing_column_is_named(path):
    with pytest.raises(ConfigError, match=r"no column 'cited_by_count' \(found: cites\); rename"):
        measure_file(path(cites=[1]))


def test_a_file_that_is_not_parquet_is_named(tmp_path):
    path = tmp_path / "papers.parquet"
    path.write_bytes(b"PAR1 and nothing else")

    with pytest.raises(ConfigError, match=r"cannot be read as Parquet .*; write it again"):
        measure_file(path)


def test_a_flipped_bit_is_found_by_the_page_checksum(tmp_path):
    path = tmp_path / "papers.parquet"
    table = pa.table({"author_id": np.arange(5000), "cited_by_count": np.arange(5000) % 97})
    pq.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[20_000] ^= 1
    path.write_bytes(data)

    with pytest.raises(ConfigError, match=r"papers\.parquet: "):
        measure_file(path)
