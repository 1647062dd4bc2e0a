"""Arrow columns made numpy arrays of whole numbers, and ids made codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import ConfigError
from pipeline.measure.papers import LEAST, MOST, MOST_COUNT

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_WHOLE = r"^[0-9]{1,15}(\.0+)?$"
"""A count as text; tables written by pandas hold `12.0` where a column has gaps."""

Refuse = Callable[[int, object], ConfigError]
"""Makes the error of a wrong value out of its row (from 0) and the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Whole numbers, 0 where a value is unknown."""

    numbers: NDArray[Any]
    unknown: NDArray[np.bool_] | None
    """Which values are unknown; `None` when none is."""

    def with_gaps(self) -> NDArray[Any]:
        """The numbers, as floats with NaN where some are unknown."""
        if self.unknown is None:
            return self.numbers
        return np.where(self.unknown, np.nan, self.numbers)


def whole(name: str, column: pa.ChunkedArray, refuse: Refuse) -> Whole:
    """Whole numbers of a column of integers, whole floats or text, within the column's limits.

    Raises:
        ConfigError: as `refuse` makes it, for the first value that is none.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = _from_text(column, refuse)
    elif pa.types.is_floating(kind):
        column = _from_floats(column, refuse)
    elif pa.types.is_null(kind):
        column = column.cast(pa.int64())
    elif not pa.types.is_integer(kind):
        raise refuse(0, f"values of type {kind}")
    values, unknown = known(column)
    _limits(name, values, unknown, refuse)
    return Whole(numbers=values, unknown=unknown)


def known(column: pa.ChunkedArray) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Integers, 0 where one is missing, and which are; `None` when none is."""
    values = integers(column)
    if not column.null_count:
        return values, None
    unknown = integers(column.is_null().cast("uint8")).view(np.bool_)
    return np.where(unknown, 0, values), unknown


def integers(column: pa.ChunkedArray) -> NDArray[Any]:
    """Integers as they lie in memory, anything where one is missing.

    `to_numpy` would import pandas: a third of a second, and 40 MB.
    """
    kind = np.dtype(str(column.type))
    parts = [
        np.frombuffer(
            chunk.buffers()[1], kind, count=len(chunk), offset=chunk.offset * kind.itemsize
        )
        for chunk in column.chunks
        if len(chunk)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.zeros(0, kind)])


def codes(column: pa.ChunkedArray, refuse: Refuse) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Ids in rising order, and the index of each row's id; text is trimmed.

    Raises:
        ConfigError: as `refuse` makes it, for the first id that is missing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.utf8_trim_whitespace(column)
        missing = pc.fill_null(pc.equal(column, ""), fill_value=True)
    elif pa.types.is_integer(kind):
        missing = column.is_null()
    else:
        raise refuse(0, f"values of type {kind}")
    if pc.any(missing).as_py():
        raise refuse(pc.index(missing, value=True).as_py(), "")
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ids = encoded.dictionary.take(pa.array(order)).to_numpy(zero_copy_only=False)
    return ids, place[encoded.indices.to_numpy()]


def _from_text(column: pa.ChunkedArray, refuse: Refuse) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(column)
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)
    good = pc.fill_null(pc.match_substring_regex(text, _WHOLE), fill_value=True)
    if not pc.all(good, min_count=0).as_py():
        row = pc.index(good, value=False).as_py()
        raise refuse(row, column[row].as_py())
    return pc.replace_substring_regex(text, r"\.0+$", "").cast(pa.int64())


def _from_floats(column: pa.ChunkedArray, refuse: Refuse) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = column.cast(pa.float64())
    column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    good = pc.and_(pc.is_finite(column), pc.equal(column, pc.floor(column)))
    good = pc.and_(pc.fill_null(good, fill_value=True), _small(column))
    if not pc.all(good, min_count=0).as_py():
        row = pc.index(good, value=False).as_py()
        raise refuse(row, column[row].as_py())
    return column.cast(pa.int64())


def _small(column: pa.ChunkedArray) -> Any:
    import pyarrow.compute as pc

    return pc.fill_null(pc.less_equal(pc.abs(column), float(MOST_COUNT)), fill_value=True)


def _limits(
    name: str, values: NDArray[Any], unknown: NDArray[np.bool_] | None, refuse: Refuse
) -> None:
    if not len(values):
        return
    least, most = LEAST.get(name, 0), MOST.get(name, MOST_COUNT)
    if unknown is None and values.min() >= least and values.max() <= most:
        return
    wrong = (values < least) | (values > most)
    if unknown is not None:
        wrong &= ~unknown
    if wrong.any():
        row = int(np.argmax(wrong))
        raise refuse(row, values[row])
