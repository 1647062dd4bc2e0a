"""What each page of the report shows, as values: everything decided, nothing of HTML.

Equal snapshots give equal views. A page's only dates are those that figures were confirmed at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.model import AuthorSnapshot, Snapshot, Work
from pipeline.writers.comparison import compare
from pipeline.writers.formatting import cleaned
from pipeline.writers.names import slug
from pipeline.writers.report import words
from pipeline.writers.report.abstracts import fitted
from pipeline.writers.report.chart import title_of
from pipeline.writers.report.drawn import Drawn
from pipeline.writers.report.figures import Figure, Row, carried, every, head, rows
from pipeline.writers.report.links import Link, person_links
from pipeline.writers.report.names import by_surname
from pipeline.writers.report.papers import Paper, Reading, paper
from pipeline.writers.shown import COMBINED, count_of, name_of, records, shown

MOST_OF_GROUP = 100
"""Papers of a group that its page lists; its works.csv has all."""
MOST_JOINT = 200
_MARKUP = 60_000
"""Bytes of a page that are no papers: style, script, tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A paper that providers count differently."""

    title: str
    counts: tuple[str, ...]
    """By each provider that counts, a dash where it does not know the paper."""
    spread: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One line of a list of people or groups."""

    name: str
    href: str
    affiliation: str | None
    values: tuple[tuple[str, int | None], ...]
    """Citations, h-index, papers: text and number for sorting."""
    provider: str
    as_of: str
    is_stale: bool
    size: int = 0
    """Members of a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorPage:
    """The page of one author or group."""

    name: str
    href: str
    """File name of the page."""
    affiliation: str | None
    links: tuple[Link, ...]
    figures: tuple[Figure, ...]
    all_figures: tuple[Figure, ...]
    shown: str
    """The provider whose figures they are, for people; empty while nobody counted."""
    is_merged: bool
    """Whether the figures are those after versions of a paper were made one."""
    is_combined: bool
    """Whether they are over all providers."""
    rows: tuple[Row, ...]
    compared: int
    agreed: int
    apart: tuple[Apart, ...]
    counting: tuple[str, ...]
    """Providers that count, for people."""
    papers: tuple[Paper, ...]
    papers_total: int
    """How many there are; a group's page lists the most cited ones."""
    others: tuple[Paper, ...]
    is_shortened: bool
    """Whether abstracts were cut to keep the page light."""
    charts: tuple[Drawn, ...]
    wants_drawings: bool
    members: tuple[Person, ...] = ()
    joint: tuple[Paper, ...] = ()
    """A group's papers with two members or more."""
    joint_total: int = 0

    @property
    def is_drawn(self) -> bool:
        """Whether any chart is a picture."""
        return any(chart.svg for chart in self.charts)

    @property
    def categories(self) -> tuple[str, ...]:
        """Fields of work, by name."""
        return tuple(sorted({p.category for p in (*self.papers, *self.others) if p.category}))

    @property
    def has_code(self) -> bool:
        """Whether any paper has code."""
        return any(p.has_code for p in (*self.papers, *self.others))


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """The page that leads to the others."""

    people: tuple[Person, ...]
    groups: tuple[Person, ...]


def page_name(author: AuthorSnapshot) -> str:
    """File name of a page, without `.html`; `index` is the page of all."""
    name = slug(author.author.key)
    return name if name != "index" else slug("index ")


def index_page(snapshot: Snapshot) -> IndexPage:
    """Everybody and every group."""
    return IndexPage(
        people=tuple(person(author) for author in snapshot.authors),
        groups=tuple(person(group) for group in snapshot.groups),
    )


def person(author: AuthorSnapshot) -> Person:
    """One author or group as a line of a list."""
    by = shown(author)
    numbers = [by.integer(name) if by else None for name in ("citations", "h_index", "papers")]
    texts = [
        words.figure(value, is_bound=by is not None and by.is_bound(name))
        for name, value in zip(("citations", "h_index", "papers"), numbers, strict=True)
    ]
    return Person(
        name=name_of(author) or author.author.key,
        href=f"{page_name(author)}.html",
        affiliation=_affiliation(author),
        values=tuple(zip(texts, numbers, strict=True)),
        provider=title_of(by.provider) if by else "",
        as_of=words.day(by.as_of) if by else "",
        is_stale=by.is_stale if by else False,
        size=len(author.members),
    )


def author_page(
    author: AuthorSnapshot,
    *,
    snapshot: Snapshot,
    charts: tuple[Drawn, ...] = (),
    members: Sequence[AuthorSnapshot] = (),
) -> AuthorPage:
    """Everything that the page of an author, or of a group with its members, shows."""
    by = shown(author)
    compared = compare(author)
    own = [cleaned(n) for a in (author, *members) for n in _spellings(a)]
    reading = Reading(
        author=author,
        by=by,
        order=snapshot.provider_order,
        own=by_surname(n for n in own if n),
        stars={r.id: r.stars for a in (author, *members) for r in a.repositories},
    )
    who = _writers(members)
    listed = author.works[:MOST_OF_GROUP] if members else author.works
    joint = [(w, m) for w in author.works if len(m := _members_of(w, who)) > 1] if members else []
    every_paper = (
        [paper(w, reading, members=_members_of(w, who)) for w in listed]
        + [paper(w, reading) for w in author.others]
        + [paper(w, reading, members=m) for w, m in joint[:MOST_JOINT]]
    )
    beside = _MARKUP + sum(len(chart.svg or "") for chart in charts)
    papers, is_shortened = fitted(every_paper, beside=beside)
    first, second = len(listed), len(listed) + len(author.others)
    return AuthorPage(
        name=name_of(author) or author.author.key,
        href=f"{page_name(author)}.html",
        affiliation=_affiliation(author),
        links=_links(author),
        figures=head(author, by),
        all_figures=(*(every(by) if by else ()), *carried(author)),
        shown=title_of(by.provider) if by else "",
        is_merged=by is not None and by.figures != "stated",
        is_combined=by is not None and by.provider == COMBINED,
        rows=rows(author, by, compared),
        compared=compared.compared,
        agreed=compared.agreed,
        apart=tuple(_apart(d.work, d.spread, reading) for d in compared.widest),
        counting=tuple(title_of(name) for name in reading.counting),
        papers=papers[:first],
        papers_total=len(author.works),
        others=papers[first:second],
        is_shortened=is_shortened,
        charts=charts,
        wants_drawings=snapshot.looks.charts,
        members=tuple(person(member) for member in members),
        joint=papers[second:],
        joint_total=len(joint),
    )


def _spellings(author: AuthorSnapshot) -> list[str]:
    return [n for n in (author.author.name, *(r.name for r in records(author))) if n]


def _affiliation(author: AuthorSnapshot) -> str | None:
    return next((a for r in records(author) if (a := cleaned(r.affiliation))), None)


def _links(author: AuthorSnapshot) -> tuple[Link, ...]:
    said = list(records(author))
    ids = [*author.author.ids, *(i for r in said for i in r.ids)]
    return person_links(ids, next((r.homepage for r in said if r.homepage), None))


def _apart(work: Work, spread: int, reading: Reading) -> Apart:
    counts = [count_of(work, name) for name in reading.counting]
    return Apart(
        title=cleaned(work.title) or "Untitled",
        counts=tuple(words.figure(c.cited_by_count if c else None) for c in counts),
        spread=words.figure(spread),
    )


def _writers(members: Sequence[AuthorSnapshot]) -> Mapping[str, tuple[str, ...]]:
    """Names of the members who list a record, by record id."""
    found: dict[str, dict[str, None]] = {}
    for member in members:
        name = name_of(member) or member.author.key
        for work in member.works:
            for count in work.counts:
                found.setdefault(count.record_id, {})[name] = None
    return {record: tuple(names) for record, names in found.items()}


def _members_of(work: Work, who: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    names = (name for count in work.counts for name in who.get(count.record_id, ()))
    return tuple(dict.fromkeys(names))
