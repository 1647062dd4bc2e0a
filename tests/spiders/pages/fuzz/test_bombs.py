"""Bodies that are made to cost: each is read or refused within a second and 200 MB."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spiders.registry import PROVIDERS

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
SECONDS_A_MB = 1.0
SLACK = 3.0
GROWTH = 200.0


def bombed(provider):
    done = subprocess.run(
        [sys.executable, str(HERE / "bombs.py"), provider, str(HERE.parent / "fixtures")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=1800 if os.environ.get("SCHOLAR_METRICS_FUZZ") else 120,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (rows[-1:], done.stderr[-2000:])
    return rows


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_body_made_to_cost_is_read_or_refused_in_bounded_time_and_memory(provider):
    rows = bombed(provider)
    assert len(rows) > 60
    assert {row["came"] for row in rows} >= {"LayoutChanged", "records"}
    assert [row for row in rows if row["came"].startswith("NOT OURS")] == []
    slow = [r for r in rows if r["seconds"] > SLACK * SECONDS_A_MB * max(1, r["bytes"] / 1e6)]
    assert slow == []
    assert [row for row in rows if row["grown"] > GROWTH] == []
