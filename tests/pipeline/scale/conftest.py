from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.measure import measure_parquet
from pipeline.scale.buckets import Buckets, BucketWriter


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows in a file, as buckets, and measured the way that holds the whole table."""

    path: Path

    def buckets(self, folder, *, number=5):
        """The same rows in two parts of buckets."""
        table = pq.read_table(self.path)
        half = table.num_rows // 2
        parts = []
        for place, part in enumerate([table.slice(0, half), table.slice(half)]):
            name = folder / f"part-{place}"
            with BucketWriter(name, buckets=number, made_of={}, rows_a_group=7) as writer:
                counts, unknown = numbers(part["cited_by_count"])
                years, unknown_year = numbers(part["year"])
                owners = part["author_id"].to_numpy()
                writer.add(owners, counts, years, unknown=unknown, unknown_year=unknown_year)
            parts.append(Buckets.open(name))
        return Buckets.together(parts)

    def expected(self, metrics="all"):
        return measure_parquet(self.path, now_year=2026, metrics=metrics)


def numbers(column):
    gaps = column.is_null().to_numpy()
    return np.nan_to_num(column.to_numpy().astype(float)).astype(np.int64), gaps


@pytest.fixture
def write(tmp_path):
    def write(authors, counts, years, *, name="rows.parquet", ids=None, group=9, **others):
        table = pa.table(
            {
                "author_id": pa.array(authors, ids or pa.int64()),
                "cited_by_count": pa.array(counts, pa.int64()),
                "year": pa.array(years, pa.int16()),
                **{n: pa.array(values, pa.int32()) for n, values in others.items()},
            }
        )
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        pq.write_table(table, path, row_group_size=group)
        return Rows(path=path)

    return write


@pytest.fixture
def rows(write):
    """Some hundred rows with gaps, ties, an author who has most of them, and wide ids."""
    rng = np.random.default_rng(5)
    owners = rng.choice([3, 9, 9, 9, 41, 5_000_000_001, 1 << 40], 300)
    counts = [None if v % 7 == 0 else int(v) for v in rng.integers(0, 60, 300)]
    years = [None if v % 5 == 0 else int(v) for v in rng.integers(2011, 2027, 300)]
    return write(owners.tolist(), counts, years, group=64)


@pytest.fixture(scope="session")
def assert_same():
    def same(path, expected):
        found = pd.read_parquet(path).sort_values("author_id", ignore_index=True)
        pd.testing.assert_frame_equal(found, expected, check_exact=True)

    return same
