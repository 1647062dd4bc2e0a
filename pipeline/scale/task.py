"""What a thread or a worker is given to do: small, alone, and as often as need be.

A task reads files and gives back bytes or a fault; it may be killed and run again anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, ScholarMetricsError
from pipeline.measure.arrow import integers, known
from pipeline.metrics import OutsideBudget, Packer, measure_arrays, measure_core
from pipeline.metrics.compiled import load
from pipeline.scale.encoded import encoded

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_COUNTS = "cited_by_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bucket to measure."""

    files: tuple[Path, ...]
    rows: int
    columns: tuple[str, ...]
    owner: str
    """Type of the ids."""
    names: tuple[str, ...]
    """Figures wanted, in order."""
    now_year: int
    metrics: str
    """`core` or `all`."""
    is_large: bool
    """Whether there is so much to do in all that compiled code pays for its import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error that is nobody's but the data's: to be told, and not to be tried again."""

    error: ScholarMetricsError


def figures_of(bucket: Bucket) -> bytes | Fault:
    """Figures of a bucket's authors as the bytes of a Parquet file."""
    import pyarrow as pa

    if bucket.is_large:
        load()
    try:
        return encoded(_measured(bucket), bucket.names, owner=bucket.owner)
    except ScholarMetricsError as error:
        return Fault(error=error)
    except (OSError, pa.ArrowInvalid) as error:
        reason = str(error).splitlines()[0]
        where = ", ".join(map(str, bucket.files))
        message = f"{where}: cannot be read ({reason}); make the buckets again"
        return Fault(error=ConfigError(message))


def _measured(bucket: Bucket) -> dict[str, NDArray[Any]]:
    if bucket.metrics == "core":
        try:
            return _packed(bucket)
        except OutsideBudget:
            pass
    given: dict[str, Any] = _columns(bucket)
    owners, counts = given.pop("author_id"), given.pop(_COUNTS)
    if bucket.metrics == "core":
        year = given.get("year")
        return dict(measure_core(owners, counts, year=year, now_year=bucket.now_year))
    return dict(measure_arrays(owners, counts, **given, now_year=bucket.now_year))


def _packed(bucket: Bucket) -> dict[str, NDArray[Any]]:
    has_year = "year" in bucket.columns
    packer = Packer(bucket.rows, now_year=bucket.now_year, has_year=has_year)
    names = ["author_id", _COUNTS, *(["year"] if has_year else [])]
    for path in bucket.files:
        file = _opened(path)
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=names, use_threads=False)
            owners = integers(table["author_id"])
            counts, unknown = known(table[_COUNTS])
            years, unknown_year = known(table["year"]) if has_year else (None, None)
            packer.add(owners, counts, years, unknown=unknown, unknown_year=unknown_year)
    return packer.measure()


def _columns(bucket: Bucket) -> dict[str, NDArray[Any]]:
    """Every column whole, as floats with NaN where some are unknown."""
    found: dict[str, list[NDArray[Any]]] = {name: [] for name in bucket.columns}
    for path in bucket.files:
        table = _opened(path).read(columns=list(bucket.columns), use_threads=False)
        found["author_id"].append(integers(table["author_id"]))
        for name in bucket.columns[1:]:
            values, unknown = known(table[name])
            found[name].append(values if unknown is None else np.where(unknown, np.nan, values))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _opened(path: Path) -> pq.ParquetFile:
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, page_checksum_verification=True)


def raised(result: Any) -> Any:
    """The result, or the fault as the error that it is."""
    if isinstance(result, Fault):
        raise result.error
    return result


def told(paths: Sequence[Path]) -> str:
    """Paths in few words."""
    return str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
