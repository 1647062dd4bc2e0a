"""What the documentation tells people to type works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
TEXT = (PROJECT / "docs" / "history.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)


def test_there_is_code_to_try():
    assert len(BLOCKS) == 4


@pytest.mark.parametrize("code", BLOCKS, ids=["records", "curve", "duckdb", "ours"])
def test_the_code_of_the_documentation_runs(kit, lived, code):
    if "duckdb" in code:
        pytest.importorskip("duckdb")
    root = lived()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root.parent,
        env={"PYTHONPATH": str(PROJECT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "On subject" in done.stdout or "openalex" in done.stdout or "54" in done.stdout


def test_every_path_of_a_history_is_documented(kit, lived):
    root = lived()
    for path in kit.tree(root):
        name = re.sub(r"run\d+", "<run>", path)
        name = re.sub(r"runs-\d+-\d+", "<run>", name)
        name = re.sub(r"year=\d+/month=\d+", "year=YYYY/month=MM", name)
        name = re.sub(r"state/previous/.*", "state/previous/", name)
        assert f"`{name}`" in TEXT, path
