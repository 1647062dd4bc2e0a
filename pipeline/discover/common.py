"""How many papers an answer has in common with what the given ids list, each paper once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.discover.evidence import Answer, Evidence
from pipeline.identity import resolve
from pipeline.model import Observed, Work

_THEN = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """All papers of all answers, and which of them are the person's for certain."""

    works: tuple[Work, ...]
    trusted: tuple[Answer, ...]

    @classmethod
    def of(cls, evidence: Evidence, trusted: Sequence[Answer]) -> Common:
        """Resolve every record of every answer into papers."""
        records = (r for a in evidence.answers for r in a.collected.works)
        seen = [Observed(record=r, as_of=_THEN, first_seen=_THEN) for r in records]
        return cls(works=resolve(seen), trusted=tuple(trusted))

    def with_others(self, answer: Answer) -> tuple[int, int] | None:
        """Papers of an answer that the others have too, and how many these have."""
        others = [a for a in self.trusted if a != answer]
        if not any(a.collected.works for a in others):
            return None
        known = self._of(others)
        return len(self._of((answer,)) & known), len(known)

    def _of(self, answers: Sequence[Answer]) -> set[str]:
        own = {(w.provider, w.record_id) for a in answers for w in a.collected.works}
        return {
            w.work_id for w in self.works if any((c.provider, c.record_id) in own for c in w.counts)
        }
