"""A snapshot that is not what it should be: one line that names the file and the place."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ConfigError, StorageError


@pytest.fixture
def refused(tmp_path, measured):
    """The message of a snapshot that is refused; nothing may be left under a final name."""

    def of(root, *, error=ConfigError):
        with pytest.raises(error) as caught:
            measured(root, tmp_path / "a.parquet")
        left = [p for p in tmp_path.glob("a.*") if p.is_file()]
        half = list((tmp_path / "a.work").rglob("*.part"))
        assert not left
        assert not half
        return str(caught.value)

    return of


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": "https://openalex.org/W2", "cited_by_count": 1, "publ', "not JSON, or cut off"),
        (
            '{"id": "https://openalex.org/W2", "cited_by_count": "1"}\n',
            "column cited_by_count: '1'",
        ),
        ('{"id": "https://openalex.org/W2", "cited_by_count": -1}\n', "column cited_by_count: -1"),
        ('{"id": "https://openalex.org/W2", "cited_by_count": 1.5}\n', "cited_by_count: 1.5"),
        ('{"id": 7}\n', "column id: 7, not text"),
        ('{"id": null}\n', "column id: None"),
        ('{"id": "https://openalex.org/A2"}\n', "column id: 'https://openalex.org/A2'"),
        ('{"id": "https://openalex.org/W99999999999"}\n', "W99999999999"),
        (
            '{"id": "W2", "authorships": [{"author": {"id": "B7"}}]}\n',
            "authorships.author.id: 'B7'",
        ),
        ('{"id": "W2", "authorships": [{"author": "Ada"}]}\n', "authorships.author: 'Ada'"),
        ('{"id": "W2", "authorships": "Ada"}\n', "column authorships: 'Ada', not a list"),
        ("[1]\n", "not a JSON object"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(lines, work, refused, line, told):
    path = lines([work(1, 11), "\n", line])
    message = refused(path.parents[3])
    assert f"{path}, line 3, " in message
    assert told in message
    assert "\n" not in message


def test_the_line_is_counted_over_all_pieces(lines, work, refused, monkeypatch):
    monkeypatch.setattr("pipeline.scale.openalex.jsonl.PIECE", 300)
    path = lines([*(work(n, 11) for n in range(1, 30)), "{]\n"])
    assert f"{path}, line 30, " in refused(path.parents[3])


@pytest.mark.parametrize("cut", [-1, -8, 40])
def test_a_cut_gzip_file_is_told(lines, work, refused, cut):
    path = lines([work(n, 11) for n in range(1, 50)])
    path.write_bytes(path.read_bytes()[:cut])
    assert f"{path}: damaged gzip data" in refused(path.parents[3])


def test_a_flipped_bit_in_gzip_data_is_told(lines, work, refused):
    path = lines([work(n, 11) for n in range(1, 5000)])
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    assert str(path) in refused(path.parents[3])


def test_an_empty_file_is_told(lines, refused):
    path = lines([])
    path.write_bytes(b"")
    assert f"{path}: the file is empty" in refused(path.parents[3])


@pytest.mark.parametrize("key", ["id", "cited_by_count", "publication_year", "authorships"])
def test_lines_of_something_else_are_told(lines, work, refused, key):
    one = work(1, 11)
    del one[key]
    assert f"line 1: no key {key}" in refused(lines([one]).parents[3])


@pytest.fixture
def parquet(tmp_path, work):
    """Writes a Parquet file of two works with some columns changed or (None) left out."""

    def write(**changed):
        path = tmp_path / "snapshot/data/works/updated_date=2026-01-01/part_0000.parquet"
        path.parent.mkdir(parents=True)
        table = pa.Table.from_pylist([work(1, 11), work(2, 12)])
        for name, values in changed.items():
            table = table.drop_columns([name])
            if values is not None:
                table = table.append_column(name, pa.array(values))
        pq.write_table(table, path)
        return path

    return write


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"cited_by_count": None}, ": no column cited_by_count"),
        ({"authorships": None}, ": no column authorships.author.id"),
        ({"authorships": [[{"author": "Ada"}], []]}, ": no column authorships.author.id"),
        ({"cited_by_count": ["1", "2"]}, ", column cited_by_count: values of type string"),
        ({"cited_by_count": [1, -2]}, ", row 2, column cited_by_count: -2"),
        ({"id": ["https://openalex.org/W1", "w?"]}, ", row 2, column id: 'w?'"),
    ],
)
def test_wrong_columns_and_rows_of_parquet_are_told(parquet, refused, changed, told):
    path = parquet(**changed)
    assert f"{path}{told}" in refused(path.parents[3])


def test_a_cut_parquet_file_is_told(parquet, refused):
    path = parquet()
    path.write_bytes(path.read_bytes()[:-9])
    assert f"{path}: cannot be read as Parquet" in refused(path.parents[3])


@pytest.fixture
def manifest(lines, work):
    """A snapshot of two works with its manifest; changes one entry of it."""

    def write(name="manifest.json", **meta):
        path = lines([work(1, 11), work(2, 11)])
        about = {"content_length": path.stat().st_size, "record_count": 2} | meta
        url = f"s3://openalex/data/works/{path.parent.name}/{meta.pop('file', path.name)}"
        about.pop("file", None)
        key = "files" if name.endswith(".json") else "entries"
        document = {"date": "2026-06-25", key: [{"url": url, "meta": about}]}
        (path.parents[1] / name).write_text(json.dumps(document))
        return path

    return write


@pytest.mark.parametrize("name", ["manifest.json", "manifest"])
@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ({"content_length": 1}, "manifest{ending} says 1; download it again"),
        ({"record_count": 3}, "2 works, the manifest says 3"),
        ({"file": "part_0001.gz"}, "manifest{ending} lists it, but it is missing"),
    ],
)
def test_files_that_are_not_as_the_manifest_says_are_told(manifest, refused, name, meta, told):
    path = manifest(name, **meta)
    message = refused(path.parents[3])
    assert told.format(ending=name.removeprefix("manifest")) in message
    assert str(path.parent) in message


def test_a_manifest_with_right_entries_is_fine_and_gives_the_day(manifest, measured, tmp_path):
    _, _, report = measured(manifest().parents[3], tmp_path / "a.parquet")
    assert report.document["as_of"] == "2026-06-25"


def test_files_that_no_manifest_lists_are_read_and_told(manifest, lines, work, tmp_path):
    from pipeline.scale.openalex import Request, measure_snapshot

    root = manifest().parents[3]
    lines([work(3, 12)], day="2026-07-01")
    told = []
    request = Request(snapshot=root, output=tmp_path / "a.parquet", now_year=2026)
    report = measure_snapshot(request, tell=told.append)
    assert report.document["works"] == 3
    assert "1 of them are in no manifest; they are read all the same" in told


@pytest.mark.parametrize(
    "text", ["", "[]", '{"files": [{"url": "s3://x/../../y"}]}', '{"files": 7}']
)
def test_what_is_no_manifest_is_told(manifest, refused, text):
    path = manifest()
    (path.parents[1] / "manifest.json").write_text(text)
    assert "manifest.json: not a manifest of OpenAlex" in refused(path.parents[3])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"work_id,deleted_date\nhttps://openalex.org/W2,2026-08-14\nx,y\n", "line 3: 'x' is no"),
        (b"a,b\n1,2\n", "line 1: no column work_id"),
        (gzip.compress(b"work_id,deleted_date\nW2,2026-08-14\n", mtime=0)[:-4], "Truncated"),
    ],
    ids=["value", "column", "cut"],
)
def test_a_damaged_list_of_deleted_works_is_told(lines, work, refused, data, told):
    path = lines([work(1, 11)])
    name = "deleted_ids.csv.gz" if data[:2] == b"\x1f\x8b" else "deleted_ids.csv"
    (path.parents[1] / name).write_bytes(data)
    message = refused(path.parents[3])
    assert name in message
    assert told in message


def test_a_folder_that_is_no_snapshot_is_told(tmp_path, refused):
    (tmp_path / "snapshot").mkdir()
    assert "no OpenAlex works here" in refused(tmp_path / "snapshot")


def test_a_disk_that_will_not_do_is_refused_before_anything_is_parsed(
    lines, work, refused, monkeypatch
):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 3})())
    root = lines([work(n, 11) for n in range(1, 50)]).parents[3]
    assert "are needed, 0 MB are free" in refused(root, error=StorageError)
