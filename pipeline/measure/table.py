"""CSV files: read by pyarrow, and where something is wrong, read again to name the line."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from pipeline.errors import ConfigError
from pipeline.measure.arrow import Refuse, codes, whole
from pipeline.measure.papers import (
    COLUMNS,
    REQUIRED,
    Papers,
    check_header,
    fault,
    of_everybody,
    place,
)

if TYPE_CHECKING:
    import pyarrow as pa

_PIECE = 1 << 20
_PARTS = ("self_citations", "recent_citations")
_NO_AUTHOR = "give every paper the id of its author"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a CSV file."""

    line: int
    """Line it begins on, from 1."""
    cells: list[str]


def read_csv(path: Path) -> Papers:
    """Papers of a CSV file (`.csv` or `.csv.gz`, UTF-8, commas, a header).

    Raises:
        ConfigError: the first thing that is wrong, with its line.
    """
    try:
        quotes = _check_text(path)
        header = _header(path)
        if quotes % 2:
            _check_quotes(path)
        table = _load(path, header)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ConfigError(f"{path}: damaged gzip data ({error}); compress it again") from error
    columns = {
        name: whole(name, table[name], _refusal(path, name)).with_gaps()
        for name in COLUMNS
        if name in table.column_names
    }
    for name in _PARTS:
        if name in columns:
            _check_part(path, name, columns)
    if "author_id" not in table.column_names:
        return of_everybody(columns)
    authors, index = codes(table["author_id"], _refusal(path, "author_id", _NO_AUTHOR))
    return Papers(authors=authors, codes=index, columns=columns)


def _load(path: Path, header: list[str]) -> pa.Table:
    """The columns that are read, as text."""
    import pyarrow as pa
    from pyarrow import csv as pa_csv

    stripped = {name.strip(): name for name in header}
    wanted = {n: stripped[n] for n in ("author_id", *COLUMNS) if n in stripped}
    with _open(path) as stream:
        try:
            table = pa_csv.read_csv(
                stream,
                parse_options=pa_csv.ParseOptions(newlines_in_values=True),
                convert_options=pa_csv.ConvertOptions(
                    include_columns=list(wanted.values()),
                    column_types=dict.fromkeys(wanted.values(), pa.string()),
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid as error:
            for row in _rows(path):
                if len(row.cells) != len(header):
                    raise ConfigError(
                        f"{place(path, row.line)}: {len(row.cells)} cells, the header has "
                        f"{len(header)}; put text that holds commas into double quotes"
                    ) from error
            raise ConfigError(f"{path}: {error}; write the file again") from error
    return table.rename_columns(list(wanted))


def _check_part(path: Path, name: str, columns: dict[str, np.ndarray]) -> None:
    wrong = columns[name] > columns[REQUIRED]
    if wrong.any():
        row = int(np.argmax(wrong))
        value = int(columns[name][row])
        remedy = f"it is part of {REQUIRED} and cannot exceed it"
        raise _refusal(path, name, remedy)(row, value)


def _refusal(path: Path, column: str, remedy: str | None = None) -> Refuse:
    def refuse(row: int, value: object) -> ConfigError:
        return fault(place(path, _line(path, row)), column, value, remedy)

    return refuse


def _line(path: Path, row: int) -> int | None:
    rows = _rows(path)
    next(rows)
    return next((found.line for index, found in enumerate(rows) if index == row), None)


def _header(path: Path) -> list[str]:
    first = next(_rows(path), None)
    if first is None:
        raise ConfigError(f"{path}: the file is empty; its first line names the columns")
    check_header(place(path, first.line), [name.strip() for name in first.cells])
    return first.cells


def _check_text(path: Path) -> int:
    """Refuse what is not UTF-8 text; the number of quotation marks."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, quotes = 1, 0
    with _open(path) as stream:
        while True:
            piece = stream.read(_PIECE)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise ConfigError(
                    f"{place(path, line)}: not UTF-8; save the file as UTF-8 text"
                ) from error
            if "\0" in text:
                raise ConfigError(f"{path}: not a text file; save it as CSV in UTF-8")
            if not piece:
                return quotes
            line += piece.count(b"\n")
            quotes += piece.count(b'"')


def _check_quotes(path: Path) -> None:
    line = 1
    try:
        for row in _rows(path, strict=True):
            line = row.line
    except csv.Error as error:
        raise ConfigError(
            f"{place(path)}: a double quote that opens after line {line} is never closed "
            "or not alone in its cell; close it, or double it inside quoted text"
        ) from error


def _rows(path: Path, *, strict: bool = False) -> Iterator[Row]:
    """Rows with the line they begin on; empty lines are none."""
    with _open(path) as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
        reader = csv.reader(text, strict=strict)
        begins = 1
        for cells in reader:
            if cells:
                yield Row(line=begins, cells=cells)
            begins = reader.line_num + 1


def _open(path: Path) -> BinaryIO:
    if path.name.lower().endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")
