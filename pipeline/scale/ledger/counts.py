"""A table as a ledger takes it: a row for each work of each author, sorted and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError
from pipeline.measure.arrow import Refuse, Whole, whole
from pipeline.measure.papers import REQUIRED, check_header, fault, place
from pipeline.measure.parquet import read_ahead, streamed
from pipeline.scale.ledger.pairs import is_sorted, order_of
from pipeline.scale.rows import damaged, files_of

COLUMNS = ("author_id", "work_id", REQUIRED)
_ROWS_AT_ONCE = 1 << 19
_IDS = {
    "author_id": "give every row the id of its author, a whole number (for OpenAlex without the A)",
    "work_id": "give every row the id of its work, a whole number (for OpenAlex without the W)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows by rising author and work, each pair once; arrays of one length."""

    author: NDArray[np.int64]
    work: NDArray[np.int64]
    count: NDArray[np.int64]
    """0 where unknown."""
    unknown: NDArray[np.bool_]

    @property
    def rows(self) -> int:
        """How many pairs."""
        return len(self.author)

    @property
    def authors(self) -> int:
        """How many authors."""
        return int(np.count_nonzero(np.diff(self.author))) + 1 if self.rows else 0


def rows_of(path: Path) -> int:
    """Rows of a table, by the footers of its files.

    Raises:
        ConfigError: no Parquet file, one that is damaged, or one without a needed column.
    """
    found = 0
    for file in files(path):
        with _opened(file) as opened:
            check_header(place(file), opened.schema_arrow.names)
            for name in COLUMNS:
                if name not in opened.schema_arrow.names:
                    raise ConfigError(
                        f"{file}: no column {name}; a ledger follows each work of each author: "
                        f"give {', '.join(COLUMNS)}"
                    )
            found += opened.metadata.num_rows
    return found


def files(path: Path) -> list[Path]:
    """The Parquet files of a table.

    Raises:
        ConfigError: there is none.
    """
    found = files_of(path)
    if not found:
        raise ConfigError(f"{path}: no .parquet file in it; name a folder that has some")
    return found


def parts(path: Path) -> Iterator[tuple[NDArray[Any], NDArray[Any], Whole]]:
    """Authors, works and counts of one file, some rows at a time, in the order of the file.

    Raises:
        ConfigError: it is damaged, or the first value that is wrong.
    """
    import pyarrow as pa

    before = 0
    try:
        with _opened(path) as file:
            batches = file.iter_batches(_ROWS_AT_ONCE, columns=list(COLUMNS), use_threads=True)
            for batch in batches:
                table = pa.Table.from_batches([batch])
                author, work, count = (
                    whole(n, table[n], _refusal(path, n, before)) for n in COLUMNS
                )
                for name, ids in (("author_id", author), ("work_id", work)):
                    if ids.unknown is not None:
                        raise _refusal(path, name, before)(int(np.argmax(ids.unknown)), "")
                before += batch.num_rows
                yield author.numbers, work.numbers, count
    except (OSError, pa.ArrowInvalid) as error:
        raise damaged(path, error) from error


class OutOfOrder(Exception):
    """Rows that do not rise by author and work."""


def in_order(paths: Sequence[Path]) -> Iterator[Counts]:
    """The rows of some files as they lie there, some at a time; the next ones are read ahead.

    Raises:
        ConfigError: as `parts` says, or a pair that stands twice.
        OutOfOrder: the rows are not sorted, or not from file to file.
    """
    last = (-1, -1)
    for path in paths:
        for author, work, count in read_ahead(parts(path)):
            if not len(author):
                continue
            if (author[0], work[0]) < last or not is_sorted(author, work):
                raise OutOfOrder
            if (author[0], work[0]) == last:
                raise _twice(paths, *last)
            _refuse_twice(paths, author, work)
            last = (int(author[-1]), int(work[-1]))
            unknown = count.unknown
            yield Counts(
                author=author.astype(np.int64, copy=False),
                work=work.astype(np.int64, copy=False),
                count=count.numbers.astype(np.int64, copy=False),
                unknown=np.zeros(len(author), np.bool_) if unknown is None else unknown,
            )


def read(paths: Sequence[Path]) -> Counts:
    """The rows of some files, in memory: 40 bytes a row and as much again for the while.

    Raises:
        ConfigError: as `parts` says, or a pair that stands twice.
    """
    rows = sum(map(_rows, paths))
    author, work, count = (np.empty(rows, dtype=np.int64) for _ in COLUMNS)
    unknown = np.zeros(rows, dtype=np.bool_)
    begin = 0
    for path in paths:
        for authors, works, counts in read_ahead(parts(path)):
            cut = slice(begin, begin + len(authors))
            author[cut], work[cut], count[cut] = authors, works, counts.numbers
            if counts.unknown is not None:
                unknown[cut] = counts.unknown
            begin = cut.stop
    order = order_of(author, work)
    if order is not None:
        author, work, count, unknown = author[order], work[order], count[order], unknown[order]
    _refuse_twice(paths, author, work)
    return Counts(author=author, work=work, count=count, unknown=unknown)


def _refuse_twice(
    paths: Sequence[Path], author: NDArray[np.int64], work: NDArray[np.int64]
) -> None:
    twice = (author[1:] == author[:-1]) & (work[1:] == work[:-1])
    if twice.any():
        row = int(np.argmax(twice))
        raise _twice(paths, int(author[row]), int(work[row]))


def _twice(paths: Sequence[Path], author: int, work: int) -> ConfigError:
    where = paths[0] if len(paths) == 1 else paths[0].parent
    return ConfigError(
        f"{where}: work {work} stands twice for author {author}; give each pair one row"
    )


def _rows(path: Path) -> int:
    with _opened(path) as file:
        return int(file.metadata.num_rows)


def _opened(path: Path) -> Any:
    import pyarrow as pa

    try:
        return streamed(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise damaged(path, error) from error


def _refusal(path: Path, column: str, before: int) -> Refuse:
    def refuse(row: int, value: object) -> ConfigError:
        return fault(place(path, before + row + 1, unit="row"), column, value, _IDS.get(column))

    return refuse
