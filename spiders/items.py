"""The records: what one provider says, as read, before anybody interprets it.

`None` always means "the provider does not say". It is never 0 and never "".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class PageVerdict(StrEnum):
    """What kind of page came back, told by address and element ids, never by words."""

    PROFILE = "profile"
    EMPTY = "empty"
    NOT_FOUND = "not_found"
    BLOCKED = "blocked"
    LAYOUT_CHANGED = "layout_changed"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One supplier of data: a row of `spiders.registry.PROVIDERS`."""

    name: str
    """Name in configuration, records and artifacts, e.g. `google_scholar`."""
    title: str
    """Name for people, e.g. `Google Scholar`."""
    page: str
    """Import path of the page module."""
    spider: str
    """Import path of the spider class, `module:Class`."""
    base_url: str
    """Where the provider answers; a configuration may point elsewhere."""
    hosts: tuple[str, ...]
    """Hosts that a redirect may lead to, besides that of the base URL."""
    id_schemes: tuple[str, ...]
    """Schemes of the author ids it can be asked for, best first."""
    delay: float
    """Seconds between two requests; never before the first."""
    concurrency: int = 1
    """Requests under way at once."""
    robots: bool = True
    """Whether robots.txt governs it; documented APIs are governed by their terms instead."""
    api_key_env: str | None = None
    """Environment variable that holds its key, where it takes one."""
    api_key_required: bool = False
    """Whether it answers nobody without a key."""
    max_requests_per_author: int = 100
    """Upper bound of requests that one author may cost."""
    counts: bool = True
    """Whether it counts citations of papers; one that does not is never shown on a badge."""
    follows: tuple[str, ...] = ()
    """Schemes of work ids that it is asked for, as other providers list them (`Target.follow`)."""
    lists_papers: bool = True
    """Whether its records are papers; those of a code host are repositories."""
    totals_from_list: bool = False
    """Whether its totals are added up from the very list it shows, so that they must agree."""
    logo: str | None = None
    """Slug of its logo at simple-icons, `None` where there is none."""
    profile_url: str | None = None
    """Page for people, with `{id}` for the provider's own author id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCount:
    """Citations of one calendar year."""

    year: int
    cited_by_count: int
    """Citations in that year (see `AuthorRecord.counts_by_year_meaning`), 0 or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorRecord:
    """What one provider says of one profile."""

    provider: str
    """Name of the provider."""
    author_id: str | None
    """The provider's own id of the profile, without a scheme, e.g. `LZ5D_p4AAAAJ`."""
    name: str | None = None
    affiliation: str | None = None
    homepage: str | None = None
    """The person's own page."""
    interests: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """Normalised `scheme:value` identifiers, its own one first."""
    works_count: int | None = None
    """Papers, as the provider states."""
    cited_by_count: int | None = None
    """Citations, as the provider states."""
    h_index: int | None = None
    """h-index, as the provider states."""
    i10_index: int | None = None
    """i10-index, as the provider states."""
    recent_since_year: int | None = None
    """First year of the provider's "since" columns."""
    cited_by_count_recent: int | None = None
    """Citations received since that year, as stated; it cannot be recomputed from a list."""
    h_index_recent: int | None = None
    """h-index over citations received since that year, as stated."""
    i10_index_recent: int | None = None
    """i10-index over citations received since that year, as stated."""
    counts_by_year: tuple[YearCount, ...] = ()
    """Citations a year, oldest first."""
    counts_by_year_meaning: str | None = None
    """`received` (citations of that year) or `publication_year` (of papers of that year)."""
    works_expected: int | None = None
    """How many works the provider says the list that was asked for holds."""
    is_truncated: bool = False
    """Whether the provider has more works than it showed."""
    is_sorted: bool = True
    """Whether the works came by falling citations (only then does a cut list give bounds)."""
    anomalies: tuple[str, ...] = ()
    """Names of things that cannot be right, e.g. `zero_totals_with_papers`."""
    extra: Mapping[str, float | int | str] = field(default_factory=lambda: MappingProxyType({}))
    """Figures of that provider's own making, carried as they are (e.g. `2yr_mean_citedness`)."""
    raw: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Text as it stood on the page, for figures that were parsed from text."""
    url: str | None = None
    """Where it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRecord:
    """What one provider says of one paper."""

    provider: str
    """Name of the provider."""
    record_id: str
    """Normalised `scheme:value` of the provider's own record, e.g. `google_scholar:USER:PUB`."""
    title: str | None
    """Title, white space folded."""
    year: int | None = None
    """Year of publication."""
    publication_date: str | None = None
    """ISO date, as exact as the provider is."""
    venue: str | None = None
    work_type: str | None = None
    """The provider's own word, e.g. `article`, `preprint`."""
    authors: tuple[str, ...] = ()
    """Names in order, as far as the provider shows them."""
    authors_count: int | None = None
    """How many authors there are; `None` when the provider elides or does not say."""
    ids: tuple[str, ...] = ()
    """Normalised `scheme:value` identifiers, the record's own first."""
    cited_by_count: int | None = None
    """Citations; a provider's 0 is 0, its silence is `None`."""
    cited_by_count_raw: str | None = None
    """The text that the count was read from, e.g. `35*`."""
    self_citations: int | None = None
    """Self-citations among them, where the provider separates them."""
    influential_citation_count: int | None = None
    counts_by_year: tuple[YearCount, ...] = ()
    """Citations received a year, oldest first; the provider may leave early years out."""
    is_merged: bool = False
    """Several of the provider's entries joined (Google Scholar's star)."""
    is_excluded: bool = False
    """Shown but not counted by the provider itself (Google Scholar's struck-through rows)."""
    is_retracted: bool | None = None
    cited_by_url: str | None = None
    """Page that lists the citing papers."""
    cites_ids: tuple[str, ...] = ()
    """Cluster ids of the provider that the count is made of."""
    url: str | None = None
    """Page of the paper at the provider."""
    extra: Mapping[str, float | int | str] = field(default_factory=lambda: MappingProxyType({}))
    """Figures of that provider's own making, carried as they are (e.g. `fwci`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """Everything that one page says: the result of every page module."""

    verdict: PageVerdict
    """`PROFILE`, `EMPTY` or `TRUNCATED`; the other verdicts are raised as errors."""
    author: AuthorRecord | None = None
    works: tuple[WorkRecord, ...] = ()
    total: int | None = None
    """How many works the whole list holds, where the page says so."""
    next_cursor: str | None = None
    """What to ask for the next page with; `None` on the last one."""
    authors_of: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Record id of a work to the ids of its authors, where a list is of several people's works; a
    work whose list of authors was cut, or is empty, is not in it."""


class OutcomeKind(StrEnum):
    """How it went for one author at one provider; the order is from best to worst."""

    FRESH = "fresh"
    """New figures came and were taken."""
    UNCHANGED = "unchanged"
    """The provider answered, and said what was known."""
    STALE = "stale"
    """Not answered (`reason` says why); the last known figures stay."""
    BLOCKED = "blocked"
    NOT_FOUND = "not_found"
    LAYOUT_CHANGED = "layout_changed"
    BUDGET_SPENT = "budget_spent"
    OFFLINE = "offline"
    REFUSED = "refused"
    """It answered, but a check (or the provider) refused; the last known figures stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One author to be asked for at one provider."""

    author_key: str
    """Key of the author in the configuration."""
    id: str
    """`scheme:value` that the provider can be asked for."""
    also: tuple[str, ...] = ()
    """Further ids of the same scheme: a person whom the provider took for several."""
    follow: tuple[str, ...] = ()
    """Ids of the author's works that other providers list, for one that `follows` them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageItem:
    """One page that a spider read: a Scrapy item a page, not a work."""

    provider: str
    author_key: str
    author: AuthorRecord | None
    works: tuple[WorkRecord, ...]
    is_last: bool
    """Whether the author's list ends here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateItem:
    """A profile that a search for people found; not known to be anybody's in particular."""

    provider: str
    author_key: str
    """Key of the question that it answers."""
    author: AuthorRecord
    works: tuple[WorkRecord, ...] = ()
    """Papers that came along, if any: never said to be all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureItem:
    """Why an author could not be read; at most one an author and provider."""

    provider: str
    author_key: str
    kind: OutcomeKind
    reason: str
    """One line: what happened, where, what to do."""
    retry_after: float | None = None
    """Seconds the provider asked to be left alone."""
