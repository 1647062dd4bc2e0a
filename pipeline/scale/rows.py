"""Where rows come from: any Parquet file, or a folder of them, cut into pieces to be read.

One row a paper of an author, in any order. Pieces are runs of row groups; a piece is read a
few at a time, and every value is checked as `pipeline.measure` checks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError
from pipeline.measure.papers import COLUMNS, REQUIRED, check_header, place
from pipeline.measure.parquet import ROWS_AT_ONCE, Batch, batch, streamed

if TYPE_CHECKING:
    import pyarrow as pa

_CORE = (REQUIRED, "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some row groups of one file."""

    path: Path
    groups: tuple[int, ...]
    rows: int
    before: int
    """Rows of the file that come before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Files with the same columns."""

    pieces: tuple[Piece, ...]
    """One a row group."""
    columns: tuple[str, ...]
    """`author_id`, `cited_by_count`, and the others that are read."""
    owner: str
    """Type of the ids: `int64` or `uint64`."""

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(piece.rows for piece in self.pieces)

    def of_at_least(self, rows: int) -> list[Piece]:
        """Neighbouring row groups of a file as one piece, of so many rows where there are."""
        found: list[Piece] = []
        for piece in self.pieces:
            last = found[-1] if found else None
            if last is not None and last.path == piece.path and last.rows < rows:
                found[-1] = Piece(
                    path=last.path,
                    groups=(*last.groups, *piece.groups),
                    rows=last.rows + piece.rows,
                    before=last.before,
                )
            else:
                found.append(piece)
        return found


def source(path: Path, *, metrics: str) -> Source:
    """What a file or a folder holds, by the footers alone.

    Args:
        metrics: `core` reads two columns of numbers, `all` whatever there is.

    Raises:
        ConfigError: no Parquet file, one that is damaged, or columns that cannot be measured
            out of memory: ids that are no whole numbers, or files that differ.
    """
    wanted = COLUMNS if metrics == "all" else _CORE
    first: tuple[Path, tuple[str, ...], str] | None = None
    pieces: list[Piece] = []
    for file in files_of(path):
        columns, kind, groups = _footer(file, wanted)
        if first is None:
            first = (file, columns, kind)
        elif first[1:] != (columns, kind):
            raise ConfigError(
                f"{file}: columns {', '.join(columns)} with author_id as {kind}, but "
                f"{', '.join(first[1])} with {first[2]} in {first[0]}; write both alike"
            )
        pieces += groups
    if first is None:
        raise ConfigError(f"{path}: no .parquet file in it; name a folder that has some")
    return Source(pieces=tuple(pieces), columns=first[1], owner=first[2])


def batches(piece: Piece, columns: Sequence[str], *, threads: bool = False) -> Iterator[Batch]:
    """A piece's rows, some at a time.

    Raises:
        ConfigError: the file is damaged, or the first value that is wrong.
    """
    import pyarrow as pa

    before = piece.before
    try:
        with streamed(piece.path) as file:
            read = file.iter_batches(
                ROWS_AT_ONCE,
                row_groups=list(piece.groups),
                columns=list(columns),
                use_threads=threads,
            )
            for found in read:
                rows = batch(piece.path, pa.Table.from_batches([found]), before=before)
                before += found.num_rows
                yield rows
    except (OSError, pa.ArrowInvalid) as error:
        raise damaged(piece.path, error) from error


def files_of(path: Path) -> list[Path]:
    """A file, or those below a folder whose names are not hidden, in their order."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ConfigError(f"{path}: no such file or folder; give the path of one")
    return [
        found
        for found in sorted(path.rglob("*.parquet"))
        if not any(part.startswith((".", "_")) for part in found.relative_to(path).parts)
    ]


def _footer(path: Path, wanted: Sequence[str]) -> tuple[tuple[str, ...], str, list[Piece]]:
    """Columns that are read, the type of the ids, and a piece a row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
    except (OSError, pa.ArrowInvalid) as error:
        raise damaged(path, error) from error
    check_header(place(path), schema.names)
    kind = _owner(path, schema)
    pieces, before = [], 0
    for number in range(metadata.num_row_groups):
        rows = metadata.row_group(number).num_rows
        pieces.append(Piece(path=path, groups=(number,), rows=rows, before=before))
        before += rows
    columns = ("author_id", *(name for name in wanted if name in schema.names))
    return columns, kind, pieces


def _owner(path: Path, schema: pa.Schema) -> str:
    import pyarrow as pa

    if "author_id" not in schema.names:
        raise ConfigError(
            f"{path}: no column author_id, so it is one list; give it by itself, "
            "without --engine dask"
        )
    kind = schema.field("author_id").type
    if not pa.types.is_integer(kind):
        raise ConfigError(
            f"{path}, column author_id: {kind}; ids must be whole numbers here (for OpenAlex "
            "those after the A); write them so, or measure the file without --engine dask"
        )
    return "uint64" if kind == pa.uint64() else "int64"


def damaged(path: Path, error: Exception) -> ConfigError:
    """The error of a file that is no Parquet file, or no longer one."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ConfigError(f"{path}: cannot be read as Parquet ({reason}); write it again")
