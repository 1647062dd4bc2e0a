"""Memory beside the rows: what is loaded and what is kept while a file is measured."""

from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.measure import pool

CHOICE = "ARROW_DEFAULT_MEMORY_POOL"
MEASURED = """
import sys
from pathlib import Path
from pipeline.scale.measuring import measure_rows
measure_rows(Path(sys.argv[1]), output=Path(sys.argv[2]), now_year=2026)
import pyarrow
print("pandas" in sys.modules, pyarrow.default_memory_pool().backend_name)
"""


def test_a_file_is_measured_to_a_file_without_pandas_from_the_systems_memory(tmp_path, monkeypatch):
    monkeypatch.delenv(CHOICE, raising=False)
    columns = {"author_id": [1, 1, 2], "cited_by_count": [3, None, 0], "year": [2024, 2025, 2020]}
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    command = [sys.executable, "-c", MEASURED, tmp_path / "in.parquet", tmp_path / "out.parquet"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "system"]
    assert pq.read_table(tmp_path / "out.parquet")["papers"].to_pylist() == [2, 1]


@pytest.mark.parametrize("chosen", [None, "mimalloc"])
def test_a_choice_that_somebody_made_stands(monkeypatch, chosen):
    monkeypatch.delitem(sys.modules, "pyarrow")
    if chosen is None:
        monkeypatch.delenv(CHOICE, raising=False)
    else:
        monkeypatch.setenv(CHOICE, chosen)
    pool.plain()
    assert pool.os.environ[CHOICE] == (chosen or "system")


def test_where_arrow_is_loaded_nothing_is_chosen(monkeypatch):
    monkeypatch.delenv(CHOICE, raising=False)
    pool.plain()
    assert CHOICE not in pool.os.environ
