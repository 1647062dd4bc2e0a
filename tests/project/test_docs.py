"""The docs tell the truth: commands, JSON keys, links."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import COMMANDS
from pipeline.sample import AUTHOR_IDS
from pipeline.sample import PAGES as SAMPLE

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "output/README.md"])


# Made before any test runs: click keeps what a command's help was asked with first.
MADE = {n: make() for n, make in runpy.run_path(str(ROOT / "docs/reference.py"))["PAGES"].items()}


@pytest.mark.parametrize("name", MADE)
def test_a_page_that_is_made_out_of_the_program_is_current(name):
    assert (ROOT / "docs" / name).read_text() == MADE[name], "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page):
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)[^)]*\)", page.read_text())
    missing = [t for t in targets if not (page.parent / t).exists()]
    assert missing == []


def test_every_command_that_the_readme_names_exists():
    named = set(re.findall(r"scholar-metrics ([a-z]+)\b", (ROOT / "README.md").read_text()))
    assert named <= set(COMMANDS)
    assert "refresh" in named


def test_the_readme_says_which_fields_the_homepage_reads():
    text = (ROOT / "README.md").read_text()
    for word in ("total_cit", "show_paper_citations", "num_citations", "citedby", "arxiv:"):
        assert word in text


@pytest.mark.parametrize("command", ["status", "history", "check", "explain"])
def test_every_key_that_is_printed_is_documented(command, known):
    words = ("explain", "robust fixtures") if command == "explain" else (command,)
    printed = keys_of(json.loads(known(*words, "--json")))
    docs = (ROOT / "docs/json.md").read_text()
    section = re.search(rf"## `{command} --json`\n(.*?)(?=\n## |\Z)", docs, re.DOTALL)
    assert section, command
    assert printed - set(re.findall(r"[a-z_]+", section.group(1))) == set()


def keys_of(value):
    """Names of keys at any depth; figures and ids are data, not keys of ours."""
    if isinstance(value, list):
        return {key for one in value for key in keys_of(one)}
    if not isinstance(value, dict):
        return set()
    inner = {key for one in value.values() for key in keys_of(one)}
    return (set(value) | inner) - {"schema", "citations", "h_index", "i10_index", "papers"}


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    home = tmp_path_factory.mktemp("docs")
    (home / "scholar-metrics.toml").write_text(
        f'output = "out"\n[[authors]]\nkey = "ada"\nids = {json.dumps(list(AUTHOR_IDS))}\n'
    )

    def run(*args):
        command = [sys.executable, "-m", "pipeline", *args]
        return subprocess.run(command, cwd=home, capture_output=True, text=True, check=True).stdout

    run("refresh", "--from-html", str(SAMPLE / "google_scholar" / "profile.html"))
    return run
