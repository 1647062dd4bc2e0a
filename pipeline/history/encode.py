"""Records as JSON and back, exactly: no pickle, nothing executed, nothing guessed.

A field that says nothing (its default) is left out; a key that this version does not know is
ignored, so that a later version may add fields.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, replace
from datetime import UTC, datetime
from functools import cache
from itertools import repeat
from types import MappingProxyType
from typing import Any, TypeVar

from pipeline.history.bulk import made
from spiders.items import AuthorRecord, WorkRecord, YearCount

Record = TypeVar("Record", AuthorRecord, WorkRecord)

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_SCAN: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_PART = 4096
"""Records whose fields are in memory twice."""
_YEARS = "counts_by_year"
_SIMPLE = frozenset({str, int, bool, float, type(None)})


def dumps(record: AuthorRecord | WorkRecord) -> str:
    """One line of ASCII JSON; equal records give equal text."""
    kind: Any = type(record)
    said = {
        name: value if type(value) in _SIMPLE else _plain(value)
        for name, default in _defaults(kind).items()
        if (value := getattr(record, name)) is not default and value != default
    }
    return _ENCODER.encode(said)


def loads(text: str, kind: type[Record]) -> Record:
    """The record that `dumps` was given.

    Raises:
        ValueError: the text is no such record.
    """
    return loads_all((text,), kind)[0]


def loads_all(texts: Sequence[str], kind: type[Record]) -> list[Record]:
    """The records that `dumps` was given, one a text.

    Raises:
        ValueError: one of the texts is no such record.
    """
    years: dict[tuple[int, int], YearCount] = {}
    found: list[Record] = []
    try:
        for start in range(0, len(texts), _PART):
            said = [_said(text) for text in texts[start : start + _PART]]
            found += made(kind, len(said), _columns(said, kind, years))
    except (TypeError, AttributeError, KeyError, IndexError) as error:
        raise ValueError(f"no {kind.__name__}: {error}") from error
    return found


def clean(record: Record) -> Record:
    """The record without figures that are no numbers (NaN, infinity): those say nothing."""
    said = {k: v for k, v in record.extra.items() if not _is_odd(v)}
    return record if len(said) == len(record.extra) else replace(record, extra=_proxy(said))


def utc(at: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: the time has no zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone ({at.isoformat()}): give an aware one, in UTC")
    return at.astimezone(UTC)


def moment(text: str | None) -> datetime | None:
    """An ISO time in UTC, or `None`."""
    try:
        return None if text is None else utc(datetime.fromisoformat(text))
    except OverflowError as error:  # the first and the last day, in some zones
        raise ValueError(f"{text!r} is out of range") from error


def _is_odd(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _proxy(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


@cache
def _defaults(kind: Hashable) -> Mapping[str, object]:
    """What each field is when it is not said; `MISSING` where it must be."""
    return {f.name: _default(f) for f in fields(kind)}  # type: ignore[arg-type]  # a dataclass


def _default(field: Field[Any]) -> object:
    if field.default is not MISSING:
        return field.default
    return MISSING if field.default_factory is MISSING else field.default_factory()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, YearCount):
        return [value.year, value.cited_by_count]
    return value


def _said(text: str) -> dict[str, Any]:
    """The fields of one record, as JSON has them."""
    try:
        said, end = _SCAN(text, 0)
    except StopIteration:
        end = -1
    if end != len(text):
        said = json.loads(text)
    return said  # type: ignore[no-any-return]  # whatever has items


def _year(year: int, count: int, known: dict[tuple[int, int], YearCount]) -> YearCount:
    found = known.get((year, count))
    # Equal is not the same: 1 and True, or 1.0.
    if found is None or type(found.year) is not type(year):
        found = YearCount(year=year, cited_by_count=count)
        known[year, count] = found
    elif type(found.cited_by_count) is not type(count):
        return YearCount(year=year, cited_by_count=count)
    return found


def _columns(
    said: Sequence[Mapping[str, Any]], kind: type, years: dict[tuple[int, int], YearCount]
) -> dict[str, Iterable[Any]]:
    """Every field as a column; what no record says is its default throughout."""
    there = frozenset().union(*said)
    return {
        name: _typed(name, [one[name] for one in said], years)
        if default is MISSING
        else _typed(name, [one.get(name, default) for one in said], years)
        if name in there
        else repeat(default)
        for name, default in _defaults(kind).items()
    }


def _typed(name: str, values: list[Any], years: dict[tuple[int, int], YearCount]) -> Sequence[Any]:
    """A column of JSON as its class has it; equal years are one object."""
    if name == _YEARS:
        return [tuple([_year(p[0], p[1], years) for p in value]) for value in values]
    kinds = set(map(type, values))
    if list in kinds:
        values = [tuple(value) if type(value) is list else value for value in values]
    if dict in kinds:
        values = [_proxy(value) if type(value) is dict else value for value in values]
    return values
