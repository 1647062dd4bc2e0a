"""What the history gives and takes: changes, plans, runs, summaries and problems, as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders.items import OutcomeKind

if TYPE_CHECKING:
    from pipeline.history.reading import Loaded
    from pipeline.model import ProviderState

RENEW_AFTER = dt.timedelta(days=7)
"""Age from which `as_of` is renewed although nothing changed."""

STATED = (
    "works_count",
    "cited_by_count",
    "h_index",
    "i10_index",
    "cited_by_count_recent",
    "h_index_recent",
    "i10_index_recent",
)
"""Figures that a provider states of an author, and whose changes are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure that became another one."""

    author_key: str
    provider: str
    record_id: str
    """The provider's record, or "" for a figure that the provider states of the author."""
    metric: str
    """`cited_by_count` of a record; one of `STATED` of an author."""
    date: dt.date
    """UTC date of the run, as its clock had it."""
    at: dt.datetime | None
    """Moment of the run; `None` when its row was lost, or copies were joined (`History.absorb`)."""
    value: int | None
    """The figure from then on; `None` when the record left the provider's complete list."""
    run_id: str = ""
    """Run that saw it; "" before it is committed, and where `at` is `None`."""
    sequence: int = 0
    """Number of that run: the order of runs, whatever their clocks said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a commit would change: nothing is written yet."""

    states: tuple[ProviderState, ...]
    """Every state as it will be, those that nobody asked for included."""
    changes: tuple[Change, ...]
    changed: frozenset[tuple[str, str]]
    """(author key, provider) of which anything stored differs, metadata included."""
    clock_went_back: bool
    """Whether this run is dated before the one stored last; nothing is lost by it."""
    seen: Mapping[tuple[str, str], int]
    """(author key, provider) of every accepted answer, with how many works it held."""
    base: int
    """Number of the run that the plan stands on."""
    before: Loaded | None = field(default=None, repr=False, compare=False)
    """What was read for it, so that a commit on the same files need not read it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """How one run went for one author at one provider."""

    run_id: str
    sequence: int
    """Number of the run: the order of runs, whatever their clocks said."""
    at: dt.datetime
    author_key: str
    provider: str
    kind: OutcomeKind
    reason: str | None
    works_seen: int | None
    """Works in the answer that was believed; `None` when none was."""
    requests: int
    seconds: float
    """Wall time, to the hundredth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """What is known of one author at one provider, in one glance."""

    author_key: str
    provider: str
    name: str | None
    """The person, as the provider writes it."""
    stated: Mapping[str, int]
    """Figures that the provider states; absent when it does not say."""
    listed: Mapping[str, int]
    """Figures added up from its list of papers; lower bounds when `is_truncated`."""
    is_truncated: bool
    gone: int
    """Records that its last complete list no longer had."""
    as_of: dt.datetime | None
    """When the figures were confirmed, as shown; `None` while it never answered."""
    checked_at: dt.datetime | None
    """When it last answered and was believed."""
    changed_at: dt.datetime | None
    """When a figure last changed."""
    outcome: OutcomeKind | None
    """How it went when it was last asked; `None` when that was lost."""
    reason: str | None
    asked_at: dt.datetime | None
    """When it was last asked."""
    run_id: str | None
    """Run that last asked it."""
    held: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Figures of an answer that waits to be confirmed, and how many `runs` in a row said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What a commit wrote."""

    sequence: int
    """Number of the run in this history."""
    changes: int
    """How many figures changed."""
    written: tuple[str, ...]
    """Paths below the root that hold something new, sorted."""
    compacted: int
    """How many small files were joined into larger ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is not as it should be."""

    path: str
    """Relative to the root of the history."""
    what: str
    """One line: what was found, and what was or can be done about it."""
