from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest

HOSTILE = ["=1+2", "+cmd", "-2", "@SUM(A1)", "\uff1d1", "\uff20x"]


def rows(found, path="works.csv"):
    return list(csv.DictReader(io.StringIO(found[path].decode(), newline="")))


def parquet(data):
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True).read()


def test_there_is_one_row_a_paper_and_one_column_a_provider(make, files):
    found = rows(files(make.snapshot()))
    assert list(found[0]) == [
        "author",
        "work_id",
        "title",
        "year",
        "venue",
        "type",
        "authors",
        "authors_count",
        "doi",
        "arxiv",
        "cited_by_count_google_scholar",
        "cited_by_count_openalex",
        "cited_by_count_semantic_scholar",
        "ids",
    ]
    assert found[0] | {"ids": ""} == {
        "author": "me",
        "work_id": "doi:10.1000/one",
        "title": "A Paper on Synthetic Data",
        "year": "2024",
        "venue": "Journal of Made-Up Results",
        "type": "article",
        "authors": "Ada Example; Bo Sample",
        "authors_count": "2",
        "doi": "10.1000/one",
        "arxiv": "2401.00001",
        "cited_by_count_google_scholar": "1000",
        "cited_by_count_openalex": "800",
        "cited_by_count_semantic_scholar": "",
        "ids": "",
    }
    assert found[0]["ids"].startswith("doi:10.1000/one; arxiv:2401.00001; ")


def test_an_unknown_count_is_empty_and_a_zero_is_zero(make, files):
    work = make.work(counts=[make.count("openalex:W1", 0)], year=None, authors_count=None)
    [row] = rows(files(make.snapshot(make.author(works=(work,)))))
    assert row["cited_by_count_openalex"] == "0"
    assert row["cited_by_count_google_scholar"] == ""
    assert row["year"] == row["authors_count"] == ""


def test_lines_end_as_the_standard_says(make, files):
    data = files(make.snapshot())["works.csv"]
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n") == 4


@pytest.mark.parametrize("title", HOSTILE, ids=ascii)
def test_no_cell_starts_a_formula(make, files, title):
    work = make.work(title=title, counts=[make.count("openalex:W1", 1)])
    [row] = rows(files(make.snapshot(make.author(works=(work,)))))
    assert row["title"] == f"'{title}"


@pytest.mark.parametrize(
    "title",
    ['comma, "quote"', "<b>x</b>", "引用 😀", "'apostrophe", "a;b", "\\frac{1}{2}"],
    ids=ascii,
)
def test_a_hostile_title_is_read_back_as_it_is(make, files, title):
    work = make.work(title=title, counts=[make.count("openalex:W1", 1)])
    found = files(make.snapshot(make.author(works=(work,))))
    assert rows(found)[0]["title"] == title
    assert parquet(found["works.parquet"])["title"].to_pylist() == [title]


def test_a_tab_or_line_feed_cannot_start_a_cell(make, files):
    work = make.work(title="\t\r\n=1", counts=[make.count("openalex:W1", 1)])
    assert rows(files(make.snapshot(make.author(works=(work,)))))[0]["title"] == "'=1"


def test_parquet_holds_the_same_papers_with_types(make, files):
    table = parquet(files(make.snapshot())["works.parquet"])
    assert table["year"].to_pylist() == [2024, None, 2024]
    assert table["cited_by_count_google_scholar"].to_pylist() == [1000, None, 50]
    assert table["cited_by_count_semantic_scholar"].to_pylist() == [None, None, None]
    assert table["authors"].to_pylist()[0] == "Ada Example; Bo Sample"
    assert table["doi"].to_pylist() == ["10.1000/one", None, None]


def test_parquet_of_no_papers_has_its_columns(make, files):
    table = parquet(files(make.snapshot(make.author(works=())))["works.parquet"])
    assert table.num_rows == 0
    assert "cited_by_count_openalex" in table.column_names


def test_the_same_papers_give_the_same_bytes(make, files):
    assert files(make.snapshot())["works.parquet"] == files(make.snapshot())["works.parquet"]


def test_somebody_of_whom_nothing_is_known_gets_no_file(make, files):
    found = files(make.snapshot(make.author(shown=None, sources=(), metrics=(), works=())))
    assert not [path for path in found if "works" in path]


def test_papers_of_somebody_without_figures_are_listed(make, files):
    found = files(make.snapshot(make.author(shown=None, metrics=())))
    assert len(rows(found)) == 3


def test_the_folder_of_each_author_has_its_own_papers(make, files):
    other = make.author("two", works=(make.work(counts=[make.count("openalex:W1", 1)]),))
    found = files(make.snapshot(make.author(), other))
    assert len(rows(found)) == 3
    assert [r["author"] for r in rows(found, "authors/two/works.csv")] == ["two"]


def test_writing_imports_neither_pandas_nor_scrapy(make):
    code = (
        "import sys, pipeline.writers.works as w;"
        "w.parquet_file({'title': ['x'], 'year': [None]});"
        "print(sorted({'pandas', 'scrapy', 'pydantic'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
