"""Columns of stored tables as arrays: numbers as they lie in memory, each text once.

No value of Python is made a row, so ten years of changes are read in a millisecond. What sorts and
picks is numpy, which pyarrow has loaded anyway; `pyarrow.compute` takes 25 ms to load.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pipeline.history.columns import Column, table, type_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Rows = slice | NDArray[np.bool_] | NDArray[np.intp]

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded(Generic[T]):
    """A column whose values repeat: what it holds, and which of that each row is."""

    known: Sequence[T]
    """Each value; one that no row is may be among them."""
    codes: Array
    """Place in `known`, one a row."""

    @classmethod
    def of(cls, values: Iterable[T]) -> Coded[T]:
        """The column that holds these values."""
        import numpy as np

        places: dict[T, int] = {}
        codes = [places.setdefault(value, len(places)) for value in values]
        return cls(known=tuple(places), codes=np.array(codes, np.int32))

    def values(self) -> list[T]:
        """The value of each row."""
        return list(map(self.known.__getitem__, self.codes.tolist()))

    def which(self, is_wanted: Callable[[T], bool]) -> NDArray[np.bool_]:
        """The rows whose value is one of those wanted."""
        import numpy as np

        places = [place for place, value in enumerate(self.known) if is_wanted(value)]
        found: NDArray[np.bool_] = np.isin(self.codes, places)
        return found

    def ranks(self) -> Array:
        """Numbers that sort the rows as their values do, `None` first."""
        import numpy as np

        known: Sequence[Any] = [(value is not None, value) for value in self.known]
        order = sorted(range(len(known)), key=known.__getitem__)
        return np.argsort(np.array(order, np.intp))[self.codes]

    def taken(self, rows: Rows) -> Coded[T]:
        """Some rows."""
        return replace(self, codes=self.codes[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A column of whole numbers, of which some may be unknown."""

    numbers: Array
    """One a row; anything where it is unknown."""
    is_known: NDArray[np.bool_]

    @classmethod
    def of(cls, values: Iterable[int | None]) -> Numbers:
        """The column that holds these values."""
        import numpy as np

        found = list(values)
        known = np.array([value is not None for value in found], np.bool_)
        return cls(numbers=np.array([value or 0 for value in found], np.int64), is_known=known)

    def values(self) -> list[int | None]:
        """The value of each row."""
        found: list[int | None] = self.numbers.tolist()
        for row in (~self.is_known).nonzero()[0].tolist():
            found[row] = None
        return found

    def taken(self, rows: Rows) -> Numbers:
        """Some rows."""
        return Numbers(numbers=self.numbers[rows], is_known=self.is_known[rows])


def texts(column: Any) -> Coded[Any]:
    """A column of texts of an Arrow table; a null is `None`."""
    import numpy as np
    import pyarrow as pa

    parts = []
    for chunk in column.chunks:
        if not isinstance(chunk, pa.DictionaryArray):
            parts.append(Coded.of(chunk.to_pylist()))
            continue
        known, found = chunk.dictionary.to_pylist(), _chunk(chunk.indices, np.int32)
        if chunk.null_count:
            codes = np.where(found.is_known, found.numbers, len(known))
            parts.append(Coded(known=(*known, None), codes=codes))
        else:
            parts.append(Coded(known=known, codes=found.numbers))
    return coded_together(parts)


def numbers(content: Any, spec: Column) -> Numbers:
    """A column of integers, days or moments (microseconds) of an Arrow table."""
    import numpy as np

    parts = []
    for chunk in content.column(spec.name).chunks:
        if chunk.type != type_of(spec.kind):
            rows = [(value,) for value in chunk.to_pylist()]
            chunk = table((spec,), rows).column(0).chunk(0)  # noqa: PLW2901 - the same, as expected
        parts.append(_chunk(chunk, np.int32 if spec.kind == "date" else np.int64))
    return numbers_together(parts)


def coded_together(parts: Sequence[Coded[T]]) -> Coded[T]:
    """The rows of several columns, one after the other."""
    import numpy as np

    if len(parts) < 2:  # noqa: PLR2004 - there is nothing to be put together
        return parts[0] if parts else Coded.of(())
    places: dict[T, int] = {}
    codes = []
    for part in parts:
        found = [places.setdefault(value, len(places)) for value in part.known]
        is_same = found == list(range(len(found)))
        codes.append(part.codes if is_same else np.array(found, np.int32)[part.codes])
    return Coded(known=tuple(places), codes=np.concatenate(codes))


def numbers_together(parts: Sequence[Numbers]) -> Numbers:
    """The rows of several columns, one after the other."""
    import numpy as np

    if len(parts) < 2:  # noqa: PLR2004 - there is nothing to be put together
        return parts[0] if parts else Numbers.of(())
    return Numbers(
        numbers=np.concatenate([part.numbers for part in parts]),
        is_known=np.concatenate([part.is_known for part in parts]),
    )


def order(found: Array) -> NDArray[np.intp]:
    """The places of whole numbers from the least to the most; equal ones stay in their order."""
    import numpy as np

    if len(found) and found.max() - found.min() <= np.iinfo(np.uint16).max:
        # numpy sorts numbers of 16 bits by their digits, and others five times slower.
        found = (found - found.min()).astype(np.uint16)
    return np.argsort(found, kind="stable")


def _chunk(chunk: Any, kind: Any) -> Numbers:
    """An Arrow array of fixed width, straight from memory."""
    import numpy as np

    valid, data = chunk.buffers()
    rows = slice(chunk.offset, chunk.offset + len(chunk))
    found = np.frombuffer(data, kind)[rows] if data else np.empty(0, kind)
    if not chunk.null_count:
        return Numbers(numbers=found, is_known=np.ones(len(chunk), np.bool_))
    bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
    return Numbers(numbers=found, is_known=bits[rows].astype(np.bool_))
