"""How a check speaks: one result, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import CheckResult, Collected
from spiders.items import WorkRecord


def result(of: Collected, name: str, detail: str, *, passed: bool, blocks: bool) -> CheckResult:
    """What a check found of an answer."""
    return CheckResult(
        name=name,
        author_key=of.author_key,
        provider=of.provider,
        passed=passed,
        blocking=blocks,
        detail=detail,
    )


def counted(works: Sequence[WorkRecord]) -> tuple[WorkRecord, ...]:
    """The records that the provider itself counts: struck-through ones are left out."""
    return tuple(w for w in works if not w.is_excluded)
