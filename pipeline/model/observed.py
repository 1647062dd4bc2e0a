"""What was asked for, what came, and what is known of it: one provider at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spiders.items import AuthorRecord, WorkRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person whose citations are followed."""

    key: str
    """Short name in the configuration, paths and commands."""
    name: str | None
    """Name as the configuration gives it."""
    ids: tuple[str, ...]
    """Normalised `scheme:value` identifiers of the person."""

    def id_of(self, scheme: str) -> str | None:
        """Value of the first identifier of a scheme, without the scheme."""
        prefix = scheme + ":"
        return next((i.removeprefix(prefix) for i in self.ids if i.startswith(prefix)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Several of the authors who are followed, as one."""

    key: str
    """Short name in the configuration, paths and commands."""
    name: str | None
    members: tuple[str, ...]
    """Keys of its authors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The complete answer of one provider for one author."""

    author_key: str
    provider: str
    author: AuthorRecord
    works: tuple[WorkRecord, ...]
    fetched_at: datetime | None = None
    """When the oldest page of it came, where a run that was stopped had fetched some; `None` when
    all came in this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The last known good value of one provider's record."""

    record: WorkRecord
    as_of: datetime
    """When this value was last confirmed, as shown (see `pipeline.history`)."""
    first_seen: datetime
    is_gone: bool = False
    """Whether the provider's last complete list no longer had it; the value is kept."""
    work_id: str | None = None
    """Paper that it was last resolved to; keeps ids stable from run to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """Everything last known good of one author at one provider."""

    author_key: str
    provider: str
    author: AuthorRecord
    works: tuple[Observed, ...]
    """Every record ever seen, the gone ones included, in the provider's order."""
    as_of: datetime
    """When these figures were confirmed: renewed when they change, or at most weekly."""
    checked_at: datetime
    """When the provider last answered and was believed; always at or after `as_of`."""
    changed_at: datetime
    """When a figure last changed."""

    @property
    def present(self) -> tuple[Observed, ...]:
        """Records of the provider's last list, without the gone ones."""
        return tuple(o for o in self.works if not o.is_gone)
