"""What happened in one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from spiders.items import OutcomeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check of one answer: a value that knows whether it blocks."""

    name: str
    author_key: str
    provider: str
    passed: bool
    blocking: bool
    """Whether failing it keeps the old figures."""
    detail: str
    """One line: what was compared, and what to do when it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it went for one author at one provider in one run."""

    author_key: str
    provider: str
    kind: OutcomeKind
    reason: str | None = None
    """Why it is not fresh, in one line."""
    requests: int = 0
    """Requests sent for this author, retries included; robots.txt, asked once for all, is not."""
    seconds: float = 0.0
    """Wall time from the first request to the last answer."""
    retry_after: float | None = None
    """Seconds that the provider asked to be left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What happened in one run: `run.json`."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    exit_code: int
    outcomes: tuple[Outcome, ...]
    checks: tuple[CheckResult, ...]
    written: tuple[str, ...]
    """Paths of the artifacts whose content changed."""
    unchanged: int
    """How many artifacts were left alone."""
    versions: Mapping[str, str]
    """Versions of the program and what it stands on."""
    stats: Mapping[str, int | float | str] = field(default_factory=lambda: MappingProxyType({}))
    """Counters of the crawl, by provider."""
    problems: tuple[str, ...] = ()
    """Damage found in the history, and what was done about it, a line each."""
