"""The rows of the scale benchmarks: those of `measure.py`, and the same as buckets."""

from __future__ import annotations

import os
from pathlib import Path

import measure

NOW = measure.NOW
COLUMNS = measure.COLUMNS
DATA = Path(os.environ.get("SCHOLAR_METRICS_BENCH_DATA", measure.DATA))
"""Where made data lies: 4 GB for 1e8 rows."""
measure.DATA = DATA


def unsorted_file(rows: int) -> Path:
    """A Parquet file of so many rows in random order."""
    return measure.make(rows)


def bucketed(rows: int, *, buckets: int = 64) -> Path:
    """The same rows as a folder of buckets."""
    from pipeline.scale.buckets import Buckets, BucketWriter
    from pipeline.scale.rows import batches, source

    path = DATA / f"buckets-{rows}-{buckets}"
    if Buckets.exist(path):
        return path
    found = source(unsorted_file(rows), metrics="core")
    with BucketWriter(path, buckets=buckets, made_of={"rows": rows}) as writer:
        for one in found.of_at_least(rows):
            for batch in batches(one, found.columns):
                counts, years = (batch.columns[n].numbers for n in COLUMNS[1:])
                writer.add(batch.authors, counts, years)
    return path
