"""One paper as a page shows it: its texts cleaned, its counts by provider, what is odd in words.

A count that is not known is a dash. Nothing here depends on the clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.model import AuthorSnapshot, Work
from pipeline.writers.formatting import cleaned, integer
from pipeline.writers.report import words
from pipeline.writers.report.chart import title_of
from pipeline.writers.report.links import paper_address, repository_address
from pipeline.writers.report.names import Byline, byline
from pipeline.writers.shown import COMBINED, Shown, combined_count, count_of
from spiders.registry import counts_citations

_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
_TYPES = {
    "preprint": "Preprint",
    "posted-content": "Preprint",
    "retracted": "Retracted",
    "retracted-article": "Retracted",
    "retraction": "Retraction notice",
    "withdrawn": "Withdrawn",
    "erratum": "Erratum",
    "dataset": "Data set",
    "thesis": "Thesis",
    "dissertation": "Thesis",
    "book": "Book",
}
"""Kinds that a reader should see, by providers' words for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often a paper is cited, by one provider."""

    title: str
    """The provider's name for people."""
    text: str
    """The number, or a dash."""
    value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repo:
    """A repository of a paper's code."""

    name: str
    href: str
    stars: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One row of the list."""

    title: str
    href: str | None
    by: Byline
    venue: str | None
    when: str | None
    """Date for people, as exact as it is known."""
    year: int | None
    sort_date: str
    """ISO date or year, for sorting; empty when not known."""
    category: str | None
    has_code: bool
    repos: tuple[Repo, ...]
    count: Count
    """By the provider that is shown."""
    counts: tuple[Count, ...]
    """By the other ones that count."""
    kind: str | None
    notes: tuple[str, ...]
    is_partial: bool
    """Whether some provider that counts does not know it."""
    abstract: str | None
    members: tuple[str, ...] = ()
    """Who of a group wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is needed to read an author's papers."""

    author: AuthorSnapshot
    by: Shown | None
    order: Sequence[str]
    own: Mapping[str, frozenset[str]]
    """Whose names are marked (`names.by_surname`)."""
    stars: Mapping[str, int]
    """By `github:owner/name`."""

    @property
    def counting(self) -> tuple[str, ...]:
        """Providers that answered and count citations, the shown one first."""
        names = [s.provider for s in self.author.sources if counts_citations(s.provider)]
        first = [self.by.provider] if self.by and self.by.provider in names else []
        return tuple(dict.fromkeys([*first, *names]))


def paper(work: Work, reading: Reading, *, members: tuple[str, ...] = ()) -> Paper:
    """A work as a row; its abstract whole."""
    counting = reading.counting
    main, *rest = _counts(work, reading)
    said = cleaned(work.publication_date) or ""
    dated = said if _DATE.fullmatch(said) and words.date(said) else None
    year = integer(work.year)
    known = {c.provider for c in work.counts if c.cited_by_count is not None}
    return Paper(
        title=cleaned(work.title) or "Untitled",
        href=paper_address((*work.ids, work.work_id)),
        by=byline(work.authors, integer(work.authors_count), reading.own),
        venue=cleaned(work.venue),
        when=words.date(dated) or (str(year) if year is not None else None),
        year=year if year is not None else (int(dated[:4]) if dated else None),
        sort_date=dated or (f"{year:04}" if year is not None else ""),
        category=cleaned(work.category),
        has_code=bool(work.has_code) or any(i.startswith("github:") for i in work.ids),
        repos=tuple(_repos(work, reading.stars)),
        count=main,
        counts=tuple(rest),
        kind=_kind(work),
        notes=tuple(_notes(work)),
        is_partial=any(name not in known for name in counting),
        abstract=cleaned(work.abstract),
        members=members,
    )


def _kind(work: Work) -> str | None:
    if work.is_retracted:
        return _TYPES["retracted"]
    return _TYPES.get((work.work_type or "").strip().lower().replace(" ", "-"))


def _counts(work: Work, reading: Reading) -> list[Count]:
    """The shown provider's count first; always at least one."""
    by = reading.by
    rule = by.rule if by else "max"
    found = []
    if by and by.provider == COMBINED:
        together = combined_count(work, reading.order, rule)
        found.append(_count(COMBINED, together.cited_by_count if together else None))
    for name in reading.counting:
        said = count_of(work, name, rule)
        found.append(_count(name, said.cited_by_count if said else None))
    return found or [Count(title="", text=words.UNKNOWN)]


def _count(provider: str, value: int | None) -> Count:
    return Count(title=title_of(provider), text=words.figure(value), value=value)


def _repos(work: Work, stars: Mapping[str, int]) -> list[Repo]:
    ids = dict.fromkeys(i for i in work.ids if i.startswith("github:"))
    return [
        Repo(
            name=identifier.removeprefix("github:"),
            href=href,
            stars=words.figure(stars[identifier]) if identifier in stars else "",
        )
        for identifier in ids
        if (href := repository_address(identifier))
    ]


def _notes(work: Work) -> list[str]:
    """What is odd about the records of a paper, provider by provider."""
    notes = []
    for name in dict.fromkeys(c.provider for c in work.counts):
        own = [c for c in work.counts if c.provider == name]
        live = [c for c in own if not c.is_gone]
        if not live:
            notes.append(f"no longer listed by {title_of(name)}")
        elif all(c.is_excluded for c in live):
            notes.append(f"not counted in {title_of(name)}’s own totals")
        if len(live) > 1:
            notes.append(f"{len(live)} records at {title_of(name)}")
    return notes
