"""Providers side by side: who knows how many of the papers, and where they disagree."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model import AuthorSnapshot, Work
from spiders.registry import counts_citations, lists_papers

MOST = 20
"""Papers that a table of disagreement names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """What providers say of one paper that not all of them count alike."""

    work: Work
    counts: dict[str, int]
    """Citations by provider, versions joined by the largest; only those that count it."""

    @property
    def spread(self) -> int:
        """The largest count less the smallest."""
        return max(self.counts.values()) - min(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All papers of an author, provider against provider."""

    coverage: dict[str, int]
    """How many of the author's papers each provider lists."""
    compared: int
    """Papers that two providers or more count."""
    agreed: int
    """Those of them that all count alike."""
    widest: tuple[Disagreement, ...]
    """The others, the widest apart first, `MOST` at most."""


def compare(author: AuthorSnapshot) -> Comparison:
    """Who knows what of an author's papers; gone records are known no more."""
    names = [s.provider for s in author.sources if lists_papers(s.provider)]
    coverage = {
        name: sum(any(c.provider == name and not c.is_gone for c in w.counts) for w in author.works)
        for name in names
    }
    counting = [name for name in names if counts_citations(name)]
    rows = [Disagreement(work=w, counts=_counts(w, counting)) for w in author.works]
    compared = [row for row in rows if len(row.counts) > 1]
    apart = [row for row in compared if row.spread]
    apart.sort(key=lambda row: (-row.spread, row.work.work_id))
    return Comparison(
        coverage=coverage,
        compared=len(compared),
        agreed=len(compared) - len(apart),
        widest=tuple(apart[:MOST]),
    )


def _counts(work: Work, providers: list[str]) -> dict[str, int]:
    said = {name: work.cited_by_count(name) for name in providers}
    return {name: count for name, count in said.items() if count is not None}


def successive_h(indices: list[int]) -> int:
    """Largest n so that n members have an h-index of n or more (Prathap 2006, Schubert 2007)."""
    ranked = sorted(indices, reverse=True)
    return sum(1 for rank, value in enumerate(ranked, 1) if value >= rank)
