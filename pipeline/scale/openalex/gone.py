"""Ids of works that were deleted or merged into others: `deleted_ids.csv`, `merged_ids/works/`.

The deletion log (`work_id,deleted_date`) is cumulative, and a deleted id never comes back. The
lists of merged works (`merge_date,id,merge_into_id`) are what snapshots had before 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError
from pipeline.scale.openalex.ids import NotAnId, numbers

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_NAMES = ("work_id", "id")
_AGAIN = "download it again"


def gone(path: Path) -> Iterator[NDArray[np.int64]]:
    """Numbers of the works of a list, a batch at a time.

    Raises:
        ConfigError: it is damaged or no such list; names the line.
    """
    import pyarrow as pa
    from pyarrow import csv

    line = 2
    try:
        with csv.open_csv(_opened(path), convert_options=_as_text()) as reader:
            names = reader.schema.names
            name = next((n for n in _NAMES if n in names), None)
            if name is None:
                raise ConfigError(f"{path}, line 1: no column work_id or id; {_AGAIN}")
            for batch in reader:
                column = batch.column(names.index(name))
                yield numbers(column, "W")
                line += batch.num_rows
    except NotAnId as error:
        raise ConfigError(
            f"{path}, line {line + error.row}: {error.value!r} is no work's id; {_AGAIN}"
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise ConfigError(f"{path}: {str(error).splitlines()[0]}; {_AGAIN}") from error


def _opened(path: Path) -> pa.NativeFile:
    import pyarrow as pa

    raw = pa.OSFile(str(path))
    return pa.CompressedInputStream(raw, "gzip") if path.suffix == ".gz" else raw


def _as_text() -> object:
    """Ids as text, and an empty cell as such."""
    import pyarrow as pa
    from pyarrow import csv

    return csv.ConvertOptions(
        column_types=dict.fromkeys(_NAMES, pa.string()), strings_can_be_null=False
    )
