"""Records as JSON and back, exactly: no pickle, nothing executed, nothing guessed.

A field that says nothing (its default) is left out; a key that this version does not know is
ignored, so that a later version may add fields.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from spiders.items import AuthorRecord, WorkRecord, YearCount

Record = TypeVar("Record", AuthorRecord, WorkRecord)


def dumps(record: AuthorRecord | WorkRecord) -> str:
    """One line of ASCII JSON; equal records give equal text."""
    said = {
        f.name: _plain(getattr(record, f.name))
        for f in fields(record)
        if getattr(record, f.name) != _default(f)
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False)


def loads(text: str, kind: type[Record]) -> Record:
    """The record that `dumps` was given.

    Raises:
        ValueError: the text is no such record.
    """
    try:
        said = json.loads(text)
        known = {f.name for f in fields(kind)}
        return kind(**{k: _rebuilt(k, v) for k, v in said.items() if k in known})
    except (TypeError, AttributeError, KeyError, IndexError) as error:
        raise ValueError(f"no {kind.__name__}: {error}") from error


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


def _years(pairs: Any) -> tuple[YearCount, ...]:
    return tuple(YearCount(year=p[0], cited_by_count=p[1]) for p in pairs)


_READERS: dict[str, Callable[[Any], Any]] = {"counts_by_year": _years}


def _rebuilt(name: str, value: Any) -> Any:
    if name in _READERS:
        return _READERS[name](value)
    if isinstance(value, list):
        return tuple(value)
    return _proxy(value) if isinstance(value, dict) else value
