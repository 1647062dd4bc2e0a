"""Finding a paper by whatever a person has at hand: an id, an address, words of its title."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.identity.keys import fold
from pipeline.identity.spelling import spellings
from pipeline.model import Work


def explain(works: Sequence[Work], needle: str) -> tuple[Work, ...]:
    """Papers that an id, an address or some words of a title may mean, best first.

    Best is: the work id itself, an id of the paper or of one of its records, the whole title,
    its beginning, a part of it, all words in any order; equals in the order given.
    """
    wanted = spellings(needle)
    words = fold(needle)
    ranked = [(_rank(work, wanted, words), at) for at, work in enumerate(works)]
    found = sorted((rank, at) for rank, at in ranked if rank is not None)
    return tuple(works[at] for _, at in found)


def _rank(work: Work, wanted: Sequence[str], words: str) -> int | None:
    ids = {*work.ids, *(c.record_id for c in work.counts)}
    title = fold(work.title)
    tests = [work.work_id in wanted, not ids.isdisjoint(wanted)]
    if words:
        tests += _title_tests(title, words)
    return next((rank for rank, passed in enumerate(tests) if passed), None)


def _title_tests(title: str, words: str) -> list[bool]:
    return [
        words == title,
        title.startswith(words),
        words in title,
        set(words.split()) <= set(title.split()),
    ]
