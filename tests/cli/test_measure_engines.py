"""`measure` with more than one table in memory: folders, Dask, little memory."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

TABLE = {"author_id": [7, 5, 7, 5_000_000_001], "cited_by_count": [4, None, 1, 2]}


@pytest.fixture
def rows(home):
    pq.write_table(pa.table(TABLE), home.root / "rows.parquet")
    return home


def test_core_figures_go_from_parquet_to_parquet(rows):
    done = rows.run("measure", "rows.parquet", "--metrics", "core", "--output", "out.parquet")

    assert (done.returncode, done.stdout) == (0, "3 authors measured into out.parquet\n")
    found = pq.read_table(rows.root / "out.parquet").to_pandas()
    assert found["author_id"].tolist() == [5, 7, 5_000_000_001]
    assert found["citations"].dtype.name == "Int64"
    assert found["citations"].fillna(-1).tolist() == [-1, 5, 2]


def test_dask_gives_what_one_process_gives(rows):
    alone = rows.run("measure", "rows.parquet", "--json")

    done = rows.run("measure", "rows.parquet", "--json", "--engine", "dask", "--workers", "1")

    assert json.loads(done.stdout) == json.loads(alone.stdout)
    assert done.stderr.startswith("1 Dask workers at the local cluster; dashboard http://127")


def test_a_folder_becomes_a_csv_with_gaps_empty(rows):
    (rows.root / "many").mkdir()
    (rows.root / "rows.parquet").rename(rows.root / "many" / "a.parquet")

    done = rows.run("measure", "many", "--metrics", "core", "--output", "out.csv")

    assert done.returncode == 0, done.stderr
    lines = (rows.root / "out.csv").read_bytes().decode().split("\r\n")
    assert lines[0].startswith("author_id,papers,papers_unknown_citations,citations,")
    assert sorted(line.split(",")[:4] for line in lines[1:4]) == [
        ["5", "1", "1", ""],
        ["5000000001", "1", "0", "2"],
        ["7", "2", "0", "5"],
    ]
    assert [path.name for path in rows.root.glob(".*out*")] == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--workers", "2"), "--scheduler and --workers go with --engine dask; add it"),
        (("--engine", "dask", "--workers", "2", "--scheduler", "x:1"), "--workers starts local"),
        (("--memory", "lots"), "--memory lots: not a size; write 500M or 2G"),
        (("--engine", "dask", "--output", "out.txt"), "name the result *.parquet or *.csv"),
        (("--engine", "dask", "--output", "no/out.csv"), "no/out.csv: no such folder; make no"),
    ],
)
def test_a_wrong_option_is_one_line(rows, args, message):
    done = rows.run("measure", "rows.parquet", *args)

    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_dask_reads_no_csv(home):
    (home.root / "rows.csv").write_text("cited_by_count\n1\n")

    done = home.run("measure", "rows.csv", "--engine", "dask")

    assert done.returncode == 2
    assert "--engine dask reads Parquet; write it so, or leave the option out" in done.stderr
