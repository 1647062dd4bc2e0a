import gzip

import pytest

from pipeline.errors import ConfigError
from pipeline.measure import measure_file, table
from pipeline.metrics import CATALOGUE, CORE, measure_list

NOW = 2026


@pytest.fixture
def measured(tmp_path):
    def run(data, *, name="papers.csv", **options):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return measure_file(path, now_year=NOW, **options)

    return run


@pytest.fixture
def refused(measured):
    def run(data, **options):
        with pytest.raises(ConfigError) as caught:
            measured(data, **options)
        message = str(caught.value)
        assert "\n" not in message
        assert "papers.csv" in message
        return message.split("papers.csv", 1)[1]

    return run


def test_a_file_without_authors_is_one_list(measured):
    found = measured('cited_by_count\n10\n8\n5\n4\n3\n0\n""\n')

    assert found["author_id"].tolist() == ["all"]
    wanted = measure_list([10, 8, 5, 4, 3, 0, None])
    assert found.iloc[0].drop("author_id").to_dict() == pytest.approx(wanted)


def test_authors_are_measured_apart_and_sorted(measured):
    found = measured("author_id,cited_by_count\nB,1\n A ,4\nA,5\n")

    assert found["author_id"].tolist() == ["A", "B"]
    assert found["citations"].tolist() == [9, 1]


def test_every_column_gives_its_metrics(measured):
    found = measured(
        "title,recent_citations,self_citations,authors_count,year,cited_by_count,author_id\n"
        '"a, b",1,1,2,2001,7,x\n,,,,,,x\n'
    )

    assert list(found) == ["author_id", *CATALOGUE]
    assert found["papers_unknown_year"].tolist() == [1]


def test_core_gives_the_core_metrics_only(measured):
    found = measured("cited_by_count,year\n4,2025\n4,\n", metrics="core")

    assert list(found) == ["author_id", *CORE]
    assert found["h5_recent_papers"].tolist() == [1]


def test_an_empty_count_is_unknown_not_zero(measured):
    found = measured("cited_by_count,year\n,2001\n3,2002\n")

    assert found["citations_mean"].tolist() == [3.0]
    assert found["papers_unknown_citations"].tolist() == [1]


def test_whole_floats_as_pandas_writes_them_are_read(measured):
    assert measured("cited_by_count\n12.0\n3.00\n")["citations"].tolist() == [15]


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffcited_by_count\n4\n4\n",
        "cited_by_count\r\n4\r\n\r\n4\r\n",
        "cited_by_count\r4\r4\r",
        " cited_by_count ,x\n 4 ,\n4,\n",
        "cited_by_count,x\n4,a\n4,b",
        'cited_by_count,x\n4,"a\nb"\n"4","say ""hi"""\n',
        'cited_by_count,x\n4,5" disk\n4,\n',
    ],
)
def test_usual_spellings_of_csv_are_read(measured, data):
    assert measured(data)["h_index"].tolist() == [2]


def test_a_packed_file_is_read(measured):
    data = gzip.compress(b"cited_by_count\n4\n4\n", mtime=0)

    assert measured(data, name="papers.csv.gz")["h_index"].tolist() == [2]


def test_a_header_alone_is_an_empty_list(measured):
    found = measured("cited_by_count,year,authors_count\n")
    core = measured("cited_by_count,year\n", metrics="core")

    assert found["papers"].tolist() == core["papers"].tolist() == [0]
    assert found["h_index"].tolist() == [0]
    assert found["citations_mean"].isna().all()
    assert "hi_norm" in found


def test_a_header_with_authors_alone_has_no_authors(measured):
    assert len(measured("author_id,cited_by_count\n")) == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("cited_by_count\n1\n-3\n", ", line 3, column cited_by_count: '-3'; give a whole number"),
        ("cited_by_count\n1.5\n", ", line 2, column cited_by_count: '1.5'"),
        ("cited_by_count\n12a\n", ", line 2, column cited_by_count: '12a'"),
        ("cited_by_count\nNA\n", ", line 2, column cited_by_count: 'NA'"),
        ("cited_by_count\n1e3\n", ", line 2, column cited_by_count: '1e3'"),
        ("cited_by_count\n0x1F\n", ", line 2, column cited_by_count: '0x1F'"),
        ("cited_by_count\n1234567890123456\n", ", line 2, column cited_by_count: '12345"),
        ('cited_by_count\n"1,234"\n', ", line 2, column cited_by_count: '1,234'"),
        (f"cited_by_count\n{'x' * 90}\n", f"'{'x' * 37}...'"),
        ('cited_by_count,t\n1,"a\n\nb"\n\nx,c\n', ", line 6, column cited_by_count: 'x'"),
        ("cited_by_count,year\n1,0\n", ", line 2, column year: '0'; give a whole number, from 1"),
        ("cited_by_count,year\n1,20010\n", ", line 2, column year: '20010'"),
        ("cited_by_count,authors_count\n1,\n1,0\n", ", line 3, column authors_count: '0'"),
        ("cited_by_count,self_citations\n3,3\n3,4\n", ", line 3, column self_citations: '4'; it"),
        ("cited_by_count,recent_citations\n3,4\n", ", line 2, column recent_citations: '4'"),
        ("author_id,cited_by_count\na,1\n ,2\n", ", line 3, column author_id: ''"),
        ("cited_by_count,cited_by_count\n1,2\n", ", line 1: column 'cited_by_count' stands twice"),
        ("3\n4\n", ", line 1: no column 'cited_by_count' (found: 3); the first line names"),
        ("\n\ncitations\n4\n", ", line 3: no column 'cited_by_count' (found: citations); rename"),
        ("cited_by_counts\n4\n", "rename 'cited_by_counts' to 'cited_by_count'"),
        ("author_id;cited_by_count\na;4\n", "separate the columns with commas, not ';'"),
        ("", ": the file is empty"),
        ("\n", ": the file is empty"),
        ("cited_by_count,year\n1,2\n3\n", ", line 3: 1 cells, the header has 2"),
        ("cited_by_count\n1\n2,3\n", ", line 3: 2 cells, the header has 1"),
        ('cited_by_count,t\n1,x\n2,"abc\n3,d\n', ": a double quote that opens after line 2"),
        ("cited_by_count,t\n1,x\n2,M\xfcller\n".encode("latin-1"), ", line 3: not UTF-8"),
        ("cited_by_count\n1\n".encode("utf-16"), ", line 1: not UTF-8"),
        (b"cited_by_count\n1\0\n", ": not a text file"),
        (b"cited_by_count\n1\n\xc3", ", line 3: not UTF-8"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_the_place(refused, data, message):
    assert message in refused(data)


@pytest.mark.parametrize(
    "data", [gzip.compress(b"cited_by_count\n4\n", mtime=0)[:-6], b"plain", b"\x1f\x8b"]
)
def test_damaged_gzip_data_are_named(refused, data):
    assert "damaged gzip data" in refused(data, name="papers.csv.gz")


def test_bytes_in_pieces_are_one_text(measured, monkeypatch):
    monkeypatch.setattr(table, "_PIECE", 3)

    assert measured("cited_by_count,t\n4,\u00fc\u20ac\n4,x\n")["h_index"].tolist() == [2]


def test_a_broken_piece_names_its_line(refused, monkeypatch):
    monkeypatch.setattr(table, "_PIECE", 3)

    assert ", line 3: not UTF-8" in refused(b"cited_by_count,t\n4,\xc3\xbc\n4,\xe2\x82x\n")


def test_what_only_arrow_refuses_is_passed_on(refused, monkeypatch):
    from pyarrow import ArrowInvalid, csv

    def fail(*args, **kwargs):
        raise ArrowInvalid("straddling object")

    monkeypatch.setattr(csv, "read_csv", fail)

    assert ": straddling object; write the file again" in refused("cited_by_count\n1\n")
