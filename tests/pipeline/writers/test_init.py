from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.writers import WRITERS, write, writer

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", WRITERS)
def test_every_row_names_a_writer_of_its_own_module(name):
    function = writer(WRITERS[name])
    assert function.__module__ == f"pipeline.writers.{name}"
    assert list(inspect.signature(function).parameters) == ["snapshot", "previous"]


def test_every_module_that_makes_artifacts_is_registered():
    folder = Path(inspect.getfile(writer(WRITERS["works"]))).parent
    modules = {f.stem: f for f in folder.glob("*.py")}
    modules |= {f.parent.name: f for f in folder.glob("*/__init__.py")}
    making = {name for name, f in modules.items() if "def artifacts(" in f.read_text("utf-8")}
    assert making == set(WRITERS)


def test_no_path_comes_twice_and_all_are_plain(make):
    paths = [a.path for a in write(make.snapshot(make.author("a"), make.author("B b/../")))]
    assert len(set(map(str.casefold, paths))) == len(paths)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", p) for p in paths)
    assert not any(".." in p for p in paths)


def test_two_authors_of_one_key_are_told_so(make):
    with pytest.raises(ConfigError, match="own key"):
        list(write(make.snapshot(make.author("same"), make.author("same"))))


def test_artifacts_come_in_registry_order_and_are_made_as_they_are_asked_for(make):
    first = next(write(make.snapshot()))
    assert first.path == "gs_data.json"


def catalogue(text):
    """Paths of the page's first table, `<...>` standing for one name."""
    table = text.partition("| file |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", table, flags=re.MULTILINE)
    return {path for row in rows for path in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize("page", ["output/README.md", "docs/artifacts.md"])
def test_every_artifact_is_in_the_catalogue_and_the_catalogue_holds_no_other(make, page):
    listed = catalogue((ROOT / page).read_text("utf-8"))
    patterns = {p: re.compile(re.sub(r"<[a-z]+>", "[^/]+", p.replace(".", r"\."))) for p in listed}
    paths = [a.path for a in write(make.snapshot(charts=True))]
    root = {p for p in paths if not p.startswith("authors/")} | {"run.json"}
    unlisted = [p for p in root if not any(x.fullmatch(p) for x in patterns.values())]
    unmade = [p for p, x in patterns.items() if not any(map(x.fullmatch, root))]
    assert unlisted == []
    assert unmade == []


def test_every_folder_of_an_author_has_the_files_of_the_root(make):
    paths = {a.path for a in write(make.snapshot())}
    root = {p for p in paths if "/" not in p and p != "scholar-metrics.js"}
    assert {p.removeprefix("authors/me/") for p in paths if p.startswith("authors/me/")} == root


def test_the_package_starts_without_anything_heavy():
    code = (
        "import sys, pipeline.writers as w; [w.writer(t) for t in w.WRITERS.values()];"
        "print(sorted({'pandas', 'pyarrow', 'scrapy', 'pydantic', 'numpy'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
