"""The commands beside `refresh`: what they print, and how they refuse."""

import json
import re
import subprocess
import sys

import pytest

from pipeline.sample import PAGES

ALL = ("google_scholar", "openalex", "semantic_scholar")
PROFILE = PAGES / "google_scholar" / "profile.html"


@pytest.fixture
def known(home):
    """A home whose providers have all answered once."""
    home.configure(*ALL)
    result = home.run("refresh")
    assert result.returncode == 0, result.stderr
    return home


def imported(home, *args):
    code = (
        "import sys, contextlib, io\n"
        "from pipeline.cli import run\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    run({list(args)!r})\n"
        "print(' '.join(sorted({m.partition('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home.root, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


HEAVY = {"scrapy", "twisted", "pandas", "pyarrow", "numpy", "pandera"}


@pytest.mark.parametrize("args", [("--help",), ("status",), ("doctor",), ("refresh", "--help")])
def test_a_glance_loads_nothing_heavy(known, args):
    assert not imported(known, *args) & HEAVY


def test_a_refresh_of_one_author_loads_no_pandas(home):
    home.configure("google_scholar")
    assert "pandas" not in imported(home, "refresh")


def test_every_command_is_in_the_help_and_has_help(home):
    listed = home.run("--help").stdout
    for name in (
        "init refresh status history check explain parse measure doctor config".split()  # noqa: SIM905
    ):
        assert re.search(rf"^  {name} ", listed, re.MULTILINE)
        result = home.run(name, "--help")
        assert result.returncode == 0
        assert "Usage: scholar-metrics " + name in result.stdout


def test_the_version_is_the_installed_one(home):
    assert re.fullmatch(r"scholar-metrics \d+\.\d+\.\d+\S*\n", home.run("--version").stdout)


def test_status_says_what_is_known_since_when_and_from_whom(known):
    result = known.run("status")
    assert result.returncode == 0
    line = next(row for row in result.stdout.splitlines() if "google_scholar" in row)
    assert "google_scholar *" in line
    assert "410" in line
    assert "fresh" in line
    assert "exit code 0" in result.stdout


def test_status_json_is_one_document(known):
    document = known.json("status")
    rows = {row["provider"]: row for row in document["sources"]}
    assert rows["openalex"]["figures"] == {
        "citations": 291,
        "h_index": 8,
        "i10_index": 8,
        "papers": 15,
    }
    assert rows["google_scholar"]["is_shown"]
    assert not rows["openalex"]["is_shown"]
    assert rows["openalex"]["last_outcome"] == "fresh"
    assert document["last_run"]["exit_code"] == 0


def test_status_tells_why_the_last_try_failed(known):
    known.stop("openalex")
    known.run("refresh")
    result = known.run("status")
    assert "ada, openalex: " in result.stdout
    row = next(r for r in known.json("status")["sources"] if r["provider"] == "openalex")
    assert row["last_outcome"] == "offline"
    assert row["figures"]["citations"] == 291


def test_status_before_the_first_run_says_what_to_do(home):
    home.configure("openalex")
    result = home.run("status")
    assert result.returncode == 0
    assert "scholar-metrics refresh" in result.stdout


def test_history_shows_changes_alone(known):
    path = known.pages("openalex") / "works.json"
    author = known.pages("openalex") / "author.json"
    path.write_text(path.read_text().replace('"cited_by_count": 84', '"cited_by_count": 90'))
    author.write_text(author.read_text().replace('"cited_by_count": 291', '"cited_by_count": 297'))
    known.configure(*ALL)
    assert known.run("refresh").returncode == 0
    totals = ("--provider", "openalex", "--metric", "cited_by_count", "--totals")
    document = known.json("history", *totals)
    assert [c["value"] for c in document["changes"]] == [291, 297]
    papers = known.json("history", "--record", "openalex:W900000000001")
    assert [c["value"] for c in papers["changes"]] == [84, 90]
    everything = known.json("history", "--provider", "openalex")["changes"]
    assert {"openalex:W900000000001", None} <= {c["record_id"] for c in everything}
    assert "297" in known.run("history").stdout
    assert "W900000000001" not in known.run("history").stdout
    assert "W900000000001" in known.run("history", "--papers").stdout


def test_history_shows_every_run(known):
    known.run("refresh")
    document = known.json("history", "--runs", "--provider", "google_scholar")
    assert [r["outcome"] for r in document["runs"]] == ["fresh", "unchanged"]
    assert "unchanged" in known.run("history", "--runs").stdout


def test_history_of_nobody_is_refused(known):
    result = known.run("history", "--author", "bob")
    assert result.returncode == 2
    assert "there are ada" in result.stderr


def test_check_passes_on_sound_figures(known):
    result = known.run("check")
    assert result.returncode == 0, result.stderr
    document = known.json("check")
    assert document["failed"] == 0
    assert {c["name"] for c in document["checks"]} >= {"identity", "possible", "age"}


def test_explain_says_why_two_records_are_one_paper(known):
    result = known.run("explain", "arxiv:1999.00003")
    assert result.returncode == 0, result.stderr
    assert "one paper by " in result.stdout
    (work,) = known.json("explain", "robust fixtures")["works"]
    records = {c["record_id"]: c["cited_by_count"] for c in work["counts"]}
    assert records["openalex:W900000000003"] == 31
    assert records["openalex:W900000000015"] == 17
    assert {m["rule"] for m in work["merges"]} <= {
        "same_work",
        "doi",
        "arxiv",
        "provider_id",
        "title",
    }


def test_explain_of_an_unknown_paper_is_refused(known):
    result = known.run("explain", "doi:10.5555/nobody")
    assert result.returncode == 2
    assert "no paper is known" in result.stderr


def test_papers_may_be_kept_apart_and_joined_by_hand(known):
    path = known.root / "scholar-metrics.toml"
    apart = 'not_same_work = [["openalex:W900000000003", "openalex:W900000000015"]]\n'
    path.write_text(apart + path.read_text())
    found = known.json("explain", "openalex:W900000000015")["works"]
    assert [c["record_id"] for c in found[0]["counts"] if c["provider"] == "openalex"] == [
        "openalex:W900000000015"
    ]


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_parse_prints_the_author_then_a_line_a_work(home):
    result = home.run("parse", "google_scholar", str(PROFILE))
    assert result.returncode == 0, result.stderr
    author, *works = lines(result)
    assert author["record"] == "author"
    assert "title" not in author
    assert (author["cited_by_count"], author["h_index"]) == (410, 9)
    assert {w["record"] for w in works} == {"work"}
    assert all(w["title"] for w in works)
    assert len(works) == 15


def test_parse_of_a_list_without_an_author_still_begins_with_the_author_line(home):
    works = json.loads((PAGES / "openalex" / "works.json").read_text())
    answer = home.root / "works.json"
    answer.write_text(json.dumps({"meta": {"count": len(works)}, "results": works}))
    result = home.run("parse", "openalex", str(answer))
    assert result.returncode == 0, result.stderr
    first, *works = lines(result)
    assert first["record"] == "author"
    assert first["author_id"] is None
    assert len(works) == 15


@pytest.mark.parametrize(
    ("args", "verdict"),
    [
        (["--url", "https://www.google.com/sorry/index"], "blocked"),
        (["--url", "https://accounts.google.com/v3/signin/identifier"], "not_found"),
        (["--status", "429"], "blocked"),
        (["--status", "302", "--header", "Location: https://consent.google.com/"], "blocked"),
    ],
)
def test_parse_gives_a_page_that_is_none_its_verdict(home, args, verdict):
    page = home.root / "page.html"
    page.write_text("<html><body>no profile</body></html>")
    result = home.run("parse", "google_scholar", str(page), *args)
    assert result.returncode == 3
    (line,) = lines(result)
    assert (line["record"], line["verdict"]) == ("verdict", verdict)
    assert result.stderr.count("\n") == 1


def test_parse_needs_a_file_that_is_there(home):
    result = home.run("parse", "openalex", "nowhere.json")
    assert result.returncode == 2
    assert "nowhere.json" in result.stderr


def test_measure_of_a_csv(home):
    path = home.root / "papers.csv"
    path.write_text("title,cited_by_count\na,10\nb,8\nc,5\nd,4\ne,3\nf,\n")
    document = home.json("measure", str(path))
    (author,) = document["authors"]
    assert author["author_id"] == "all"
    assert author["papers"] == 6
    assert author["citations"] == 30
    assert (author["h_index"], author["g_index"], author["i10_index"]) == (4, 5, 1)


def test_measure_of_several_authors_into_a_file(home):
    path = home.root / "papers.csv"
    path.write_text("author_id,cited_by_count\nx,3\ny,1\nx,2\n")
    result = home.run("measure", str(path), "--output", "out.csv")
    assert result.returncode == 0, result.stderr
    rows = (home.root / "out.csv").read_text().splitlines()
    assert len(rows) == 3
    assert "2 authors measured" in result.stdout
    assert "x" in home.run("measure", str(path)).stdout


def test_measure_of_a_wrong_value_says_where(home):
    path = home.root / "papers.csv"
    path.write_text("cited_by_count\n3\n-1\n")
    result = home.run("measure", str(path))
    assert result.returncode == 2
    assert "papers.csv" in result.stderr
    assert "3" in result.stderr
    assert result.stderr.count("\n") == 1


def test_init_writes_a_configuration_that_loads(home):
    name = 'Ada "The" Sämple'
    result = home.run("init", "--offline", "--scholar", "SAMPLEadaAAJ", "--name", name)
    assert result.returncode == 0, result.stderr
    text = (home.root / "scholar-metrics.toml").read_text()
    assert "google_scholar:SAMPLEadaAAJ" in text
    assert home.run("doctor").returncode == 0


def test_init_reads_ids_out_of_addresses(home):
    result = home.run(
        "init",
        "--offline",
        "--scholar",
        "https://scholar.google.com/citations?user=SAMPLEadaAAJ&hl=en",
        "--semantic-scholar",
        "https://www.semanticscholar.org/author/A-Sample/900000001",
        "--openalex",
        "https://openalex.org/A9000000001",
        "--orcid",
        "https://orcid.org/0000-0002-1825-0097",
    )
    assert result.returncode == 0, result.stderr
    text = (home.root / "scholar-metrics.toml").read_text()
    for identifier in (
        "google_scholar:SAMPLEadaAAJ",
        "semantic_scholar:900000001",
        "openalex:A9000000001",
        "orcid:0000-0002-1825-0097",
    ):
        assert f'"{identifier}"' in text


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "an id is needed"),
        (("--name", "Ada Sample"), "an id is needed"),
        (("--orcid", "0000-0002-1825-0098"), "--orcid '0000-0002-1825-0098' is no orcid id"),
        (("--openalex", "S1"), "is no openalex id"),
    ],
)
def test_init_never_guesses(home, args, says):
    result = home.run("init", "--offline", *args)
    assert result.returncode == 2
    assert says in result.stderr
    assert not (home.root / "scholar-metrics.toml").exists()


def test_init_never_overwrites(home):
    home.configure("openalex")
    before = (home.root / "scholar-metrics.toml").read_text()
    result = home.run("init", "--openalex", "A9000000001")
    assert result.returncode == 2
    assert "exists already" in result.stderr
    assert (home.root / "scholar-metrics.toml").read_text() == before


def test_the_schema_of_the_configuration_is_json(home):
    document = json.loads(home.run("config", "schema").stdout)
    assert document["title"] == "scholar-metrics.toml"
