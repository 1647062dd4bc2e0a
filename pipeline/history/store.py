"""The history as the rest of the program sees it: states in, a plan, one atomic commit.

Nothing is read before a method asks for it, and a method that only reads changes nothing but to
set a damaged file aside. What only a commit needs is imported by the commit: `summary` is quick.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import StorageError
from pipeline.history import summary
from pipeline.history.encode import utc
from pipeline.history.files import Files
from pipeline.history.manifest import COPY, DATA, NAME, Manifest
from pipeline.history.rows import Committed, Plan, Problem, RunRow, SummaryRow

if TYPE_CHECKING:
    from pipeline.history.reading import Reader
    from pipeline.history.timeline import Timeline
    from pipeline.model import Collected, Outcome, ProviderState

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class History:
    """Every figure ever believed, below one folder.

    Args:
        root: folder of the history; made by the first commit.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        """What was found damaged so far, and what was done about it."""
        self._files = Files(root, self.problems)

    def lock(self) -> AbstractContextManager[None]:
        """Holds the history for one run; does not wait.

        Raises:
            Locked: another run holds it; says who, where known.
        """
        return self._files.lock.hold()

    def states(self) -> tuple[ProviderState, ...]:
        """Everything last known good, sorted by author and provider; `()` before the first run.

        Damage is repaired as far as that goes, and named in `problems`.

        Raises:
            HistoryDamaged: nothing can be read.
            StorageError: it belongs to a newer version, or may not be read.
        """
        return self._files.steadily(lambda m: self._reader(m).states().states)

    def plan(self, collected: Sequence[Collected], *, at: datetime) -> Plan:
        """What accepted answers would change; writes nothing."""
        from pipeline.history import delta

        def of(found: Manifest) -> Plan:
            before = self._reader(found).states()
            plan = delta.plan(
                before.states, collected, at=at, last_at=found.last_at, base=found.sequence
            )
            return replace(plan, before=before)

        return self._files.steadily(of)

    def commit(
        self,
        plan: Plan,
        *,
        outcomes: Sequence[Outcome],
        run_id: str,
        at: datetime,
        work_ids: Mapping[tuple[str, str], str] | None = None,
        held: Mapping[tuple[str, str], Mapping[str, int]] | None = None,
    ) -> Committed:
        """Stores changes, states and the rows of this run, all or nothing; then compacts.

        Args:
            plan: made on this history since its last commit.
            outcomes: how it went for everybody who was asked.
            run_id: letters, digits and `._-`; never used before.
            at: moment of the run.
            work_ids: (author key, record id) to the paper that it was resolved to; others keep
                theirs.
            held: (author key, provider) to figures of an answer that waits to be confirmed; an
                answer that is believed ends the waiting of its pair.

        Raises:
            Locked: another run holds the history.
            StorageError: the disk refuses, or the history is not the one that was planned on.
        """
        from pipeline.history import tables, writing

        if not _RUN_ID.fullmatch(run_id):
            raise ValueError(f"no run id: {run_id!r} (letters, digits and ._- only)")
        with self.lock():
            stored = self._files.tidy(self._files.manifest())
            if stored.sequence != plan.base:
                raise StorageError(
                    f"the history in {self.root} has changed since it was planned on: run again"
                )
            plan = replace(plan, states=tables.with_work_ids(plan.states, work_ids or {}))
            reader = self._reader(stored)
            blobs = writing.blobs(
                reader, plan, outcomes, run_id=run_id, at=utc(at), held=held or {}
            )
            if not blobs:
                return Committed(sequence=stored.sequence, changes=0, written=(), compacted=0)
            if taken := [p for p in blobs if p in stored.files and DATA.fullmatch(p)]:
                raise StorageError(f"{taken[0]} is stored already: give each run its own id")
            new = Manifest(sequence=plan.base + 1, last_at=utc(at))
            self._files.replace(stored, new, blobs=blobs)
            return Committed(
                sequence=new.sequence,
                changes=len(plan.changes),
                written=tuple(sorted((*blobs, NAME, COPY))),
                compacted=self._compact_quietly(),
            )

    def absorb(self, other: Path) -> int:
        """Takes every run of another copy of this history that is missing here, all or nothing.

        The other copy is only read; what is damaged in it is not taken, and named in `problems`.

        Args:
            other: root of the copy; nothing is taken where there is none.

        Returns:
            How many runs were taken; 0, and nothing is written, when there was none to take.

        Raises:
            HistoryDamaged: nothing of one of them can be read.
            Locked: another run holds this history.
            StorageError: it is another person's, or of a newer version, or the disk refuses.
        """
        from pipeline.history import absorb

        with absorb.opened(other, self.problems) as theirs:
            if not theirs.manifest.files:
                return 0
            with self.lock():
                stored = self._files.manifest()
                if stored.sequence and not theirs.lacking(self._reader(stored)):
                    return 0
                stored = self._files.tidy(stored)
                step = absorb.step(self._reader(stored), stored, theirs, root=self.root)
                self._files.replace(stored, step.manifest, blobs=step.blobs)
                self._compact_quietly()
                return step.runs

    def series(
        self,
        *,
        author_key: str | None = None,
        provider: str | None = None,
        metric: str | None = None,
        record_id: str | None = None,
    ) -> Timeline:
        """Changes in the order of runs; `record_id=""` is the author's own figures.

        All of them are read and verified; a `Change` is made when it is looked at.
        """
        return self._files.steadily(
            lambda m: self._reader(m).changes(
                author_key=author_key, provider=provider, metric=metric, record_id=record_id
            )
        )

    def runs(self) -> list[RunRow]:
        """Every run's row of every author and provider it asked, in the order of runs."""
        return self._files.steadily(lambda m: self._reader(m).runs())

    def summary(self) -> list[SummaryRow]:
        """What `status` shows, read from JSON alone (unless that is damaged)."""

        def of(found: Manifest) -> tuple[SummaryRow, ...]:
            rows = summary.stored(self._files, found)
            return self._reader(found).summary() if rows is None else rows

        return list(self._files.steadily(of))

    def verify(self) -> list[Problem]:
        """Everything that is not as it should be; moves and repairs nothing."""
        from pipeline.history.verify import problems

        return problems(self.root)

    def files(self) -> tuple[Path, ...]:
        """The files that make up the history, relative to its root: what is to travel."""
        found = self._files.steadily(lambda m: m)
        names = [NAME, COPY, *found.files] if found.sequence else []
        return tuple(Path(n) for n in sorted(names) if (self.root / n).is_file())

    def compact(self) -> int:
        """Joins the files that are due (`pipeline.history.compact`); says how many."""
        from pipeline.history import compact, writing

        with self.lock():
            stored = self._files.manifest()
            groups = compact.due(stored.files, at=stored.last_at) if stored.last_at else []
            joined = 0
            for group in groups:
                blob = writing.joined(self._reader(stored), group)
                if blob and group.target not in stored.files:
                    stored = self._files.replace(
                        stored, stored, blobs={group.target: blob}, drop=group.paths
                    )
                    joined += len(group.paths)
            return joined

    def _reader(self, manifest: Manifest) -> Reader:
        from pipeline.history.reading import Reader

        return Reader(self._files, manifest)

    def _compact_quietly(self) -> int:
        """Compaction after a commit: what was stored stays stored, whatever happens here."""
        try:
            return self.compact()
        except (StorageError, ValueError, TypeError, KeyError) as error:
            self.problems.append(Problem(path=NAME, what=f"not compacted: {error}"))
            return 0
