"""Thrift's compact protocol, as far as a Parquet footer needs it: read, change, write again.

Nothing is known of the fields' meaning here; what is not changed is written as it was read.
Described at https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
I64_TYPE = I64

_SHORT = 15
_DOUBLE_BYTES = 8


@dataclass(slots=True)
class Struct:
    """Fields by number: the type of each, and its value."""

    fields: dict[int, tuple[int, Any]] = field(default_factory=dict)

    def get(self, number: int) -> Any:
        """Value of a field; `None` when it is not there."""
        found = self.fields.get(number)
        return None if found is None else found[1]

    def put(self, number: int, value: Any) -> None:
        """Another value of a field that is there."""
        self.fields[number] = (self.fields[number][0], value)

    def shift(self, number: int, by: int) -> None:
        """Move a field that says where something is; one that is missing or 0 says nothing."""
        if self.get(number):
            self.put(number, self.get(number) + by)


@dataclass(slots=True)
class Listed:
    """A list: the type of its items, and they."""

    kind: int
    items: list[Any]


class Reader:
    """Reads one struct from bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> Struct:
        """The struct that begins here."""
        found = Struct()
        number = 0
        while True:
            head = self._byte()
            kind = head & 0x0F
            if kind == 0:
                return found
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            value = kind == TRUE if kind in (TRUE, FALSE) else self._value(kind)
            found.fields[number] = (kind, value)

    def _value(self, kind: int) -> Any:
        if kind in (TRUE, FALSE, BYTE):
            return self._byte()
        if kind in (I16, I32, I64):
            return self._zigzag()
        if kind == DOUBLE:
            return self._take(_DOUBLE_BYTES)
        if kind == BINARY:
            return self._take(self._varint())
        if kind in (LIST, SET):
            head = self._byte()
            size = head >> 4 if head >> 4 != _SHORT else self._varint()
            return Listed(head & 0x0F, [self._value(head & 0x0F) for _ in range(size)])
        if kind == STRUCT:
            return self.struct()
        raise ValueError(f"a Parquet footer with a field of type {kind}")

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004  # the bit that says that more follows
                return found
            shift += 7

    def _zigzag(self) -> int:
        found = self._varint()
        return (found >> 1) ^ -(found & 1)


def written(struct: Struct) -> bytes:
    """The struct as bytes."""
    out = bytearray()
    _struct(out, struct)
    return bytes(out)


def _struct(out: bytearray, struct: Struct) -> None:
    before = 0
    for number, (kind, value) in sorted(struct.fields.items()):
        tag = (TRUE if value else FALSE) if kind in (TRUE, FALSE) else kind
        if 0 < number - before <= _SHORT:
            out.append((number - before) << 4 | tag)
        else:
            out.append(tag)
            _zigzag(out, number)
        if kind not in (TRUE, FALSE):
            _value(out, kind, value)
        before = number
    out.append(0)


def _value(out: bytearray, kind: int, value: Any) -> None:
    if kind in (TRUE, FALSE, BYTE):
        out.append(value)
    elif kind in (I16, I32, I64):
        _zigzag(out, value)
    elif kind == DOUBLE:
        out += value
    elif kind == BINARY:
        _varint(out, len(value))
        out += value
    elif kind in (LIST, SET):
        size = len(value.items)
        out.append(min(size, _SHORT) << 4 | value.kind)
        if size >= _SHORT:
            _varint(out, size)
        for item in value.items:
            _value(out, value.kind, item)
    else:
        _struct(out, value)


def _varint(out: bytearray, value: int) -> None:
    while value > 0x7F:  # noqa: PLR2004  # seven bits a byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _zigzag(out: bytearray, value: int) -> None:
    _varint(out, value << 1 if value >= 0 else (-value << 1) - 1)
