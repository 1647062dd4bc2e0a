import json
from datetime import UTC, datetime

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ConfigError, StorageError
from pipeline.measure import SCHEMA, measure_file, result, to_document, write_result


@pytest.fixture
def frame(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text("author_id,cited_by_count\n=A1,4\n=A1,\nb,\n-c,0\n", encoding="utf-8")
    return measure_file(path, now_year=2026)


@pytest.mark.parametrize("name", ["papers.xlsx", "papers", "papers.csv.zip"])
def test_an_unknown_kind_of_file_is_refused(tmp_path, name):
    with pytest.raises(ConfigError, match=r"give a \.csv, \.csv\.gz, \.parquet or \.bib file"):
        measure_file(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.csv: no such file"):
        measure_file(tmp_path / "none.csv")


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "papers.csv").mkdir()

    with pytest.raises(ConfigError, match="a folder; give the path of a file"):
        measure_file(tmp_path / "papers.csv")


def test_a_disk_that_fails_is_reported(tmp_path, monkeypatch):
    from pipeline.measure import table

    def fail(path):
        raise OSError(5, "Input/output error")

    (tmp_path / "papers.csv").write_text("cited_by_count\n", encoding="utf-8")
    monkeypatch.setattr(table, "_open", fail)

    with pytest.raises(ConfigError, match=r"papers\.csv: Input/output error"):
        measure_file(tmp_path / "papers.csv")


def test_endings_are_known_in_any_case(tmp_path):
    (tmp_path / "PAPERS.CSV").write_text("cited_by_count\n4\n", encoding="utf-8")

    assert measure_file(tmp_path / "PAPERS.CSV")["papers"].tolist() == [1]


def test_without_a_year_the_current_one_is_taken(tmp_path):
    this_year = datetime.now(UTC).year
    path = tmp_path / "papers.csv"
    path.write_text(f"cited_by_count,year\n1,{this_year - 4}\n", encoding="utf-8")

    assert measure_file(path)["m_quotient"].tolist() == [pytest.approx(0.2)]


def test_the_document_has_whole_numbers_and_nulls(frame):
    document = to_document(frame)

    assert document["schema"] == SCHEMA
    assert document["papers"] == 4
    minus, equals, b = document["authors"]
    assert (minus["author_id"], equals["author_id"], b["author_id"]) == ("-c", "=A1", "b")
    assert type(equals["h_index"]) is int
    assert (equals["citations"], equals["citations_mean"]) == (4, 4.0)
    assert (b["citations"], b["citations_mean"], b["papers"]) == (None, None, 1)
    assert minus["a_index"] is None
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_numeric_ids_stay_numbers_in_the_document():
    found = to_document(pd.DataFrame({"author_id": [5], "papers": pd.array([2], dtype="Int64")}))

    assert found["authors"] == [{"author_id": 5, "papers": 2}]
    json.dumps(found)


def test_a_parquet_result_reads_back_with_checksums(frame, tmp_path):
    write_result(frame, tmp_path / "result.parquet")

    back = pq.ParquetFile(tmp_path / "result.parquet", page_checksum_verification=True).read()
    assert back["h_index"].to_pylist() == [0, 1, None]
    assert back.column_names == list(frame)
    assert back.schema.field("h_index").type == "int64"


def test_a_csv_result_runs_nothing_in_a_spreadsheet(frame, tmp_path):
    path = tmp_path / "result.csv"

    write_result(frame, path)

    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["author_id", "'-c", "'=A1", "b"]
    assert lines[3].split(",")[2:5] == ["1", "", ""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_each_beginning_of_a_formula_is_made_inert(tmp_path, start):
    table = pd.DataFrame({"author_id": [f"{start}x", "a=b"], "papers": [1, 1]})

    write_result(table, tmp_path / "result.csv")

    back = pd.read_csv(tmp_path / "result.csv")
    assert back["author_id"].tolist() == [f"'{start}x", "a=b"]


def test_a_result_of_another_kind_is_refused(frame, tmp_path):
    with pytest.raises(ConfigError, match=r"name the result \*\.parquet or \*\.csv"):
        write_result(frame, tmp_path / "result.xlsx")


def test_a_place_that_cannot_be_written_is_a_storage_error(frame, tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        write_result(frame, tmp_path / "missing" / "result.csv")


@pytest.mark.parametrize("name", ["result.csv", "result.parquet"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(frame, tmp_path, monkeypatch, name):
    path = tmp_path / "out" / name
    path.parent.mkdir()
    path.write_text("old", encoding="utf-8")

    def fail(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(result.os, "fsync", fail)

    with pytest.raises(StorageError, match="No space left"):
        write_result(frame, path)

    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in path.parent.iterdir()] == [name]


def test_a_written_file_has_the_usual_rights(frame, tmp_path):
    (tmp_path / "usual").touch()

    write_result(frame, tmp_path / "result.csv")

    assert (tmp_path / "result.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode
