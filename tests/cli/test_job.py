"""`scholar-metrics job`: what a runner runs, seen from the runner."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import job
from pipeline.errors import StorageError
from pipeline.jobs import child
from pipeline.jobs.setup import Inputs, prepare

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")}
SORRY = {"path": "/citations", "status": 403, "body": "not_found.html"}


@pytest.fixture
def runner(home):
    """A runner in the homepage's folder; `job` gives code, stdout, summary and outputs."""
    files = home.root.parent / f"{home.root.name}-runner"
    files.mkdir()

    def job(*args, **more):
        for name in ("summary", "output"):
            (files / name).write_text("")
        env = {
            **CLEAN,
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(files / "summary"),
            "GITHUB_OUTPUT": str(files / "output"),
            **more,
        }
        result = home.run("job", *args, env=env)
        result.summary = (files / "summary").read_text()
        result.outputs = {}
        lines = iter((files / "output").read_text().splitlines())
        for line in lines:
            name, end = line.split("<<")
            value = []
            while (inner := next(lines)) != end:
                value.append(inner)
            result.outputs[name] = "\n".join(value)
        return result

    return job


def refresh_days_ago(home, days):
    """A refresh by a clock that is some days behind, in a process of its own."""
    code = f"""
from datetime import timedelta
from pathlib import Path
from pipeline.config import load
from pipeline.refresh import refresh, utc_now
from pipeline.refresh.asking import Request
config = load(Path("scholar-metrics.toml"))
refresh(config, Request(), clock=lambda: utc_now() - timedelta(days={days}))
"""
    subprocess.run([sys.executable, "-c", code], cwd=home.root, check=True, capture_output=True)


def commands(result):
    return [line for line in result.stdout.splitlines() if line.startswith("::")]


def test_a_good_night_is_green_and_says_what_is_known(home, runner):
    home.configure("google_scholar", "openalex")
    result = runner()
    assert result.returncode == 0, result.stderr
    assert commands(result) == []
    assert "| ada | Google Scholar (shown) | 410 | 9 | 8 | 14 |" in result.summary
    assert result.outputs == {
        "config": "scholar-metrics.toml",
        "repository": "",
        "branch": "google-scholar-stats",
        "files": "out\nkept",
        "root": ".",
        "citations": "410",
        "h-index": "9",
        "changed": "true",
        "exit-code": "0",
        "publishable": "true",
    }


def test_a_partial_night_is_green_with_a_warning_and_keeps_the_code_as_an_output(home, runner):
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar", "openalex")
    result = runner()
    assert result.returncode == 0
    assert result.outputs["exit-code"] == "1"
    assert result.outputs["publishable"] == "true"
    first, second = commands(result)
    assert first.startswith("::warning title=Citation metrics::partly fresh")
    assert second.startswith("::warning title=Google Scholar%3A blocked::ada: ")
    assert "- **Google Scholar** on ada: blocked; nothing is known of it yet." in result.summary


def test_a_night_without_news_is_green_while_figures_are_young_and_red_when_they_are_old(
    home, runner
):
    home.configure("google_scholar")
    refresh_days_ago(home, 3)
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar")
    young = runner()
    assert (young.returncode, young.outputs["exit-code"]) == (0, "3")
    assert commands(young)[0].startswith("::warning ")
    path = home.root / "scholar-metrics.toml"
    path.write_text("stale_after = 2.0\n" + path.read_text())
    old = runner()
    assert (old.returncode, old.outputs["exit-code"]) == (3, "3")
    assert commands(old)[0].startswith("::error ")
    assert old.outputs["publishable"] == "true"
    assert old.outputs["citations"] == "410"


def test_a_first_night_without_an_answer_is_red_and_no_figure_is_zero(home, runner):
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar")
    result = runner()
    assert result.returncode == 3
    assert (result.outputs["citations"], result.outputs["h-index"]) == ("", "")
    assert result.outputs["changed"] == "false"


def test_new_citations_are_told_by_paper(home, runner):
    home.configure("semantic_scholar")
    assert runner().returncode == 0
    path = home.pages("semantic_scholar") / "author.json"
    author = json.loads(path.read_text())
    author["papers"][0]["citationCount"] += 2
    path.write_text(json.dumps(author))
    home.configure("semantic_scholar")
    result = runner()
    assert result.returncode == 0, result.stderr
    assert result.outputs["changed"] == "true"
    assert re.search(r"\| Semantic Scholar \| \d+ \| \d+ \| \+2 \|", result.summary)


def test_a_night_that_changes_nothing_says_so(home, runner):
    home.configure("openalex")
    runner()
    result = runner()
    assert result.outputs["changed"] == "false"
    assert "\nNothing.\n" in result.summary


def test_a_dry_run_writes_nothing_and_is_not_to_be_published(home, runner):
    home.configure("openalex")
    result = runner("--dry-run")
    assert result.returncode == 0, result.stderr
    assert not home.output.exists()
    assert result.outputs["publishable"] == "false"
    assert result.outputs["changed"] == "true"
    assert "| ada | OpenAlex | citations | – | 291 |  |" in result.summary
    assert "This was a dry run" in result.summary


def test_outside_a_runner_the_summary_goes_to_stdout_and_warnings_to_stderr(home):
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar", "openalex")
    result = home.run("job", env=CLEAN)
    assert result.returncode == 0
    assert result.stdout.startswith("## Citation metrics\n")
    assert "::" not in result.stdout
    assert "warning: Google Scholar: blocked: ada: " in result.stderr


def test_a_wrong_configuration_is_red_and_one_line_beside_the_run(home, runner):
    home.configure("openalex", extra="stale_aftre = 3")
    result = runner()
    assert result.returncode == 2
    (line,) = commands(result)
    assert line.startswith("::error title=Citation metrics::scholar-metrics.toml: stale_aftre")
    assert result.outputs == {"exit-code": "2", "publishable": "false"}
    assert "❌ scholar-metrics.toml" in result.summary
    assert "Traceback" not in result.stderr


def test_outside_a_runner_an_error_is_the_commands_own_line(home):
    result = home.run("job", "--authors", "nobody", env=CLEAN)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "'nobody' is no author id" in result.stderr


def test_a_damaged_history_is_red_and_not_published(home, runner):
    home.configure("google_scholar")
    runner()
    path = home.root / "kept" / "state" / "records.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    result = runner()
    assert result.returncode == 5
    assert result.outputs["publishable"] == "false"
    assert any("title=History::" in line for line in commands(result))


def test_a_refresh_that_cannot_begin_is_red_with_its_reason(home, runner):
    home.configure("openalex")
    home.output.write_text("a file where the folder should be")
    result = runner()
    assert result.returncode == 5
    assert "(scholar-metrics: " in commands(result)[0]
    assert result.outputs["changed"] == ""


def test_only_preparing_asks_nobody(home, runner):
    args = ("--authors", "LZ5D_p4AAAAJ 0000-0002-1825-0097", "--no-refresh")
    place = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "ada/page"}
    result = runner(*args, **place)
    assert result.returncode == 0, result.stderr
    assert result.summary == ""
    assert result.outputs["publishable"] == "true"
    assert result.outputs["root"] == "output"
    assert result.outputs["repository"] == "https://github.com/ada/page"
    assert "LZ5D_p4AAAAJ" in (home.root / "scholar-metrics.toml").read_text()


def test_a_folder_of_the_homepage_that_is_called_pipeline_is_not_run(home, runner):
    home.configure("openalex")
    (home.root / "pipeline").mkdir()
    (home.root / "pipeline" / "__init__.py").write_text("raise SystemExit('theirs')\n")
    program = Path(sys.executable).with_name("scholar-metrics")
    result = subprocess.run(
        [program, "job"], cwd=home.root, capture_output=True, text=True, check=False, env=CLEAN
    )
    assert result.returncode == 0, result.stderr
    assert "| ada | OpenAlex (shown) | 291 |" in result.stdout


def test_a_key_of_the_environment_shows_nowhere(home, runner):
    home.configure("openalex", "semantic_scholar")
    canary = "canary-7e21-aa90-secret"
    keys = {"OPENALEX_API_KEY": canary, "SEMANTIC_SCHOLAR_API_KEY": canary, "GITHUB_TOKEN": canary}
    result = runner(**keys)
    assert result.returncode == 0, result.stderr
    assert canary not in result.stdout + result.stderr + result.summary
    assert canary not in json.dumps(result.outputs)
    written = [p for p in home.root.rglob("*") if p.is_file()]
    assert not [p for p in written if canary.encode() in p.read_bytes()]


def test_the_past_is_taken_from_the_data_branch_and_the_token_stays_out_of_the_refresh(
    home, runner, tmp_path_factory
):
    home.configure("google_scholar")
    assert runner().returncode == 0
    bare = tmp_path_factory.mktemp("server") / "ada" / "page"
    subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], check=True)
    who = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org"}
    done = home.run("publish", "--repo", f"file://{bare}", env={**CLEAN, **who})
    assert done.returncode == 0, done.stderr
    for folder in (home.output, home.root / "kept"):
        shutil.rmtree(folder)
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar")
    place = {"GITHUB_SERVER_URL": f"file://{bare.parents[1]}", "GITHUB_REPOSITORY": "ada/page"}
    result = runner(**place)
    assert (result.returncode, result.outputs["exit-code"]) == (0, "3"), result.stderr
    assert result.outputs["citations"] == "410"
    assert "1 runs of the history taken" in result.stderr


def test_the_process_that_opens_pages_holds_no_token(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token")
    script = "import os, sys\nprint('GITHUB_TOKEN' in os.environ, file=sys.stderr)\n"
    monkeypatch.setattr(child, "program", lambda: [sys.executable, "-c", script])
    assert child.refresh(tmp_path / "x.toml", say=lambda line: None).last_lines == ("False",)


def test_what_a_refresh_says_is_neither_secret_nor_command(tmp_path, monkeypatch):
    script = (
        "import sys\n"
        "sys.stderr.write('::error::x\\n##[add-mask]y canary-1\\n\\x1b[31mred\\xff\\n')\n"
        "print('no document')\n"
        "sys.exit(7)\n"
    )
    monkeypatch.setattr(child, "program", lambda: [sys.executable, "-c", script])
    said = []
    done = child.refresh(tmp_path / "x.toml", say=said.append, secrets=["canary-1"])
    assert done.exit_code == 7
    assert done.document is None
    assert said[:2] == ["| ::error::x", "## [add-mask]y ***"]
    assert "\x1b" not in said[2]
    assert done.last_lines == tuple(said)


def test_a_job_that_is_ended_ends_its_refresh(tmp_path, monkeypatch):
    script = "import sys, time\nprint('begun', file=sys.stderr, flush=True)\ntime.sleep(60)\n"
    monkeypatch.setattr(child, "program", lambda: [sys.executable, "-c", script])
    processes = []
    real = subprocess.Popen

    def popen(*args, **kwargs):
        processes.append(real(*args, **kwargs))
        return processes[0]

    monkeypatch.setattr(child.subprocess, "Popen", popen)

    def interrupted(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        child.refresh(tmp_path / "x.toml", say=interrupted)
    assert processes[0].returncode == -15


def test_a_history_that_cannot_be_read_leaves_the_changes_unknown(home, monkeypatch, capsys):
    home.configure("openalex")
    setup = prepare(Inputs(path=home.root / "scholar-metrics.toml"), repository=None)
    done = child.Refreshed(exit_code=0, document={"run_id": "x", "figures": []}, last_lines=())

    def damaged(history, run_id):
        raise StorageError("::error::nothing can be read")

    monkeypatch.setattr("pipeline.jobs.changes.changes_of", damaged)
    assert job._changes(setup, done, dry_run=False) is None
    assert "what changed is not known" in capsys.readouterr().err


def test_a_past_that_cannot_be_reached_is_red_and_nobody_is_asked(home, runner):
    home.configure("openalex")
    place = {"GITHUB_SERVER_URL": f"file://{home.root}", "GITHUB_REPOSITORY": "no/where"}
    result = runner(**place)
    assert result.returncode == 5
    (line,) = commands(result)
    assert line.startswith("::error ")
    assert home.running["openalex"].requests == ()
