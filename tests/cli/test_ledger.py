"""`scholar-metrics ledger` as a newcomer types it."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import run


@pytest.fixture
def write(tmp_path):
    """Writes a table of (author, work, count) rows."""

    def of(*rows, name="counts.parquet"):
        names = ("author_id", "work_id", "cited_by_count")
        columns = zip(*rows, strict=True)
        pq.write_table(pa.table(dict(zip(names, map(list, columns), strict=True))), tmp_path / name)
        return str(tmp_path / name)

    return of


@pytest.fixture
def ledger(tmp_path, capsys):
    """Runs a subcommand on one ledger; its exit code, stdout and stderr."""

    def of(what, *given):
        code = run(["ledger", what, str(tmp_path / "ledger"), *given])
        return code, *capsys.readouterr()

    return of


@pytest.fixture
def filled(ledger, write):
    ledger("add", write((1, 10, 12), (1, 11, 3), (2, 10, 12)), "--as-of", "2026-11-01")
    ledger("add", write((1, 10, 15), (1, 11, None), (2, 10, 15)), "--as-of", "2026-11-02")
    return ledger


def test_it_tells_what_a_table_changed(ledger, write):
    table = write((1, 10, 12), (1, 11, 3))
    code, said, _ = ledger("add", table, "--as-of", "2026-11-01")
    assert (code, said) == (0, "2026-11-01: 2 rows of 1 authors; 2 new, 0 changed, 0 gone\n")
    code, said, _ = ledger("add", table, "--as-of", "2026-11-01")
    assert code == 0
    assert "this very table is in" in said
    _, said, _ = ledger("add", write((1, 10, 13)), "--as-of", "2026-11-02", "--accept", "--json")
    assert json.loads(said).items() >= {"changed": 1, "gone": 1, "is_stored": True}.items()


def test_a_table_that_lost_much_ends_with_4_and_the_way_out(filled, write):
    code, said, told = filled("add", write((1, 10, 15)), "--as-of", "2026-11-03")
    assert (code, said) == (4, "")
    assert "2 of the 3 rows of the last table are lost" in told
    assert "--as-of 2026-11-03 --accept" in told


def test_it_lists_the_tables(filled):
    _, said, _ = filled("show")
    assert [line.split() for line in said.splitlines()][1:] == [
        ["2026-11-01", "3", "2", "27", "3", "0", "0", "counts.parquet"],
        ["2026-11-02", "3", "2", "30", "0", "3", "0", "counts.parquet"],
    ]
    document = json.loads(filled("show", "--json")[1])
    assert [run["unknown"] for run in document["runs"]] == [0, 1]


def test_it_shows_an_authors_figures_day_by_day(filled):
    code, said, _ = filled("show", "--author", "A1")
    assert code == 0
    assert [line.split()[:4] for line in said.splitlines()[1:3]] == [
        ["2026-11-01", "2", "15", "2"],
        ["2026-11-02", "2", "15", "1"],
    ]
    document = json.loads(filled("show", "--author", "1", "--json")[1])
    assert document["days"][1]["changes"] == [
        {"work_id": 10, "before": 12, "cited_by_count": 15, "is_new": False, "is_gone": False},
        {"work_id": 11, "before": 3, "cited_by_count": None, "is_new": False, "is_gone": False},
    ]


def test_a_stranger_is_told_of_with_1(filled):
    code, said, told = filled("show", "--author", "77")
    assert (code, said) == (1, "")
    assert "no work of author 77" in told
    assert filled("show", "--author", "Ada")[0] == 2


def test_a_table_as_it_was_can_be_measured(filled, tmp_path, capsys):
    code, said, _ = filled("table", "--at", "2026-11-01", "--output", str(tmp_path / "old.parquet"))
    assert (code, said.split()[0]) == (0, "3")
    assert run(["measure", str(tmp_path / "old.parquet"), "--json"]) == 0
    authors = json.loads(capsys.readouterr().out)["authors"]
    assert [a["citations"] for a in authors] == [15, 12]


def test_changes_are_written_with_what_was_before(filled, tmp_path):
    out = tmp_path / "changes.csv"
    assert filled("changes", "--output", str(out))[0] == 0
    assert out.read_text().splitlines() == [
        '"author_id","work_id","as_of","before","cited_by_count","is_new","is_gone"',
        "1,10,2026-11-02,12,15,false,false",
        "1,11,2026-11-02,3,,false,false",
        "2,10,2026-11-02,12,15,false,false",
    ]
    parquet = tmp_path / "changes.parquet"
    filled("changes", "--since", "2026-11-02", "--output", str(parquet))
    assert pq.read_table(parquet).num_rows == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("show",), "no table in it yet"),
        (("check",), "no table in it yet"),
        (("changes", "--output", "a.csv"), "no table in it yet"),
        (("table", "--output", "a.parquet"), "no table in it yet"),
        (("add", "counts.txt"), "does not exist"),
    ],
)
def test_wrong_input_is_one_line(ledger, given, said):
    code, _, told = ledger(*given)
    assert code == 2
    assert said in told
    assert told.count("\n") == 1


def test_a_result_of_another_kind_is_refused(filled, tmp_path):
    code, _, told = filled("changes", "--output", str(tmp_path / "a.xlsx"))
    assert code == 2
    assert "name the result *.parquet or *.csv" in told


def test_an_author_whose_works_are_gone_has_none(filled, write):
    filled("add", write((1, 10, 15), (1, 11, 9)), "--as-of", "2026-11-03", "--accept")
    code, said, _ = filled("show", "--author", "2", "--json")
    assert code == 0
    last = json.loads(said)["days"][-1]
    assert last["as_of"] == "2026-11-03"
    assert last["figures"]["papers"] == 0


def test_check_names_a_damaged_file(filled, tmp_path):
    assert filled("check")[0] == 0
    path = next((tmp_path / "ledger").rglob("changes/**/*.parquet"))
    path.write_bytes(path.read_bytes()[:-9])
    code, _, told = filled("check")
    assert code == 5
    assert str(path) in told


def test_a_snapshot_is_kept_when_it_is_measured(tmp_path, capsys):
    """The later one has another count, a work more and one less."""
    folder = tmp_path / "openalex/data/jsonl/works"

    def measured(day, counts):
        lines = [
            {
                "id": f"https://openalex.org/W{work}",
                "cited_by_count": count,
                "publication_year": 2020,
                "authorships": [{"author": {"id": f"https://openalex.org/A{1 + work % 2}"}}],
            }
            for work, count in counts.items()
        ]
        (folder / f"updated_date={day}").mkdir(parents=True)
        text = "".join(json.dumps(line) + "\n" for line in lines).encode()
        (folder / f"updated_date={day}/part_0000.gz").write_bytes(gzip.compress(text, mtime=0))
        given = ["measure", str(tmp_path / "openalex"), "--snapshot", "--json"]
        code = run(
            [*given, "--ledger", str(tmp_path / "l"), "--output", str(tmp_path / "a.parquet")]
        )
        return code, json.loads(capsys.readouterr().out)["ledger"]

    first = measured("2026-10-01", dict.fromkeys(range(1, 9), 5))
    assert first == (0, {"rows": 8, "new": 8, "changed": 0, "gone": 0, "is_stored": True})
    (folder / "deleted_ids.csv").write_text("work_id\nW3\n")
    assert (
        measured("2026-11-01", {1: 6, 20: 1})[1].items()
        >= {
            "new": 1,
            "changed": 1,
            "gone": 1,
        }.items()
    )
    run(["ledger", "show", str(tmp_path / "l"), "--author", "A2", "--json"])
    days = json.loads(capsys.readouterr().out)["days"]
    assert [day["as_of"] for day in days] == ["2026-10-01", "2026-11-01"]
    assert [day["figures"]["citations"] for day in days] == [20, 16]
