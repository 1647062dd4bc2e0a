"""`publish` as a person types it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BRANCH = "google-scholar-stats"


def git(*args, cwd):
    done = subprocess.run(["git", *args], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout.rstrip("\n")


@pytest.fixture(scope="module")
def filled(tmp_path_factory, commands):
    """A folder with the sample's results, its configuration, and a bare repository; to be copied.

    It stays as it is: each test has a copy of its own.
    """
    root = tmp_path_factory.mktemp("filled")
    assert commands.run("refresh", "--sample", cwd=root).returncode == 0
    (root / "scholar-metrics.toml").write_text(
        '[[authors]]\nkey = "ada"\nids = ["google_scholar:SAMPLEadaAAJ"]\n'
    )
    git("init", "--quiet", "--bare", "remote.git", cwd=root)
    return root


@pytest.fixture
def place(tmp_path, filled):
    """A copy of it."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return tmp_path


def publish(place: Path, *args, **more):
    environ = {**os.environ, "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org"}
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "publish", *args],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        env=environ | more,
    )


def test_it_says_what_changed_and_where(place):
    result = publish(place, "--repo", "remote.git")
    assert (result.returncode, result.stderr) == (0, "")
    assert "gs_data_shieldsio.json" in result.stdout
    last = result.stdout.splitlines()[-1]
    commit = git("rev-parse", BRANCH, cwd=place / "remote.git")
    assert f"({commit[:12]}): citations 410, h-index 9" in last


def test_a_second_time_there_is_nothing_new(place):
    publish(place, "--repo", "remote.git")
    result = publish(place, "--repo", "remote.git")
    assert result.returncode == 0
    assert result.stdout.startswith(f"nothing new for {BRANCH} of ")


def test_a_dry_run_lists_the_operations_and_the_figures(place):
    result = publish(place, "--repo", "remote.git", "--dry-run")
    assert result.returncode == 0
    assert "add     gs_data.json\n" in result.stdout
    assert "dry run: " in result.stdout
    assert "410" in result.stdout
    assert git("for-each-ref", cwd=place / "remote.git") == ""


def test_with_json_stdout_is_one_document(place):
    document = json.loads(publish(place, "--repo", "remote.git", "--json").stdout)
    assert set(document) == {
        "schema",
        "branch",
        "repository",
        "commit",
        "operations",
        "changed",
        "urls",
    }
    assert document["branch"] == BRANCH
    assert document["commit"] == git("rev-parse", BRANCH, cwd=place / "remote.git")
    assert {"kind": "add", "path": "gs_data.json"} in document["operations"]
    shown = {c["path"]: (c["old"], c["new"]) for c in document["changed"]}
    assert shown["badges/ada/citations.json"] == (None, "410")
    assert document["urls"] == {}


def test_on_github_every_address_is_printed(place):
    """GitHub's address leads to the local repository here, by git's own setting."""
    settings = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{place}/remote.git.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/ada/page.git",
    }
    result = publish(place, "--repo", "https://github.com/ada/page.git", **settings)
    assert result.returncode == 0, result.stderr
    raw = f"https://raw.githubusercontent.com/ada/page/{BRANCH}"
    lines = result.stdout.splitlines()
    assert f"{raw}/gs_data.json" in lines
    assert f"https://cdn.jsdelivr.net/gh/ada/page@{BRANCH}/badges/ada/h_index.json" in lines
    encoded = f"{raw}/gs_data_shieldsio.json".replace(":", "%3A").replace("/", "%2F")
    assert f"https://img.shields.io/endpoint?url={encoded}" in lines
    assert len([n for n in lines if n.startswith("https://img.shields.io/")]) == 10


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        ((), 2, "--repo DIR_OR_URL"),
        (("--repo", "https://user:pass@github.com/a/b"), 2, "is refused"),
        (("--repo", "remote.git", "--branch", "a..b"), 2, "no branch name"),
        (("--config", "other.toml"), 2, "no such file"),
        (("--repo", "nowhere"), 5, "no such folder"),
        (("--repo", "."), 5, "no git repository"),
    ],
)
def test_a_refusal_is_one_line_and_an_exit_code(place, args, code, says):
    result = publish(place, *args)
    assert result.returncode == code
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_notes_go_to_stderr(place):
    publish(place, "--repo", "remote.git")
    run = place / "output/run.json"
    run.write_text(
        json.dumps(json.loads(run.read_text()) | {"finished_at": "2020-01-01T00:00:00Z"})
    )
    result = publish(place, "--repo", "remote.git", "--json")
    assert "later run" in result.stderr
    assert json.loads(result.stdout)["commit"] is None


def test_help_does_not_load_what_it_does_not_need(place):
    code = (
        "import sys; from pipeline.cli import run; run(['publish', '--help']);"
        "sys.exit(any(m in sys.modules for m in ('pydantic', 'pandas', 'pyarrow', 'scrapy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=place, check=False).returncode == 0


def test_a_refresh_may_be_told_to_leave_the_branch_alone(home):
    home.configure("openalex", extra="")
    path = home.root / "scholar-metrics.toml"
    path.write_text(path.read_text() + '\n[publish]\nrepository = "nowhere.git"\n')
    refused = home.run("refresh")
    assert refused.returncode == 5
    assert "nowhere.git" in refused.stderr
    assert home.run("refresh", "--no-branch").returncode == 0
