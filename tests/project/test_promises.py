"""Every test that the documentation names as the holder of a promise is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
PAGES = [ROOT / "docs" / f"{name}.md" for name in ("reliability", "limits", "security")]
NAMED = re.compile(r"`(?:tests/)?([\w/]+\.py)(?:::(test_\w+))?`")


def named(page):
    return [
        (path, test)
        for path, test in NAMED.findall(page.read_text())
        if path.rpartition("/")[2].startswith("test_")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_test_that_holds_a_promise_is_there(page):
    holders = named(page)
    assert holders
    for path, test in holders:
        files = list(TESTS.rglob(path))
        assert files, path
        begin = re.compile(rf"^def {test}\(", re.MULTILINE)
        assert not test or any(begin.search(file.read_text()) for file in files), test


def test_no_promise_is_without_a_test():
    rows = [
        line
        for line in (ROOT / "docs/reliability.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith(("| promise", "|---"))
    ]
    assert len(rows) > 30
    assert [row for row in rows if not NAMED.search(row)] == []
