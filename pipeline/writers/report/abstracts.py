"""Abstracts in a budget: whole while the page stays light, else all cut at one length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.writers.report.papers import Paper

BUDGET = 1_150_000
"""Bytes that a page may have; abstracts take what the rest leaves."""
_LENGTHS = (2000, 1000, 700, 500, 350, 250, 180, 120)
_ROW = 250
"""Bytes of markup that a row costs, its texts aside."""
_MORE = 60
"""Bytes of markup that an abstract costs."""


def fitted(papers: Sequence[Paper], *, beside: int = 0) -> tuple[tuple[Paper, ...], bool]:
    """The papers with abstracts that fit, and whether any was cut.

    Args:
        papers: With whole abstracts.
        beside: Bytes that other parts of the page take.
    """
    room = BUDGET - beside - sum(_weight(p) for p in papers)
    whole = sum(_size(p.abstract) + _MORE for p in papers if p.abstract)
    if whole <= room:
        return tuple(papers), False
    limit = next((n for n in _LENGTHS if _cut_size(papers, n) <= room), 0)
    return tuple(replace(p, abstract=_cut(p.abstract, limit)) for p in papers), True


def _cut_size(papers: Sequence[Paper], limit: int) -> int:
    return sum(_size(_cut(p.abstract, limit)) + _MORE for p in papers if p.abstract)


def _cut(text: str | None, limit: int) -> str | None:
    if text is None or len(text) <= limit:
        return text
    return f"{text[:limit].rsplit(' ', 1)[0].rstrip(' ,.;:')}…" if limit else None


def _weight(paper: Paper) -> int:
    texts = [paper.title, paper.href, paper.venue, paper.category, *paper.notes, *paper.members]
    texts += [name.text for name in paper.by.names]
    links = sum(2 * _size(repo.href) + 60 for repo in paper.repos)
    return _ROW + sum(map(_size, texts)) + links + 60 * len(paper.counts)


def _size(text: str | None) -> int:
    """Bytes of a text in HTML: what is escaped takes up to five."""
    if not text:
        return 0
    return len(text.encode()) + 4 * sum(map(text.count, "<>&\"'"))
