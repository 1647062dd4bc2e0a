"""How many papers two lists have in common, by record, identifier and title. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.identity import is_cut, title_key
from pipeline.identity.keys import squeeze
from spiders.items import WorkRecord

_PAPER_SCHEMES = ("doi:", "arxiv:")
"""Identifiers that several providers give one paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What two lists have in common."""

    common: int
    """Papers of the new list that the known one has too."""
    shorter: int
    """Length of the shorter list."""
    comparable: int
    """How many titles that can tell papers apart the poorer list has."""

    @property
    def share(self) -> float:
        """Share of the shorter list that is in common, at most 1."""
        return min(1.0, self.common / self.shorter) if self.shorter else 0.0


def overlap(new: Sequence[WorkRecord], known: Sequence[WorkRecord]) -> Overlap:
    """What a new list has in common with what is known; titles are read where ids do not tell."""
    ids = frozenset(i for w in known for i in _ids(w))
    by_id = [not ids.isdisjoint(_ids(w)) for w in new]
    shorter = min(len(new), len(known))
    if shorter and sum(by_id) >= shorter:
        return Overlap(common=sum(by_id), shorter=shorter, comparable=shorter)
    titles = [_title(w) for w in new]
    known_titles = [key for w in known if (key := _title(w)) is not None]
    pool = frozenset(known_titles)
    common = sum(a or t in pool for a, t in zip(by_id, titles, strict=True))
    comparable = min(sum(t is not None for t in titles), len(known_titles))
    return Overlap(common=common, shorter=shorter, comparable=comparable)


def _ids(work: WorkRecord) -> tuple[str, ...]:
    return (work.record_id, *(i for i in work.ids if i.startswith(_PAPER_SCHEMES)))


def _title(work: WorkRecord) -> str | None:
    key = None if is_cut(work.title) else title_key(work.title)
    return None if key is None else squeeze(key)
