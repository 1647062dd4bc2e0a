"""The lines of an author's page at Scholar Feed, read strictly: what fits nowhere raises.

    name, main category, then figures: h-index28  17papers  161citations  Novelty52%  AI Score61
    17 Papers
    and a record each: 97.5CLMay 29Code | title | Ada Test, Bob Test et al. · lab | abstract

Blank lines say nothing. The leading number of a record is a score of the site, which some of its
versions show, and never a count of citations; whether a title begins with digits does not matter,
since it stands on a line of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spiders.errors import Truncated
from spiders.pages.reading import layout_changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from spiders.errors import LayoutChanged

WHERE = "Scholar Feed"

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_HEAD = re.compile(
    rf"(?P<score>\d{{1,3}}\.\d)?(?P<category>[A-Z]{{2}})"
    rf"(?P<shown>(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:, (?P<year>\d{{4}}))?)(?P<code>Code)?",
    re.ASCII,
)
_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,9})"
_LIST = re.compile(rf"{_NUMBER} Papers?", re.ASCII)
_FIGURES = {
    # Never grouped: "1,000" there is a decimal of some language.
    "h_index": re.compile(r"h-index(\d{1,4})", re.ASCII),
    "works_count": re.compile(rf"{_NUMBER}papers?", re.ASCII),
    "cited_by_count": re.compile(rf"{_NUMBER}citations?", re.ASCII),
    "novelty": re.compile(r"Novelty(100|\d{1,2})%", re.ASCII),
    "ai_score": re.compile(r"AI Score(100|\d{1,2})", re.ASCII),
}
_MANDATORY = ("h_index", "works_count", "cited_by_count")
_CATEGORY = re.compile(r"[A-Z]{2}", re.ASCII)
_AUTHORS = re.compile(r"(?P<names>.+?)(?P<cut> et al\.)?(?: · (?P<lab>\S.*))?")
_LONGEST_NAME = 100
_MOST_WORDS = 10
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is not blank."""

    number: int
    """Counted from 1, blank ones included."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above the records."""

    name: str
    category: str
    figures: Mapping[str, str]
    """Figures by name, as they are written."""
    records: int
    """How many records are announced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One paper, as it is written."""

    line: Line
    """Its first line."""
    score: str | None
    category: str
    shown: str
    """The date as it is shown, e.g. `May 29` or `Nov 27, 2023`."""
    month: str
    day: str
    year: str | None
    has_code: bool
    title: str
    authors: tuple[str, ...]
    is_cut: bool
    """Whether there are more authors than are shown."""
    lab: str | None
    abstract: str


def number(text: str) -> int:
    """`4,076` as it is meant."""
    return int(text.replace(",", ""))


def read(lines: Sequence[Line]) -> tuple[Head, tuple[Record, ...]]:
    """The head and all records, as many as are announced.

    Raises:
        LayoutChanged: a line does not fit, or there are more records than announced.
        Truncated: the text ends early.
    """
    rest = iter(lines)
    head = _head(rest)
    records = tuple(_records(rest))
    if len(records) != head.records or len(records) != number(head.figures["works_count"]):
        said = f"{head.figures['works_count']} papers, then {head.records}, are announced"
        if len(records) < max(head.records, number(head.figures["works_count"])):
            raise Truncated(f"{WHERE}: {said}, and {len(records)} came: save the whole page again")
        raise layout_changed(WHERE, f"{said}, and {len(records)} came")
    return head, records


def _head(rest: Iterator[Line]) -> Head:
    name = _next(rest, "the name")
    if len(name.text) > _LONGEST_NAME or _HEAD.fullmatch(name.text) or not _has_letter(name.text):
        raise _misfit(name, "the author's name")
    category = _next(rest, "the main category")
    if not _CATEGORY.fullmatch(category.text):
        raise _misfit(category, "the main category (two capitals)")
    figures: dict[str, str] = {}
    while True:
        line = _next(rest, "the list of papers")
        announced = _LIST.fullmatch(line.text)
        if announced:
            missing = [said for said in _MANDATORY if said not in figures]
            if missing:
                raise _misfit(line, f"the {missing[0].replace('_', '-')}")
            records = number(announced[1])
            return Head(name=name.text, category=category.text, figures=figures, records=records)
        key, value = _figure(line)
        if key in figures:
            raise layout_changed(f"{WHERE}: line {line.number}", f"{key} is said twice")
        figures[key] = value


def _figure(line: Line) -> tuple[str, str]:
    for key, form in _FIGURES.items():
        found = form.fullmatch(line.text)
        if found:
            return key, found[1]
    raise _misfit(line, "a figure of the author")


def _records(rest: Iterator[Line]) -> Iterator[Record]:
    for line in rest:
        found = _HEAD.fullmatch(line.text)
        if not found:
            raise _misfit(line, "a record's first line (category and date)")
        title = _part(rest, "a title")
        names = _part(rest, "authors")
        abstract = _part(rest, "an abstract")
        authors, is_cut, lab = _authors(names)
        yield Record(
            line=line,
            score=found["score"],
            category=found["category"],
            shown=found["shown"],
            month=found["month"],
            day=found["day"],
            year=found["year"],
            has_code=found["code"] is not None,
            title=title.text,
            authors=authors,
            is_cut=is_cut,
            lab=lab,
            abstract=abstract.text,
        )


def _authors(line: Line) -> tuple[tuple[str, ...], bool, str | None]:
    found = _AUTHORS.fullmatch(line.text)
    names = tuple(name.strip() for name in found["names"].split(", ")) if found else ()
    if found is None or not all(_is_name(name) for name in names):
        raise _misfit(line, "authors (names with commas between them)")
    return names, found["cut"] is not None, found["lab"]


def _is_name(text: str) -> bool:
    return (
        0 < len(text) <= _LONGEST_NAME
        and len(text.split()) <= _MOST_WORDS
        and _has_letter(text)
        and not text.endswith((",", ":", "?"))
    )


def _has_letter(text: str) -> bool:
    return any(c.isalpha() for c in text)


def _part(rest: Iterator[Line], what: str) -> Line:
    line = _next(rest, what)
    if _HEAD.fullmatch(line.text):
        raise _misfit(line, what)
    return line


def _next(rest: Iterator[Line], what: str) -> Line:
    line = next(rest, None)
    if line is None:
        raise Truncated(f"{WHERE}: the text ends where {what} should stand: save the page again")
    return line


def _misfit(line: Line, wanted: str) -> LayoutChanged:
    shown = line.text if len(line.text) <= _SHOWN else f"{line.text[:_SHOWN]}…"
    return layout_changed(f"{WHERE}: line {line.number}", f"{shown!r} stands where {wanted} should")
