"""Which run a change is of, and when that was: told only to those who ask.

Charts need the days of changes, which stand beside them. The files of runs are read with those of
changes and compared with their SHA-256; the ids and moments of 3,650 runs are taken out of them
when a change is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.history import arrays
from pipeline.history.columns import needed
from pipeline.history.tables import RUNS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.history.arrays import Array

Run: TypeAlias = tuple[str, int | None]
"""Id of a run and its moment in microseconds; ("", `None`) for one whose row is not there."""

_NO_RUN: Run = ("", None)


class Runs:
    """The runs of a history by their numbers.

    Args:
        tables: gives Arrow tables that have the first columns of `RUNS`; called once at most.
    """

    def __init__(self, tables: Callable[[], Iterable[Any]]) -> None:
        self._tables = tables

    @cached_property
    def known(self) -> Mapping[int, Run]:
        """Those that have rows; of two rows of one number the last counts.

        Raises:
            StorageError: a table has not the columns.
        """
        found: dict[int, Run] = {}
        for content in self._tables():
            needed(content, RUNS[:3])
            numbers, ticks = (arrays.numbers(content, RUNS[n]).values() for n in (0, 2))
            rows = zip(content.column("run_id").to_pylist(), ticks, strict=True)
            found.update(zip(numbers, rows, strict=True))  # type: ignore[arg-type]  # none is null
        return found

    def of(self, sequences: Array) -> list[Run]:
        """The runs with these numbers."""
        return [self.known.get(number, _NO_RUN) for number in sequences.tolist()]

    def which(self, sequences: Array, run_id: str) -> NDArray[np.bool_]:
        """Which of these numbers are of the run with this id."""
        import numpy as np

        there = set(sequences.tolist())
        numbers = [number for number in there if self.known.get(number, _NO_RUN)[0] == run_id]
        return np.isin(sequences, numbers)
