"""Ids of OpenAlex as whole numbers: `https://openalex.org/A5023888391` is 5023888391."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

ADDRESS = "https://openalex.org/"
MOST_ID = (1 << 34) - 1
"""Ids run to about 7.2e9 in 2026; larger ones are damage, and would cost memory."""

NOBODY = (9_999_999_999, 5_317_838_346)
"""Author ids that stand for no person: works of removed profiles, and deleted authors.

https://help.openalex.org/data/authors/disambiguation/#special-author-ids
"""

_LONGEST = 24
"""Digits that are looked at; a number has fewer."""
_FORM = r"^(?:https?://openalex\.org/)?{letter}([0-9]{{1,11}})$"


class NotAnId(ValueError):
    """A value that is no id; `row` is its index."""

    def __init__(self, row: int, value: object) -> None:
        super().__init__(f"{value!r}")
        self.row = row
        self.value = value


def numbers(column: pa.Array, letter: str) -> NDArray[np.int64]:
    """The numbers of a column of ids without nulls, `W` or `A` before them.

    Raises:
        NotAnId: the first value of another form.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(column):
        return np.zeros(0, dtype=np.int64)
    usual = f"{ADDRESS}{letter}"
    try:
        is_usual = pc.all(pc.starts_with(column, usual)).as_py()
        found: NDArray[np.int64] = (
            _without(column, len(usual)).cast(pa.int64()).to_numpy()
            if is_usual
            else _slowly(column, letter)
        )
    except pa.ArrowInvalid:
        found = _slowly(column, letter)
    wrong = (found < 1) | (found > MOST_ID)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise NotAnId(row, column[row].as_py())
    return found


def number(text: str, letter: str) -> int | None:
    """The number of one id as people write it; `None` for what is none."""
    found = re.fullmatch(_FORM.format(letter=letter)[1:-1], text.strip(), re.IGNORECASE)
    return int(found[1]) if found and int(found[1]) <= MOST_ID else None


def _without(column: pa.Array, bytes_: int) -> pa.Array:
    """Texts without their first bytes: a third of the time that characters take."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = column.cast(pa.string()).cast(pa.binary())
    return pc.binary_slice(plain, bytes_, bytes_ + _LONGEST).cast(pa.string())


def _slowly(column: pa.Array, letter: str) -> Any:
    """Shorter forms too, `W123` and `http://…`, and which value is of none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pattern = _FORM.format(letter=letter)
    good = pc.match_substring_regex(column, pattern)
    if not pc.all(good).as_py():
        row = pc.index(good, value=False).as_py()
        raise NotAnId(row, column[row].as_py())
    return pc.replace_substring_regex(column, r"^.*[WA]", "").cast(pa.int64()).to_numpy()
