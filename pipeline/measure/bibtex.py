"""BibTeX files: a citation count out of the fields that reference managers put it in.

The count stands in `cited_by_count`, `citedby`, `citations` or `num_citations`, or in a note
such as `Cited by: 35` (Scopus) or `Citations: 35`. An entry without one has an unknown count.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import ConfigError
from pipeline.measure.papers import REQUIRED, Papers, fault, of_everybody, place

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Entry, Field

_FIELDS = ("cited_by_count", "citedby", "citations", "num_citations")
_NOTE = re.compile(r"\b(?:cited\s+by|citations)\s*:\s*(\d[\d,]*)", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,15}")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


def read_bibtex(path: Path) -> Papers:
    """Papers of a BibTeX file; they are one author's list.

    Raises:
        ConfigError: an entry that cannot be read, a key that stands twice, or a broken count.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"{place(path, line)}: not UTF-8; save the file as UTF-8 text"
        raise ConfigError(message) from error
    entries = _parse(path, text).entries
    if not entries:
        raise ConfigError(f"{path}: no BibTeX entry found; give a file of @article{{...}} entries")
    counts = [_count(path, entry) for entry in entries]
    columns = {
        REQUIRED: counts,
        "year": [_year(entry) for entry in entries],
        "authors_count": [_authors(entry) for entry in entries],
    }
    return of_everybody(
        {
            name: np.array([np.nan if v is None else v for v in values], dtype=np.float64)
            for name, values in columns.items()
        }
    )


def _parse(path: Path, text: str) -> Library:
    try:
        from bibtexparser.entrypoint import parse_string
        from bibtexparser.model import DuplicateBlockKeyBlock
    except ImportError as error:  # pragma: no cover - a declared dependency
        raise ConfigError(
            f"{path}: reading BibTeX needs bibtexparser; pip install 'bibtexparser>=2.0.1'"
        ) from error
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = parse_string(text)
    for block in library.failed_blocks:
        where = place(path, (block.start_line or 0) + 1)
        if isinstance(block, DuplicateBlockKeyBlock):
            raise ConfigError(f"{where}: key {block.key!r} stands twice; rename or delete one")
        reason = " ".join(str(block.error).split()).split(". ")[0]
        raise ConfigError(f"{where}: {reason or 'this entry does not end'}; mend the entry")
    return library


def _count(path: Path, entry: Entry) -> int | None:
    fields = {name.lower(): field for name, field in entry.fields_dict.items()}
    for name in _FIELDS:
        field = fields.get(name)
        value = "" if field is None else str(field.value).strip()
        if field is None or not value:
            continue
        if not _COUNT.fullmatch(value):
            raise fault(place(path, _line(entry, field)), name, value)
        return int(value)
    note = fields.get("note")
    found = _NOTE.search(str(note.value)) if note else None
    return int(found.group(1).replace(",", "")) if found else None


def _line(entry: Entry, field: Field) -> int:
    line = field.start_line if field.start_line is not None else entry.start_line
    return (line or 0) + 1


def _year(entry: Entry) -> int | None:
    """Year out of `year`, or `date` as biblatex writes it; `in press` is no year."""
    for name, field in entry.fields_dict.items():
        if name.lower() in {"year", "date"}:
            found = _YEAR.search(str(field.value))
            if found:
                return int(found.group())
    return None


def _authors(entry: Entry) -> int | None:
    from bibtexparser.middlewares.names import split_multiple_persons_names

    for name, field in entry.fields_dict.items():
        if name.lower() == "author":
            people = split_multiple_persons_names(str(field.value))
            people = [person for person in people if person.strip()]
            if not people or people[-1].strip().lower() == "others":
                return None
            return len(people)
    return None
