"""Papers: one or more records, and why they are one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Why two records are one paper."""

    left: str
    """Record id."""
    right: str
    """Record id."""
    rule: str
    """`same_work`, `doi`, `arxiv`, `provider_id`, or `title`."""
    evidence: str
    """What they share, e.g. `doi:10.1000/x` or the title key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationCount:
    """One observation: a provider's count of one of its records of a paper."""

    provider: str
    record_id: str
    cited_by_count: int | None
    as_of: datetime
    is_gone: bool = False
    is_excluded: bool = False
    """Whether the provider itself leaves it out of its totals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One paper after identity resolution."""

    work_id: str
    """Stable `scheme:value`: the id it was first resolved under."""
    title: str
    year: int | None
    publication_date: str | None
    venue: str | None
    work_type: str | None
    authors: tuple[str, ...]
    authors_count: int | None
    ids: tuple[str, ...]
    """Identifiers of all its records, sorted by `scheme` preference then value."""
    counts: tuple[CitationCount, ...]
    """Every provider's records of it."""
    merges: tuple[Merge, ...] = ()
    """Why they are one paper; empty for a single record."""
    abstract: str | None = None
    category: str | None = None
    """Field of work, in the words of the provider that says one, e.g. `CV` or `cs.CV`."""
    is_retracted: bool | None = None
    """Whether a provider says that it was retracted; `None` where nobody says."""
    has_code: bool | None = None
    """Whether a provider says that its code is public; `None` where nobody says."""

    def cited_by_count(self, provider: str, rule: str = "max") -> int | None:
        """Its citations by one provider: versions added up by `sum_versions`, else the largest.

        Gone and excluded records count only when the provider has no other.
        """
        own = [c for c in self.counts if c.provider == provider and c.cited_by_count is not None]
        live = [c for c in own if not c.is_gone and not c.is_excluded] or own
        values = [c.cited_by_count for c in live if c.cited_by_count is not None]
        if not values:
            return None
        return sum(values) if rule == "sum_versions" else max(values)
