"""What is kept of each data file: a small Parquet file, so that nothing is parsed twice.

An extract holds a work's number, citations, year and authors, about a fiftieth of what the data
file holds. It names the data file, its size and its time in its own footer; the set of extracts
is the journal of what is done. Written beside, synced, renamed: it is whole or not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import ConfigError, StorageError
from pipeline.measure.arrow import known
from pipeline.scale.openalex.disk import durable, synced
from pipeline.scale.openalex.jsonl import read_jsonl
from pipeline.scale.openalex.layout import Source
from pipeline.scale.openalex.parquet import read_parquet
from pipeline.scale.openalex.works import Works

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

FORM = "scholar-metrics/extract/1"
"""Changes when an extract of before could no longer be read, or would be another."""
_KEY = b"scholar-metrics"
_ROWS = 1 << 17


class Stopped(Exception):
    """A file was left unfinished because the whole run ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """One data file's works, on the disk."""

    path: Path
    source: Source
    works: int
    most: int
    """Largest number of a work; -1 without works."""
    size: int
    """Bytes of the extract."""


class Extracts:
    """The folder of extracts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def kept(self, sources: Sequence[Source]) -> dict[str, Extract]:
        """Extracts of these very files, by the name of the file; all others are removed."""
        found: dict[str, Extract] = {}
        places = {self.place(source): source for source in sources}
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            source = places.get(path)
            extract = None if source is None else _opened(path, source)
            if extract is None:
                with suppress(FileNotFoundError):
                    path.unlink()
            else:
                found[extract.source.name] = extract
        return found

    def place(self, source: Source) -> Path:
        """Where a file's extract lies."""
        return self.folder / f"{source.name.replace('/', '~')}.extract.parquet"

    def make(self, source: Source, stop: Event) -> Extract:
        """Parse a data file; give up, without a trace, once `stop` is set.

        Raises:
            ConfigError: it is damaged, or has another number of works than its manifest says.
            StorageError: the work folder cannot be written.
            Stopped: somebody else failed.
        """
        batches = read_parquet(source) if source.is_parquet else read_jsonl(source)
        path = self.place(source)
        works, most = 0, -1
        with durable(path) as beside, _writer(beside, source) as writer:
            for batch in batches:
                if stop.is_set():
                    raise Stopped(source.name)
                works += batch.rows
                most = max(most, int(batch.work.max(initial=-1)))
                writer.write_table(_table(batch))
            if source.rows is not None and works != source.rows:
                raise ConfigError(
                    f"{source.path}: {works:,} works, the manifest says {source.rows:,}; download "
                    "it again, or remove the manifest to read the folder as it lies"
                )
        return Extract(path=path, source=source, works=works, most=most, size=path.stat().st_size)

    def sync(self) -> None:
        """Make the names of the extracts durable."""
        synced(self.folder)


def read(extract: Extract) -> Iterator[Works]:
    """Its batches, the last one first; rows of a batch in the order of the data file.

    Raises:
        StorageError: the extract was damaged after it was written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(extract.path, page_checksum_verification=True) as file:
            for group in reversed(range(file.num_row_groups)):
                yield _works(file.read_row_group(group, use_threads=False))
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise StorageError(
            f"{extract.path}: damaged ({reason}); remove it and run again, it is made anew"
        ) from error


def _said(source: Source) -> dict[str, Any]:
    """What ties an extract to its data file."""
    return {
        "form": FORM,
        "source": source.name,
        "size": source.size,
        "mtime_ns": source.mtime_ns,
        "rows": source.rows,
    }


def _opened(path: Path, source: Source) -> Extract | None:
    """The extract, `None` when it is of another file, of another time, or not whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            about = file.metadata
            said = (file.schema_arrow.metadata or {}).get(_KEY, b"")
            column = [
                g.column(0).statistics for g in map(about.row_group, range(about.num_row_groups))
            ]
            if json.loads(said) != _said(source):
                return None
            return Extract(
                path=path,
                source=source,
                works=about.num_rows,
                most=max((s.max for s in column), default=-1),
                size=path.stat().st_size,
            )
    except (pa.ArrowException, OSError, ValueError, TypeError, AttributeError):
        return None


def _writer(path: Path, source: Source) -> pq.ParquetWriter:
    import pyarrow.parquet as pq

    schema = _schema().with_metadata({_KEY: json.dumps(_said(source))})
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=["cited_by_count", "publication_year"],
        column_encoding={"work": "DELTA_BINARY_PACKED"},
        write_page_checksum=True,
        write_statistics=["work"],
    )


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("work", pa.int64(), nullable=False),
            ("cited_by_count", pa.int32()),
            pa.field("publication_year", pa.int16(), nullable=False),
            pa.field(
                "authors", pa.list_(pa.field("element", pa.int64(), nullable=False)), nullable=False
            ),
        ]
    )


def _table(works: Works) -> pa.Table:
    import pyarrow as pa

    schema = _schema()
    lists = pa.ListArray.from_arrays(
        pa.array(works.starts), pa.array(works.authors), type=schema.field("authors").type
    )
    counts = pa.array(works.citations.astype(np.int32), mask=works.unknown)
    columns = [pa.array(works.work), counts, pa.array(works.year), lists]
    return pa.Table.from_arrays(columns, schema=schema)


def _works(table: pa.Table) -> Works:
    column = {name: table[name].combine_chunks() for name in table.column_names}
    counts, unknown = known(table["cited_by_count"])
    return Works(
        work=column["work"].to_numpy(),
        citations=counts,
        unknown=np.zeros(len(counts), dtype=np.bool_) if unknown is None else unknown,
        year=column["publication_year"].to_numpy(),
        starts=column["authors"].offsets.to_numpy(),
        authors=column["authors"].values.to_numpy(),
    )
