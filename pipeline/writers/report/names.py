"""Which of a paper's author names is the person whose page it is.

`Yushi Huang`, `Huang, Yushi`, `Y. Huang` and `Huang YS` may be one; `Yuan Huang` is another. Where
several names of one paper may be theirs and none is spelled as theirs, none is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.identity.names import name_forms
from pipeline.writers.formatting import cleaned

MOST = 12
"""Names that a paper shows."""
_WORDS = re.compile(r"[^\W\d_]+")
_INITIALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One author of a paper."""

    text: str
    is_self: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """The authors of a paper, as far as they are shown."""

    names: tuple[Name, ...]
    has_gap: bool = False
    """Whether names are left out before the last one that is shown."""
    more: int = 0
    """How many are not shown."""


def by_surname(names: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Spellings of the person's name (or the members' names) by each form of their surnames."""
    found: dict[str, set[str]] = {}
    for name in names:
        for form in _forms(name):
            found.setdefault(form, set()).add(name)
    return {form: frozenset(known) for form, known in found.items()}


def byline(authors: Sequence[str], count: int | None, own: Mapping[str, frozenset[str]]) -> Byline:
    """The first names, and the person's own wherever it stands.

    Args:
        authors: Names in order, as far as they are known.
        count: How many there are, where it is known.
        own: Whose names are marked (`by_surname`).
    """
    known = [name for name in map(cleaned, authors) if name]
    mine = _own(known, own)
    shown = list(range(min(len(known), MOST)))
    beyond = next((i for i in sorted(mine) if i >= MOST), None)
    if beyond is not None and not mine & set(shown):
        shown[-1] = beyond
    total = max(len(known), count or 0)
    return Byline(
        names=tuple(Name(text=known[i], is_self=i in mine) for i in shown),
        has_gap=bool(shown) and shown[-1] > len(shown) - 1,
        more=total - len(shown),
    )


def _own(authors: Sequence[str], own: Mapping[str, frozenset[str]]) -> set[int]:
    """Positions of the names that are one of the persons'."""
    exact: dict[str, set[int]] = {}
    likely: dict[str, set[int]] = {}
    for position, name in enumerate(authors):
        for person in frozenset().union(*(own.get(form, frozenset()) for form in _forms(name))):
            if name == person:
                exact.setdefault(person, set()).add(position)
            elif may_be(name, person):
                likely.setdefault(person, set()).add(position)
    alone = {person: found for person, found in likely.items() if len(found) == 1}
    return set().union(*(alone | exact).values())


@lru_cache(maxsize=65536)
def may_be(left: str, right: str) -> bool:
    """Whether two spellings may be one person's: a surname shared, and a given name that goes."""
    if left == right:
        return True
    surname = _forms(left) & _forms(right)
    if not surname:
        return False
    given = [_given(name, surname) for name in (left, right)]
    return any(_goes(a, b) for a in given[0] for b in given[1])


@lru_cache(maxsize=65536)
def _forms(name: str) -> frozenset[str]:
    return frozenset().union(*name_forms([name]))


def _given(name: str, surname: frozenset[str]) -> list[str]:
    """Words of a name beside the surname; the first one too where all were taken."""
    return [w for w in _WORDS.findall(name) if not _forms(w) & surname][:2]


def _goes(left: str, right: str) -> bool:
    if left.casefold() == right.casefold():
        return True
    are_initials = any(len(w) == 1 or (w.isupper() and len(w) <= _INITIALS) for w in (left, right))
    return are_initials and left[0].casefold() == right[0].casefold()
