"""`measure --snapshot` as a newcomer types it: the result, badges, errors of one line."""

import gzip
import json

import pyarrow.parquet as pq
import pytest

from pipeline.cli import run
from pipeline.writers.endpoint import parse


def work(number, *authors, cited=5):
    return {
        "id": f"https://openalex.org/W{number}",
        "cited_by_count": cited,
        "publication_year": 2020,
        "authorships": [{"author": {"id": f"https://openalex.org/A{a}"}} for a in authors],
    }


@pytest.fixture
def snapshot(tmp_path):
    """A small snapshot in today's layout, without a manifest."""
    path = tmp_path / "openalex/data/jsonl/works/updated_date=2026-06-24/part_0000.gz"
    path.parent.mkdir(parents=True)
    works = [work(1, 11, 12, cited=2500), work(2, 11), work(3, 13, cited=None), work(4, 13)]
    path.write_bytes(gzip.compress("".join(json.dumps(w) + "\n" for w in works).encode()))
    return tmp_path / "openalex"


@pytest.fixture
def measure(snapshot, tmp_path, capsys):
    """Runs the command; its exit code, stdout and stderr."""

    def of(*options, output="figures.parquet"):
        given = ["measure", str(snapshot), "--snapshot", *options]
        code = run([*given, "--output", str(tmp_path / output)] if output else given)
        return code, *capsys.readouterr()

    return of


def test_it_writes_a_row_an_author_and_tells_how_far_it_is_on_stderr(measure, tmp_path):
    code, said, told = measure()
    assert code == 0
    rows = {
        row["author_id"]: row for row in pq.read_table(tmp_path / "figures.parquet").to_pylist()
    }
    assert {a: (r["papers"], r["citations"]) for a, r in rows.items()} == {
        11: (2, 2505),
        12: (1, 2500),
        13: (2, 5),
    }
    assert (rows[11]["e_index"], rows[11]["first_year"]) == (pytest.approx(2501**0.5), 2020)
    assert "3 authors of 4 works measured into" in said
    assert "parsing: 4 works" in told
    assert (tmp_path / "figures.work" / "buckets").is_dir()


def test_json_is_one_document_on_stdout(measure, tmp_path):
    code, said, _ = measure("--json", "--work-dir", str(tmp_path / "kept"))
    document = json.loads(said)
    assert code == 0
    assert document["schema"] == "scholar-metrics/snapshot/1"
    assert (document["authors"], document["works"], document["as_of"]) == (3, 4, "2026-06-24")
    assert (tmp_path / "kept" / "extracts").is_dir()


def test_badges_are_made_for_the_authors_of_a_list(measure, tmp_path):
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("# the lab\nA11\n\nhttps://openalex.org/A13\n")
    code, _, _ = measure("--badges-for", str(wanted))
    badges = tmp_path / "badges"
    assert code == 0
    assert {p.name for p in badges.iterdir()} == {"a11", "a13"}
    made = {p.stem: parse(json.loads(p.read_text())) for p in (badges / "a11").iterdir()}
    assert made["citations"].message.startswith("2.5k")
    assert (made["h_index"].label, made["i10_index"].label) == ("h-index", "i10-index")
    unknown = parse(json.loads((badges / "a13" / "citations.json").read_text()))
    assert unknown.message.startswith("≥ 5")


def test_an_author_without_works_is_told_and_the_rest_is_written(measure, tmp_path):
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("A11\nA99\n")
    code, said, told = measure("--badges-for", str(wanted), "--json")
    assert code == 1
    assert json.loads(said)["badges"]["missing"] == ["A99"]
    assert "no work in this snapshot of 1 authors: A99" in told
    assert (tmp_path / "badges" / "a11" / "papers.json").is_file()


def test_a_list_that_names_no_author_is_refused_before_anything_is_parsed(measure, tmp_path):
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("A11\nAda Lovelace\n")
    code, _, told = measure("--badges-for", str(wanted))
    assert code == 2
    assert "wanted.txt, line 2: 'Ada Lovelace'" in told
    assert not (tmp_path / "figures.work").exists()


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (None, "--snapshot needs --output FILE.parquet"),
        ("figures.csv", "name the result *.parquet"),
        ("nowhere/figures.parquet", "no such folder"),
    ],
)
def test_a_result_that_cannot_be_is_refused_at_once(measure, output, told):
    code, _, said = measure(output=output)
    assert code == 2
    assert told in said


def test_a_damaged_file_is_one_line_and_exit_code_2(measure, snapshot, tmp_path):
    path = next(snapshot.rglob("part_0000.gz"))
    path.write_bytes(path.read_bytes()[:-3])
    code, said, told = measure()
    assert (code, said) == (2, "")
    assert f"scholar-metrics: {path}: damaged gzip data" in told
    assert not (tmp_path / "figures.parquet").exists()


def test_options_of_a_snapshot_do_not_go_with_a_list(tmp_path, capsys):
    papers = tmp_path / "papers.csv"
    papers.write_text("cited_by_count\n5\n")
    assert run(["measure", str(papers), "--work-dir", str(tmp_path)]) == 2
    assert "go with --snapshot" in capsys.readouterr().err
