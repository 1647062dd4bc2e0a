"""Works out of a Parquet file of a snapshot: four leaves of the table, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError
from pipeline.scale.openalex.layout import Source
from pipeline.scale.openalex.works import Raw, Works, Wrong, works

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

BATCH = 1 << 16
"""Works at once: about 30 MB with their authors."""
_PLAIN = ("id", "cited_by_count", "publication_year")
_AUTHOR = ("authorships", "author", "id")
_AGAIN = "download it again"


def read_parquet(source: Source) -> Iterator[Works]:
    """Batches of works, in the order of the file.

    Raises:
        ConfigError: the file is damaged, a column is missing or holds what it should not.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    before = 0
    try:
        with pq.ParquetFile(source.path, page_checksum_verification=True) as file:
            leaves = _leaves(source, file)
            for batch in file.iter_batches(BATCH, columns=leaves, use_threads=False):
                try:
                    yield works(_raw(batch))
                except Wrong as error:
                    raise ConfigError(
                        f"{source.path}, row {before + error.row + 1}, {error}; {_AGAIN}"
                    ) from error
                before += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"{source.path}: cannot be read as Parquet after row {before} ({reason}); {_AGAIN}"
        ) from error


def _leaves(source: Source, file: pq.ParquetFile) -> list[str]:
    """Paths of the leaves that are read: how lists are spelt differs between writers."""
    import pyarrow as pa

    schema = file.schema_arrow
    for name in _PLAIN:
        if name not in schema.names:
            raise _missing(source, name)
        kind = schema.field(name).type
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        if not (is_text if name == "id" else pa.types.is_integer(kind)):
            wanted = "text" if name == "id" else "whole numbers"
            raise ConfigError(
                f"{source.path}, column {name}: values of type {kind}, not {wanted}; {_AGAIN}"
            )
    return [*_PLAIN, _author_leaf(source, file)]


def _author_leaf(source: Source, file: pq.ParquetFile) -> str:
    columns = (file.schema.column(i) for i in range(len(file.schema)))
    for column in columns:
        parts = column.path.split(".")
        if parts[0] == _AUTHOR[0] and tuple(parts[-2:]) == _AUTHOR[1:]:
            if column.physical_type != "BYTE_ARRAY":
                raise ConfigError(
                    f"{source.path}, column {'.'.join(_AUTHOR)}: {column.physical_type}, not text; "
                    f"{_AGAIN}"
                )
            return str(column.path)
    raise _missing(source, ".".join(_AUTHOR))


def _missing(source: Source, column: str) -> ConfigError:
    return ConfigError(f"{source.path}: no column {column}; {_AGAIN}, these are no works")


def _raw(batch: pa.RecordBatch) -> Raw:
    return Raw(**{name: batch.column(name) for name in _PLAIN}, authors=author_ids(batch))


def author_ids(batch: pa.RecordBatch) -> Any:
    """`authorships[].author.id` as lists of ids, none where a work names no authors."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lists = batch.column("authorships")
    if lists.offset:
        lists = pa.concat_arrays([lists])
    inside = pc.struct_field(lists.values, ["author", "id"])
    if pa.types.is_dictionary(inside.type):
        inside = inside.cast(inside.type.value_type)
    mask = lists.is_null() if lists.null_count else None
    kind = pa.LargeListArray if pa.types.is_large_list(lists.type) else pa.ListArray
    return kind.from_arrays(lists.offsets, inside, mask=mask)
