"""A result in Parquet read for people, or made a CSV file, some authors at a time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.scale.disk import storage, sync

if TYPE_CHECKING:
    import pandas as pd


def read_sorted(path: Path) -> pd.DataFrame:
    """The whole result, by rising `author_id`."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        frame: pd.DataFrame = file.read().to_pandas()
    return frame.sort_values("author_id", ignore_index=True)


def write_csv(path: Path, output: Path) -> None:
    """The result as CSV, as `write_result` writes it: temporary file, sync, rename.

    Raises:
        StorageError: the disk refuses.
    """
    import pyarrow.parquet as pq

    part = output.with_name(f".{output.name}.part")
    with storage(output), pq.ParquetFile(path) as file:
        try:
            with part.open("w", encoding="utf-8", newline="") as out:
                for number in range(max(file.num_row_groups, 1)):
                    group = file.read_row_group(number) if file.num_row_groups else file.read()
                    group.to_pandas().to_csv(
                        out, index=False, header=number == 0, lineterminator="\r\n"
                    )
                out.flush()
                os.fsync(out.fileno())
            part.replace(output)
            sync(output.absolute().parent)
        finally:
            part.unlink(missing_ok=True)
