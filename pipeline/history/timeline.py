"""The changes of a history column by column: read whole, made into values only where looked at.

A `Timeline` is a sequence of `Change`, and equal to any list of the same ones. Whoever needs one
field of many changes takes that column instead, and whoever needs some of them picks first:
neither makes a value of each of the 13,000 changes that ten years of one person are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from operator import eq, index
from typing import TYPE_CHECKING, Any, Literal, overload

from pipeline.history import arrays
from pipeline.history.arrays import Coded, Numbers
from pipeline.history.bulk import made
from pipeline.history.columns import needed, to_moment, to_ticks
from pipeline.history.dated import Run, Runs
from pipeline.history.rows import Change
from pipeline.history.tables import CHANGES, Key

if TYPE_CHECKING:
    from pipeline.history.arrays import Array, Rows

Text = Literal["author_key", "provider", "record_id", "metric", "run_id"]

_TEXTS = {"author_key": "author", "provider": "provider", "record_id": "work", "metric": "metric"}
_PART = 1024
"""Values that are made at once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Timeline(Sequence[Change]):  # noqa: PLW1641 - as a list, which it equals, it has no hash
    """Changes in the order of runs, which nothing is made of before it is asked for."""

    texts: Mapping[str, Coded[str]]
    """`author_key`, `provider`, `record_id` and `metric`."""
    runs: Runs | Coded[Run]
    """When runs were, by their numbers; or the run of each change."""
    sequences: Array
    """Number of the run of each change."""
    days: Array
    """Days since 1970 of its date."""
    numbers: Numbers
    """Its value."""

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Timeline:
        """These changes, in their order."""
        if isinstance(changes, Timeline):
            return changes
        import numpy as np

        rows = list(changes)
        return cls(
            texts={name: Coded.of([getattr(c, name) for c in rows]) for name in _TEXTS},
            runs=Coded.of([(c.run_id, None if c.at is None else to_ticks(c.at)) for c in rows]),
            sequences=np.array([c.sequence for c in rows], np.int64),
            days=np.array([c.date for c in rows], "M8[D]").astype(np.int32),
            numbers=Numbers.of([c.value for c in rows]),
        )

    @classmethod
    def together(cls, parts: Iterable[Timeline]) -> Timeline:
        """All changes of one, then all of the next."""
        import numpy as np

        found = list(parts)
        if len(found) < 2:  # noqa: PLR2004 - there is nothing to be put together
            return found[0] if found else cls.of(())
        return cls(
            texts={n: arrays.coded_together([part.texts[n] for part in found]) for n in _TEXTS},
            runs=_runs_together(found),
            sequences=np.concatenate([part.sequences for part in found]),
            days=np.concatenate([part.days for part in found]),
            numbers=arrays.numbers_together([part.numbers for part in found]),
        )

    def __len__(self) -> int:
        return len(self.sequences)

    @overload
    def __getitem__(self, place: int) -> Change: ...
    @overload
    def __getitem__(self, place: slice) -> Timeline: ...
    def __getitem__(self, place: int | slice) -> Change | Timeline:
        if isinstance(place, slice):
            return self.taken(place)
        row = range(len(self))[index(place)]
        return self.taken(slice(row, row + 1)).to_list()[0]

    def __iter__(self) -> Iterator[Change]:
        for start in range(0, len(self), _PART):
            yield from self.taken(slice(start, start + _PART)).to_list()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timeline | list | tuple):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __repr__(self) -> str:
        return repr(self.to_list())

    def column(self, name: Text) -> list[str]:
        """One field of text of every change."""
        if name == "run_id":
            return [run_id for run_id, _ in self.told_by()]
        return self.texts[name].values()

    def values(self) -> list[int | None]:
        """The figure that each change is to; `None` where a record left the list."""
        return self.numbers.values()

    def dates(self) -> list[date]:
        """The date of each change."""
        found: list[date] = self.days.astype("M8[D]").tolist()
        return found

    def moments(self) -> list[datetime | None]:
        """The moment of the run of each change, where that is known."""
        ticks = [ticks for _, ticks in self.told_by()]
        known = {one: None if one is None else to_moment(one) for one in set(ticks)}
        return [known[one] for one in ticks]

    def told_by(self) -> list[Run]:
        """The run of each change."""
        return self.runs.of(self.sequences) if isinstance(self.runs, Runs) else self.runs.values()

    def where(
        self,
        *,
        author_key: str | None = None,
        provider: str | None = None,
        metric: str | None = None,
        record_id: str | None = None,
        run_id: str | None = None,
    ) -> Timeline:
        """Changes of what is named; `record_id=""` is the author's own figures."""
        found = self
        for name, value in zip(_TEXTS, (author_key, provider, record_id, metric), strict=True):
            if value is not None:
                found = found.taken(found.texts[name].which(partial(eq, value)))
        if run_id is None:
            return found
        if isinstance(found.runs, Runs):
            return found.taken(found.runs.which(found.sequences, run_id))
        return found.taken(found.runs.which(lambda run: run[0] == run_id))

    def up_to(self, sequence: int) -> Timeline:
        """Changes of the runs up to and with this number."""
        return self.taken(self.sequences <= sequence)

    def figures(self) -> Coded[tuple[str, str]]:
        """Which figure each change is of: record id and metric, whoever's it is."""
        import numpy as np

        records, metrics = self.texts["record_id"], self.texts["metric"]
        pairs = records.codes.astype(np.int64) * len(metrics.known) + metrics.codes
        found, codes = np.unique(pairs, return_inverse=True)
        places = (divmod(pair, len(metrics.known)) for pair in found.tolist())
        known = [(records.known[record], metrics.known[metric]) for record, metric in places]
        return Coded(known=known, codes=codes)

    def ends_of_days(self) -> list[tuple[date, int]]:
        """Each day in the order of runs, with how many changes there are up to its end."""
        import numpy as np

        if not len(self):
            return []
        ends = [*(np.diff(self.days).nonzero()[0] + 1).tolist(), len(self)]
        days = self.days[[end - 1 for end in ends]].astype("M8[D]").tolist()
        return list(zip(days, ends, strict=True))

    def last_of_each_run(self) -> Timeline:
        """One change a run and date, for whoever asks when runs were, not what they saw."""
        import numpy as np

        if not len(self):
            return self
        is_last = (np.diff(self.sequences) != 0) | (np.diff(self.days) != 0)
        return self.taken(np.append(is_last, values=True))

    def by_pair(self) -> dict[Key, Timeline]:
        """The changes of each author by each provider, in the order in which they begin."""
        import numpy as np

        authors, providers = self.texts["author_key"], self.texts["provider"]
        pairs = authors.codes.astype(np.int64) * len(providers.known) + providers.codes
        found, firsts, numbers = np.unique(pairs, return_index=True, return_inverse=True)
        rows = np.split(np.argsort(numbers, kind="stable"), np.cumsum(np.bincount(numbers))[:-1])
        return {
            (authors.known[author], providers.known[provider]): self.taken(rows[at])
            for at in np.argsort(firsts).tolist()
            for author, provider in [divmod(int(found[at]), len(providers.known))]
        }

    def taken(self, rows: Rows) -> Timeline:
        """Some changes, by their places or by which they are."""
        return Timeline(
            texts={name: column.taken(rows) for name, column in self.texts.items()},
            runs=self.runs if isinstance(self.runs, Runs) else self.runs.taken(rows),
            sequences=self.sequences[rows],
            days=self.days[rows],
            numbers=self.numbers.taken(rows),
        )

    def to_list(self) -> list[Change]:
        """A value for each change, all at once."""
        columns: dict[str, Iterable[Any]] = {
            **{name: column.values() for name, column in self.texts.items()},
            "date": self.dates(),
            "at": self.moments(),
            "value": self.values(),
            "run_id": self.column("run_id"),
            "sequence": self.sequences.tolist(),
        }
        return made(Change, len(self), columns)


def _runs_together(parts: Sequence[Timeline]) -> Runs | Coded[Run]:
    runs = parts[0].runs
    if isinstance(runs, Runs) and all(part.runs is runs for part in parts):
        return runs
    return Coded.of([run for part in parts for run in part.told_by()])


def read(content: Any, runs: Runs) -> Timeline:
    """The changes of a table of `CHANGES`, as it has them."""
    needed(content, CHANGES)
    by_name = {column.name: column for column in CHANGES}
    sequences = arrays.numbers(content, by_name["run"]).numbers
    return Timeline(
        texts={name: arrays.texts(content.column(there)) for name, there in _TEXTS.items()},
        runs=runs,
        sequences=sequences,
        days=arrays.numbers(content, by_name["date"]).numbers,
        numbers=arrays.numbers(content, by_name["value"]),
    )


def in_order(found: Timeline, *, is_sorted: bool) -> Timeline:
    """Changes in the order of runs.

    Args:
        found: each run's in the order of `SORTED_BY`, where they stand together.
        is_sorted: whether they stand together: no run is in two files.
    """
    import numpy as np

    if is_sorted:
        order = arrays.order(found.sequences)
    else:
        ranks = [found.texts[name].ranks() for name in reversed(_TEXTS)]
        order = np.lexsort((*ranks, found.sequences))
    return found.taken(order)
