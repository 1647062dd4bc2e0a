"""What is said, and how: every text from outside is one harmless line, plain and in Markdown.

Titles and reasons come from the network. They are cut, cleaned of marks that mislead, and hold
neither a link nor a mention: a paper called `@everyone` wakes nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.history import SummaryRow
from pipeline.notify.digest import AuthorDigest, Digest, FigureChange, PaperChange
from pipeline.writers.formatting import clean, cut, day

Kind: TypeAlias = Literal["failure", "staleness", "digest"]

LONGEST = 300
"""UTF-16 units of a line from outside."""
MOST = 25
"""Papers or reasons of one list; the rest is counted."""

_BREAK = "\u200b"
_WAKING = re.compile(r"(?<=@)(?=\S)|(?<=:)(?=//)|(?<=<)(?=[@!#])|(?<=www)(?=\.)", re.IGNORECASE)
_ACTIVE = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&=:^$\"'])")
_FIGURES = {"cited_by_count": "citations", "h_index": "h-index"}
_CODES = {
    2: "usage or configuration",
    3: "nothing fresh",
    4: "all new data refused by checks",
    5: "storage or publishing failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One thing to say: a heading and its lines, as they came."""

    kind: Kind
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, ready to be sent."""

    kind: Kind
    """The gravest of what it says."""
    title: str
    """In our own words: nothing in it is from outside."""
    text: str
    markdown: str


_TITLES: dict[Kind, str] = {
    "failure": "scholar-metrics: a run failed",
    "staleness": "scholar-metrics: figures are out of date",
    "digest": "scholar-metrics: what changed",
}


def compose(sections: Sequence[Section]) -> Message:
    """One message of everything that a run has to say, the gravest first."""
    ordered = sorted(sections, key=lambda s: list(_TITLES).index(s.kind))
    return Message(
        kind=ordered[0].kind,
        title=_TITLES[ordered[0].kind],
        text="\n\n".join(_text(section) for section in ordered),
        markdown="\n\n".join(_markdown(section) for section in ordered),
    )


def harmless(text: str) -> str:
    """One line of readable text that links to nothing and mentions nobody."""
    line = cut(clean(text), LONGEST)
    return _WAKING.sub(_BREAK, line)


def escaped(text: str) -> str:
    """`harmless` text that Markdown shows as it is."""
    return _ACTIVE.sub(r"\\\1", harmless(text))


def failure(exit_code: int, reasons: Sequence[str]) -> Section:
    """A run that ended badly, and why."""
    what = _CODES.get(exit_code, "it was ended, or broke off")
    lines = _first([r for r in dict.fromkeys(reasons) if r.strip()], "reasons")
    return Section(
        kind="failure",
        heading=f"The run ended with exit code {exit_code}: {what}. What was known stays shown.",
        lines=(*lines, "Look with: scholar-metrics status; scholar-metrics doctor"),
    )


def staleness(rows: Sequence[SummaryRow], *, stale_after: float) -> Section:
    """Shown figures that nobody has confirmed for too long."""
    return Section(
        kind="staleness",
        heading=f"These figures were not confirmed for more than {stale_after:g} days.",
        lines=(*_first([_stale(row) for row in rows], "figures"), "See why: scholar-metrics check"),
    )


def news(found: Digest) -> Section:
    """What changed."""
    return Section(
        kind="digest",
        heading=f"From {day(found.since)} to {day(found.until)}:",
        lines=tuple(line for author in found.authors for line in _author(author)),
    )


def _text(section: Section) -> str:
    return "\n".join(
        [harmless(section.heading), *(f"- {harmless(line)}" for line in section.lines)]
    )


def _markdown(section: Section) -> str:
    lines = "\n".join(f"- {escaped(line)}" for line in section.lines)
    return f"**{escaped(section.heading)}**\n\n{lines}"


def _first(lines: Sequence[str], what: str) -> list[str]:
    rest = len(lines) - MOST
    return [*lines[:MOST], f"and {rest} more {what}"] if rest > 0 else list(lines)


def _stale(row: SummaryRow) -> str:
    last = f"last confirmed {day(row.checked_at)}" if row.checked_at else "never confirmed"
    why = f"; {row.outcome}: {row.reason}" if row.outcome and row.reason else ""
    return f"{row.author_key}, {row.provider}: {last}{why}"


def _author(author: AuthorDigest) -> list[str]:
    who = cut(clean(author.who.name), 60)
    figures = ", ".join(_figure(f) for f in author.figures) or "totals unchanged"
    return [
        f"{who} ({author.who.title}): {figures}",
        *_first([_changed(p) for p in author.changed], "papers with other counts"),
        *_first([f"newly listed: {_paper(p, p.new)}" for p in author.new], "newly listed papers"),
        *_first([f"no longer listed: {_paper(p, p.old)}" for p in author.gone], "papers gone"),
    ]


def _figure(figure: FigureChange) -> str:
    return f"{_FIGURES[figure.metric]} {figure.old} → {figure.new}"


def _changed(paper: PaperChange) -> str:
    title = cut(clean(paper.title), 160)
    if paper.old is None or paper.new is None:
        return f"{_count(paper.old)} → {_count(paper.new)}: {title}"
    return f"{paper.old} → {paper.new} ({paper.new - paper.old:+d}): {title}"


def _paper(paper: PaperChange, count: int | None) -> str:
    return f"{cut(clean(paper.title), 160)} ({_count(count)} citations)"


def _count(value: int | None) -> str:
    return "unknown" if value is None else str(value)
