"""The list of people: a CSV that is read a row at a time, each row checked where it stands."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.values import author_key, identifier
from pipeline.errors import ConfigError

COLUMNS = ("key", "name", "ids")
_BETWEEN = re.compile(r"[\s,;|]+")
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One row."""

    key: str
    name: str | None
    ids: tuple[str, ...]
    """Normalised `scheme:value`, as they stand there."""
    line: int
    """Where it stands, from 1."""


def read_people(path: Path) -> Iterator[Person]:
    """Every row of a CSV with the columns `ids` (needed), `key` and `name`.

    Several ids stand in one cell, separated by spaces or semicolons. A row without a key gets one
    made of its first id.

    Raises:
        ConfigError: the file cannot be read, or a row says what it should not; names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            _check_header(path, rows.fieldnames)
            for row in rows:
                person = _person(path, row, line=rows.line_num)
                if person is not None:
                    yield person
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}): give a CSV in UTF-8") from None
    except csv.Error as error:
        raise ConfigError(f"{path}: no CSV ({error}): write it again") from None


def _check_header(path: Path, names: object) -> None:
    found = [str(name).strip() for name in names] if isinstance(names, list | tuple) else []
    if "ids" not in found:
        raise ConfigError(
            f"{path}: line 1: there is no column `ids`: write a header of {', '.join(COLUMNS)}"
        )


def _person(path: Path, row: dict[str, str | None], *, line: int) -> Person | None:
    said = {str(name).strip(): (value or "").strip() for name, value in row.items() if name}
    if not any(said.values()):
        return None
    given = [part for part in _BETWEEN.split(said.get("ids", "")) if part]
    if not given:
        raise ConfigError(f"{path}: line {line}: no ids: give at least one, as `openalex:A1`")
    try:
        ids = tuple(dict.fromkeys(identifier(one) for one in given))
        key = author_key(said.get("key") or _OTHER.sub("-", ids[0])[:64])
    except ValueError as error:
        raise ConfigError(f"{path}: line {line}: {error}") from None
    return Person(key=key, name=said.get("name") or None, ids=ids, line=line)
