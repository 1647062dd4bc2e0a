"""Some authors of a measured snapshot, by a list of their ids."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.scale.openalex.ids import number


def read_ids(path: Path) -> tuple[int, ...]:
    """Authors of a list, an id a line; empty lines and those after `#` are skipped.

    Raises:
        ConfigError: a line is no author's id, or the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{path}: {reason}; give a text file with an author's id a line") from (
            error
        )
    found: dict[int, None] = {}
    for place, line in enumerate(lines, start=1):
        text = re.sub(r"#.*", "", line).strip()
        if not text:
            continue
        author = number(text, "A") or number(f"A{text}", "A")
        if not author:
            raise ConfigError(
                f"{path}, line {place}: {text[:60]!r}; give an author's id as OpenAlex has it, "
                "A5023888391 or https://openalex.org/A5023888391"
            )
        found[author] = None
    return tuple(found)


def rows_of(
    result: Path, authors: Sequence[int], *, columns: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Rows of these authors, `author_id` and the columns that the result has."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted = np.array(authors, dtype=np.int64)
    with pq.ParquetFile(result, page_checksum_verification=True) as file:
        names = [name for name in file.schema_arrow.names if name in columns or name == "author_id"]
        for group in range(file.num_row_groups):
            owners = file.read_row_group(group, columns=["author_id"])["author_id"].to_numpy()
            chosen = np.flatnonzero(np.isin(owners, wanted))
            if len(chosen):
                found = file.read_row_group(group, columns=names).take(pa.array(chosen))
                yield from found.to_pylist()
