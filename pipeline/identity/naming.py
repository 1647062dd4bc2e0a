"""Work ids: a paper keeps the id it was first resolved under, and no two papers share one.

When papers merge, the id that was seen first stays. When a paper splits, the part with the
record that the id belongs to keeps it. A new paper takes its best identifier that no other
paper claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count

from pipeline.identity.evidence import SCHEMES, Fact, is_preprint_doi, names_a_paper

_Rank = tuple[bool, bool, datetime, str]


def sort_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """Identifiers, the best scheme first, a publisher's DOI before a preprint server's."""
    return tuple(sorted(set(ids), key=_scheme_rank))


def name_works(groups: Sequence[Sequence[Fact]], ids: Sequence[tuple[str, ...]]) -> list[str]:
    """One id for each group of records.

    Args:
        groups: The records of each paper, papers in canonical order.
        ids: The sorted identifiers of each paper.
    """
    kept = _keep(groups)
    taken = set(kept.values())
    holders = Counter(identifier for own in ids for identifier in own)
    names = []
    for number, own in enumerate(ids):
        if number not in kept:
            candidates = sorted(own, key=lambda i: (holders[i] > 1, not names_a_paper(i)))
            kept[number] = _free(candidates, taken)
            taken.add(kept[number])
        names.append(kept[number])
    return names


def _keep(groups: Sequence[Sequence[Fact]]) -> dict[int, str]:
    """Which papers keep which known ids: papers ask, and an id goes to its strongest claim."""
    claims = [_claims(members) for members in groups]
    wishes = [sorted(own, key=lambda w: (own[w][2], w)) for own in claims]
    holder: dict[str, int] = {}
    waiting = list(range(len(groups) - 1, -1, -1))
    while waiting:
        asking = waiting.pop()
        if not wishes[asking]:
            continue
        work_id = wishes[asking].pop(0)
        other = holder.get(work_id)
        if other is None:
            holder[work_id] = asking
        else:
            winner, loser = sorted((asking, other), key=lambda g: (claims[g][work_id], g))
            holder[work_id] = winner
            waiting.append(loser)
    return {group: work_id for work_id, group in holder.items()}


def _claims(members: Sequence[Fact]) -> dict[str, _Rank]:
    """The known ids of a paper's records, and how strong the claim to each is (least first)."""
    found: dict[str, _Rank] = {}
    for fact in members:
        work_id = fact.observed.work_id
        if work_id is not None:
            record_id = fact.record.record_id
            rank = (
                record_id != work_id,
                work_id not in fact.ids,
                fact.observed.first_seen,
                record_id,
            )
            found[work_id] = min(rank, found.get(work_id, rank))
    return found


def _free(candidates: Sequence[str], taken: set[str]) -> str:
    """The first candidate that is not taken, or else the last one with a number."""
    for candidate in candidates:
        if candidate not in taken:
            return candidate
    numbered = (f"{candidates[-1]}~{n}" for n in count(2))
    return next(name for name in numbered if name not in taken)


def _scheme_rank(identifier: str) -> tuple[int, bool, str]:
    scheme = identifier.partition(":")[0]
    rank = SCHEMES.index(scheme) if scheme in SCHEMES else len(SCHEMES)
    return rank, scheme == "doi" and is_preprint_doi(identifier), identifier
