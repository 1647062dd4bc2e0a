"""The result: figures of every author with first and last year, and the table by year.

Two Parquet files, bucket by bucket, within one by rising author; each is wholly old or wholly
new.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import StorageError
from pipeline.scale.buckets import Buckets
from pipeline.scale.openalex import years as by_year
from pipeline.scale.openalex.disk import durable, synced
from pipeline.scale.openalex.progress import Progress
from pipeline.scale.openalex.years import Years, read_bucket

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_AHEAD = 1
"""Buckets that are read while one is written; each takes some 200 MB."""


def years_beside(output: Path) -> Path:
    """Where the table by year lies: `authors.parquet` has `authors.years.parquet`."""
    return output.with_name(f"{output.stem}.years.parquet")


def write(figures: Path, buckets: Buckets, output: Path, *, progress: Progress) -> None:
    """Both tables of the result.

    Args:
        figures: what `measure_buckets` wrote of these buckets.

    Raises:
        StorageError: the disk refuses, or a file of the work folder was damaged.
    """
    import pyarrow.parquet as pq

    with (
        pq.ParquetFile(figures, page_checksum_verification=True) as measured,
        durable(output) as first,
        durable(years_beside(output)) as second,
        _writer(second, by_year.schema()) as of_years,
        _writer(first, _schema(measured.schema_arrow)) as of_authors,
    ):
        rows = _Rows(measured)
        done = 0
        for number, years in enumerate(_ahead(buckets), start=1):
            found = rows.take(len(years.authors))
            if not np.array_equal(found["author_id"].to_numpy(), years.authors):
                raise StorageError(
                    f"{figures}: not of these buckets; remove the work folder and run again"
                )
            if done or len(years.authors) or number == len(buckets):
                of_authors.write_table(_with_span(found, years))
                of_years.write_table(by_year.table(years))
            done += len(years.authors)
            progress.count("writing", number, len(buckets), unit="buckets")
    synced(output.parent)
    progress.done("writing", done, unit="authors")


class _Rows:
    """Rows of a Parquet file, as many at a time as are asked for."""

    def __init__(self, file: pq.ParquetFile) -> None:
        import pyarrow as pa

        self._batches = file.iter_batches(1 << 18, use_threads=False)
        self._waiting: deque[Any] = deque()
        self._empty = pa.Table.from_batches([], schema=file.schema_arrow)

    def take(self, count: int) -> pa.Table:
        import pyarrow as pa

        taken = []
        while count:
            if not self._waiting:
                batch = next(self._batches, None)
                if batch is None:
                    break
                self._waiting.append(batch)
            batch = self._waiting.popleft()
            taken.append(batch.slice(0, count))
            if batch.num_rows > count:
                self._waiting.append(batch.slice(count))
            count -= taken[-1].num_rows
        return pa.Table.from_batches(taken, schema=self._empty.schema)


def _ahead(buckets: Buckets) -> Iterator[Years]:
    with ThreadPoolExecutor(_AHEAD) as pool:
        waiting: deque[Future[Years]] = deque()
        for files in buckets.files:
            waiting.append(pool.submit(read_bucket, files))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _schema(figures: pa.Schema) -> pa.Schema:
    import pyarrow as pa

    fields = [("first_year", pa.int16()), ("last_year", pa.int16())]
    return pa.schema([*figures.remove_metadata(), *(pa.field(*f) for f in fields)])


def _with_span(figures: pa.Table, years: Years) -> pa.Table:
    import pyarrow as pa

    for name, values in (("first_year", years.first), ("last_year", years.last)):
        figures = figures.append_column(name, pa.array(values, mask=values == 0))
    return figures.replace_schema_metadata(None)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=1, write_page_checksum=True
    )
