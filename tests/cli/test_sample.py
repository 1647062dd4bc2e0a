"""`refresh --sample`: the whole pipeline on the bundled pages, as a newcomer runs it."""

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest


def scholar_metrics(*args, cwd, **more):
    command = [sys.executable, "-m", "pipeline", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, **more)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    result = scholar_metrics("refresh", "--sample", cwd=home)
    assert result.returncode == 0, result.stderr
    return home, result, files(home / "output")


def test_it_ends_with_a_table_of_figures_per_provider(first):
    _, result, _ = first
    for provider in ("google_scholar", "openalex", "semantic_scholar"):
        assert provider in result.stdout
    assert "410" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    "name",
    [
        "gs_data.json",
        "gs_data_shieldsio.json",
        "gs_data_total_citation.json",
        "gs_data_h_index.json",
        "gs_data_i10_index.json",
        "gs_data_total_publications.json",
        "citations.yml",
        "metrics.json",
        "works.csv",
        "works.parquet",
        "works.bib",
        "run.json",
        "badges/ada/citations.json",
        "badges/ada/papers/index.json",
        "authors/ada/gs_data.json",
        "history/manifest.json",
    ],
)
def test_it_writes_everything_that_a_homepage_reads(first, name):
    assert name in first[2]


def test_the_root_files_say_what_the_first_provider_says(first):
    data = json.loads(first[2]["gs_data.json"])
    assert (data["citedby"], data["hindex"], data["i10index"]) == (410, 9, 8)
    assert data["publications"]["SAMPLEadaAAJ:smplPaper01C"]["num_citations"] == 120
    assert data["publications"]["arxiv:1999.00003"]["num_citations"] == 64


def test_every_outcome_is_in_the_run(first):
    run = json.loads(first[2]["run.json"])
    assert run["exit_code"] == 0
    assert {o["kind"] for o in run["outcomes"]} == {"fresh"}
    assert {o["provider"]: o["requests"] for o in run["outcomes"]}["google_scholar"] == 1


def test_a_second_run_with_nothing_new_writes_the_run_and_its_history_row_alone(first):
    home, _, before = first
    result = scholar_metrics("refresh", "--sample", "--json", cwd=home)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["written"] == []
    assert {o["kind"] for o in document["outcomes"]} == {"unchanged"}
    after = files(home / "output")
    changed = {name for name in after if after[name] != before.get(name)}
    row = {n for n in changed if n.startswith("history/runs/")}
    glance = {f"history/{n}" for n in ("manifest.json", "manifest.copy.json", "state/summary.json")}
    assert len(row) == 1
    assert changed == {"run.json"} | row | glance
    assert set(before) <= set(after)


def test_a_dry_run_writes_nothing(tmp_path):
    result = scholar_metrics("refresh", "--sample", "--dry-run", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "410" in result.stdout
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and p.name != ".lock"]


def test_it_never_writes_a_synthetic_person_over_real_figures(tmp_path):
    output = tmp_path / "output"
    page = Path(__file__).parents[2] / "pipeline/sample/pages/google_scholar/profile.html"
    config = tmp_path / "scholar-metrics.toml"
    config.write_text('[[authors]]\nkey = "real"\nids = ["google_scholar:SAMPLEadaAAJ"]\n')
    saved = scholar_metrics("refresh", "--from-html", str(page), cwd=tmp_path)
    assert saved.returncode == 0, saved.stderr
    before = files(output)
    result = scholar_metrics("refresh", "--sample", cwd=tmp_path)
    assert result.returncode == 2
    assert "holds figures of real" in result.stderr
    assert files(output) == before


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["refresh", "--sample", "--author", "bob"], "no such author; there are ada"),
        (["refresh", "--sample", "--provider", "scopus"], "no such provider"),
        (["refresh"], "no such file; write one with `scholar-metrics init`"),
        (["refresh", "--config", "nowhere.toml"], "nowhere.toml: no such file"),
        (["refresh", "--smaple"], "No such option"),
        (["status"], "scholar-metrics.toml: no such file"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_two(args, says, tmp_path):
    result = scholar_metrics(*args, cwd=tmp_path)
    assert result.returncode == 2
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_bar_grows_with_each_answer_where_a_person_looks_on(tmp_path):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipeline", "refresh", "--sample"]
    with (
        os.fdopen(ours, "rb", buffering=0) as screen,
        (tmp_path / "table").open("wb") as table,
        subprocess.Popen(command, cwd=tmp_path, stdout=table, stderr=theirs) as process,
    ):
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # the end of a terminal
            while chunk := screen.read(65536):
                seen += chunk
    assert process.returncode == 0
    assert b"3/3" in seen
    assert b"\x1b" not in (tmp_path / "table").read_bytes()
