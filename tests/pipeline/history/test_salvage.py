from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from pipeline.errors import StorageError
from pipeline.history import History, columns, salvage, tables


def test_files_are_found_by_what_their_footers_say(lived):
    root = lived()
    found = salvage.scan(root)
    assert found.sequence == 5
    entry = found.files["changes/year=2026/month=03/run4.parquet"]
    assert (entry.first, entry.last) == (4, 4)
    assert entry.size == (root / "changes/year=2026/month=03/run4.parquet").stat().st_size


def test_damaged_and_foreign_files_are_left_out(lived):
    root = lived()
    (root / "changes/year=2026/month=03/run4.parquet").write_bytes(b"x")
    path = root / "changes/year=2026/month=03/run5.parquet"
    data = bytearray(path.read_bytes())
    group = pq.ParquetFile(path).metadata.row_group(0)
    column = next(c for i in range(9) if (c := group.column(i)).path_in_schema == "value")
    data[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    path.write_bytes(data)
    (root / "mine.parquet").write_bytes(b"x")
    names = set(salvage.scan(root).files)
    assert not {n for n in names if n.endswith(("changes/mine.parquet", "run4.parquet"))} - {
        "runs/year=2026/month=03/run4.parquet"
    }
    assert "changes/year=2026/month=03/run5.parquet" not in names
    assert "runs/year=2026/month=03/run5.parquet" in names


def test_a_file_of_a_newer_version_is_refused(lived):
    root = lived()
    data = columns.pack(
        tables.CHANGES,
        columns.table(tables.CHANGES, []),
        mark={"schema": 2, "kind": "changes", "first": 9, "last": 9},
    )
    (root / "changes/later.parquet").write_bytes(data)
    for name in ("manifest.json", "manifest.copy.json"):
        (root / name).unlink()
    with pytest.raises(StorageError, match="newer version"):
        History(root).states()
