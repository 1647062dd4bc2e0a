"""A group's chart of its members: citations and h-index side by side."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import AuthorSnapshot
from pipeline.writers.formatting import day
from pipeline.writers.report.chart import MEMBERS, Cell, Chart, sentences, several, short, title_of
from pipeline.writers.shown import name_of, shown


def members(group: AuthorSnapshot, people: Sequence[AuthorSnapshot]) -> Chart | None:
    """What each member's own page shows; `None` with fewer than two known members."""
    own = [person for person in people if person.author.key in group.members]
    figures = {person.author.key: shown(person) for person in own}
    known = [by for by in figures.values() if by]
    if len(known) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    rows = sorted((_row(person) for person in own), key=_rank)
    bounds = sum(by.is_bound("citations") or by.is_bound("h_index") for by in known)
    (name, citations, *_), total = rows[0], sum(by.integer("citations") or 0 for by in known)
    return Chart(
        name=MEMBERS,
        title="The members",
        summary=(
            f"{several(len(own), 'member')} with {several(total, 'citation')}, a joint paper "
            f"counted for each of its authors. The most cited is {name} with {citations:,}."
        ),
        columns=("Member", "Citations", "h-index", "Provider", "As of"),
        rows=tuple(rows),
        note=sentences(
            f"{several(len(own) - len(known), 'member')} without figures."
            if len(known) < len(own)
            else None,
            f"The figures of {several(bounds, 'member')} are lower bounds." if bounds else None,
        ),
    )


def _row(person: AuthorSnapshot) -> tuple[Cell, ...]:
    name = short(name_of(person) or person.author.key)
    by = shown(person)
    if by is None:
        return name, None, None, None, None
    return (
        name,
        by.integer("citations"),
        by.integer("h_index"),
        title_of(by.provider),
        day(by.as_of),
    )


def _rank(row: tuple[Cell, ...]) -> tuple[int, int, str]:
    name, citations, h_index, *_ = row
    down = [-int(value) if isinstance(value, int) else 1 for value in (citations, h_index)]
    return down[0], down[1], str(name)
