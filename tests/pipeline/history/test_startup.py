"""Start-up is part of the product: what is not needed is not loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]

SAID = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pipeline.history import History
from pipeline.model import Collected
from spiders.items import AuthorRecord, WorkRecord
def told(*names):
    loaded = [n for n in names if n in sys.modules]
    assert not loaded, loaded
told("pyarrow", "pandas", "numpy", "filelock", "scrapy")
root = Path(sys.argv[1])
"""

READ = """
assert len(History(root).summary()) == 4
told("pyarrow", "pandas", "numpy", "scrapy")
"""

WRITE = """
for day in (30, 31, 400):
    history = History(root)
    history.states()
    work = WorkRecord(provider="p", record_id="r", title="t", cited_by_count=day)
    author = AuthorRecord(provider="p", author_id="a", h_index=1)
    answer = Collected(author_key="k", provider="p", author=author, works=(work,))
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=day)
    plan = history.plan([answer], at=at)
    done = history.commit(plan, outcomes=(), run_id=f"new{day}", at=at)
assert done.compacted
assert len(history.series(record_id="r")) == 3
assert history.runs() and history.verify() == []
told("pandas", "scrapy")
"""


@pytest.mark.parametrize("script", [READ, WRITE], ids=["summary", "states, plan and commit"])
def test_nothing_is_loaded_that_is_not_needed(lived, script):
    root = lived()
    command = [sys.executable, "-c", SAID + script, str(root)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
