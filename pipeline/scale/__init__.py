"""From one author to all of them: the kernel of `pipeline.metrics` over more rows than fit memory.

Rows are partitioned by author into buckets (`buckets`), each of which is measured alone, by
threads or on Dask (`engine`, `cluster`), and the results become one Parquet file. An engine
changes the time, never a figure.
"""

from __future__ import annotations

from pipeline.scale.buckets import Buckets, BucketWriter
from pipeline.scale.engine import Measured, measure_buckets

__all__ = ["BucketWriter", "Buckets", "Measured", "measure_buckets"]
