"""Short ways to say an answer and a run, and what of a history is compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.history import Committed, History
from pipeline.model import Collected, Outcome
from spiders.items import AuthorRecord, OutcomeKind, WorkRecord

START = datetime(2026, 3, 2, 3, 17, 5, 250_000, tzinfo=UTC)


@dataclass(frozen=True)
class Kit:
    """What tests build with; time is counted in days after `start`."""

    start: datetime = START

    def day(self, days: float) -> datetime:
        return self.start + timedelta(days=days)

    def work(self, number: int | str, count: int | None, **said: Any) -> WorkRecord:
        said = {"title": f"On subject {number}"} | said
        record_id = f"openalex:W{number}"
        return WorkRecord(provider="openalex", record_id=record_id, cited_by_count=count, **said)

    def answer(
        self,
        counts: Mapping[int, int | None] | tuple[WorkRecord, ...],
        *,
        key: str = "ada",
        provider: str = "openalex",
        **said: Any,
    ) -> Collected:
        works = (
            counts
            if isinstance(counts, tuple)
            else tuple(self.work(number, count) for number, count in counts.items())
        )
        works = tuple(replace(w, provider=provider) for w in works)
        author = AuthorRecord(provider=provider, author_id="A1", name="Ada Example", **said)
        return Collected(author_key=key, provider=provider, author=author, works=works)

    def run(
        self,
        history: History,
        *answers: Collected,
        day: float = 0,
        outcomes: tuple[Outcome, ...] = (),
        **options: Any,
    ) -> Committed:
        at = self.day(day)
        plan = history.plan(answers, at=at)
        options.setdefault("run_id", f"run{plan.base + 1}")
        return history.commit(plan, outcomes=outcomes, at=at, **options)

    def outcome(self, kind: OutcomeKind = OutcomeKind.BLOCKED, **said: Any) -> Outcome:
        said = {"author_key": "ada", "provider": "openalex", "reason": "a wall"} | said
        return Outcome(kind=kind, **said)

    def figures(self, history: History) -> dict[tuple[str, str, str], tuple[int | None, bool]]:
        """Every record's count and whether it is gone."""
        return {
            (s.author_key, s.provider, o.record.record_id): (o.record.cited_by_count, o.is_gone)
            for s in history.states()
            for o in s.works
        }

    def everything(self, root: Path) -> tuple[Any, ...]:
        """All that a fresh look at a history can tell."""
        history = History(root)
        return (history.states(), history.series(), history.runs(), history.summary())

    def tree(self, root: Path) -> dict[str, bytes]:
        """Every file with its bytes."""
        return {
            p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()
        }


@pytest.fixture
def kit() -> Kit:
    return Kit()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "history"


@pytest.fixture
def history(root: Path) -> History:
    return History(root)


@pytest.fixture
def lived(kit: Kit, root: Path) -> Callable[[], Path]:
    """Makes a history of five runs, two authors and two providers, with a closed month."""

    def make() -> Path:
        history = History(root)
        for number, day in enumerate((-3, -2, 0, 1, 2)):
            kit.run(
                history,
                kit.answer({1: 5 + number, 2: 3, 3: 40 + day}, cited_by_count=50 + number),
                kit.answer({1: 4, 4: number}, provider="crossref"),
                kit.answer({9: number} if number != 3 else {}, key="bob", h_index=number),
                day=day,
                outcomes=(kit.outcome(provider="dblp", author_key="bob"),),
                work_ids={("ada", "openalex:W1"): "doi:10.1000/one"},
            )
        return root

    return make
