"""One round over all slices: a child for each, a journal between them, one table at the end.

A round that was stopped goes on with the slices that it did not come to, as long as it is of the
same day; one that ended is followed by a whole new one.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.department.slices import Slices
from pipeline.errors import StorageError
from pipeline.jobs.child import Refreshed
from pipeline.model import Artifact
from pipeline.writers import save

JOURNAL = "round.json"
TABLE = "authors.csv"
_PART = "figures.csv"
_COLUMNS = ("key", "provider", "citations", "h_index", "i10_index", "papers", "as_of", "folder")
GOES_ON_FOR = timedelta(hours=24)
"""How long after it began a round is gone on with."""
_NEVER_MIND = 3
"""Slices in a row that nobody answers for, after which a round stops."""
_SETTLED = frozenset({0, 1, 4})
"""Exit codes after which a slice is done with for this round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How one slice went."""

    number: int
    exit_code: int
    outcomes: Mapping[str, int]
    """How many authors and providers came to what, by kind."""
    requests: int
    reason: str | None
    """One line, where it was not all fresh."""


@dataclass(slots=True, kw_only=True)
class Round:
    """A round as it stands."""

    began: datetime
    slices: int
    """Slices with somebody in them."""
    kept: int = 0
    """Slices that an earlier part of this round was done with."""
    done: list[Done] = field(default_factory=list)
    stopped: str | None = None
    """Why it ended before its last slice."""

    @property
    def outcomes(self) -> Counter[str]:
        """All outcomes of this call, by kind."""
        return sum((Counter(one.outcomes) for one in self.done), Counter())

    @property
    def exit_code(self) -> int:
        """5 where storage failed, 0 all fresh, 1 partly, 3 nothing came, 4 all was refused."""
        codes = {one.exit_code for one in self.done}
        if codes - {0, 1, 3, 4}:
            return StorageError.exit_code if 5 in codes else 1  # noqa: PLR2004 - docs/cli.md
        if not codes or (codes == {0} and not self.stopped):
            return 0
        return codes.pop() if len(codes) == 1 else 1


Ask = Callable[[Path], Refreshed]
"""Refreshes the slice of a configuration file."""


def run_round(
    slices: Slices,
    *,
    ask: Ask,
    now: datetime,
    anew: bool = False,
    only: Sequence[int] = (),
    tell: Callable[[Round], None] = lambda _: None,
) -> Round:
    """Refresh every slice that this round has not come to yet.

    Args:
        slices: The department's.
        ask: Refreshes one of them.
        now: Aware moment of this call.
        anew: Whether to leave a round that was stopped and begin a whole one.
        only: Numbers of the only slices wanted; they are asked for in any case.
        tell: Called after each slice.

    Raises:
        StorageError: the journal or the table cannot be written.
    """
    numbers = slices.numbers()
    began, settled = (now, {}) if anew else _earlier(slices, now)
    wanted = _wanted(numbers, settled, only)
    round_ = Round(began=began, slices=len(numbers), kept=len(numbers) - len(wanted))
    for number in wanted:
        refreshed = ask(slices.config_of(number))
        done = _done(number, refreshed)
        round_.done.append(done)
        if refreshed.document is not None:
            _keep_figures(slices, number, refreshed.document)
        if done.exit_code in _SETTLED:
            settled[number] = done.exit_code
        round_.stopped = _stop(round_.done)
        _write_journal(slices, round_, settled, total=len(numbers))
        tell(round_)
        if round_.stopped:
            break
    _write_table(slices, numbers)
    return round_


def due(
    slices: Slices, *, now: datetime, anew: bool = False, only: Sequence[int] = ()
) -> list[int]:
    """The slices that a round begun at this moment would come to."""
    settled = {} if anew else _earlier(slices, now)[1]
    return _wanted(slices.numbers(), settled, only)


def _wanted(numbers: Sequence[int], settled: Mapping[int, int], only: Sequence[int]) -> list[int]:
    return [n for n in numbers if (n in only if only else n not in settled)]


def _done(number: int, refreshed: Refreshed) -> Done:
    document = refreshed.document or {}
    outcomes = [o for o in document.get("outcomes", ()) if isinstance(o, dict)]
    reasons = [str(o["reason"]) for o in outcomes if o.get("reason")]
    reasons += refreshed.last_lines[-1:]
    return Done(
        number=number,
        exit_code=refreshed.exit_code,
        outcomes=Counter(str(o.get("kind")) for o in outcomes),
        requests=sum(int(o.get("requests") or 0) for o in outcomes),
        reason=next(iter(reasons), None) if refreshed.exit_code else None,
    )


def _stop(done: Sequence[Done]) -> str | None:
    last = done[-1]
    if last.outcomes and set(last.outcomes) == {"budget_spent"}:
        return f"the budget is spent ({last.reason}); run again when there is a new one"
    lately = [one.exit_code for one in done[-_NEVER_MIND:]]
    if lately == [3] * _NEVER_MIND:
        return f"{_NEVER_MIND} slices in a row got nothing ({last.reason}); run again later"
    if last.exit_code < 0 or last.exit_code in (2, 5):
        return f"slice {last.number:04d} failed ({last.reason}); mend that and run again"
    return None


def _earlier(slices: Slices, now: datetime) -> tuple[datetime, dict[int, int]]:
    """When the round that is to go on began, and what it is done with; a new one has nothing."""
    try:
        known = json.loads((slices.folder / JOURNAL).read_bytes())
        began = datetime.fromisoformat(known["began"])
        settled = {int(number): int(code) for number, code in known["settled"].items()}
        if known["is_over"] or not timedelta() <= now - began < GOES_ON_FOR:
            return now, {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return now, {}  # a journal that cannot be read costs a whole round, and nothing else
    return began, settled


def _write_journal(
    slices: Slices, round_: Round, settled: Mapping[int, int], *, total: int
) -> None:
    document = {
        "schema": 1,
        "began": round_.began.isoformat(timespec="seconds"),
        "is_over": len(settled) >= total,
        "settled": {str(number): code for number, code in sorted(settled.items())},
        "stopped": round_.stopped,
    }
    data = (json.dumps(document, indent=1) + "\n").encode()
    save([Artifact(path=JOURNAL, data=data)], slices.folder)


def _keep_figures(slices: Slices, number: int, document: Mapping[str, Any]) -> None:
    """The slice's part of the table: what badges show of each author."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in document.get("figures", ()):
        if row.get("is_shown"):
            said = row.get("combined") or row.get("stated") or {}
            figures = [said.get(name) for name in _COLUMNS[2:6]]
            writer.writerow(
                [row["author"], row["provider"], *figures, row["as_of"], f"{number:04d}/output"]
            )
    save([Artifact(path=_PART, data=text.getvalue().encode())], slices.folder_of(number))


def _write_table(slices: Slices, numbers: Sequence[int]) -> None:
    """Joins the parts into one table, a part at a time."""

    def lines() -> Iterator[bytes]:
        yield (",".join(_COLUMNS) + "\n").encode()
        for number in numbers:
            part = slices.folder_of(number) / _PART
            if part.is_file():
                yield part.read_bytes()

    target = slices.folder / TABLE
    part = target.with_name(f".{TABLE}.part")
    try:
        with part.open("wb") as file:
            file.writelines(lines())
        part.replace(target)
    except OSError as error:
        raise StorageError(
            f"cannot write {target}: {error.strerror}; the earlier one was kept"
        ) from error
