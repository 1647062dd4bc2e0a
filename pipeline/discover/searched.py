"""Which of the profiles that searches found may be the person's. Pure."""

from __future__ import annotations

from collections import Counter

from pipeline.checks import names
from pipeline.checks.papers import overlap
from pipeline.discover.evidence import Evidence, linked, scheme_of
from spiders.items import CandidateItem
from spiders.registry import PROVIDERS

MOST_CANDIDATES = 3
"""Profiles of a provider that are looked at because a search found them."""


def candidates(evidence: Evidence) -> list[CandidateItem]:
    """Profiles of searches that may be the person's: by ORCID iD, or by a name that fits.

    Those that share most papers come first; a search by papers names all authors of a paper.
    """
    orcids = {i for i in linked(evidence.given, evidence.answers) if scheme_of(i) == "orcid"}
    known = evidence.known_name
    found: dict[str, CandidateItem] = {}
    for one in evidence.candidates:
        is_stated = bool(orcids & set(one.author.ids))
        if id_of(one) and (is_stated or names.same(one.author.name, known) is True):
            found.setdefault(id_of(one), one)
    ours = [w for a in evidence.answers for w in a.collected.works]
    shared = {key: overlap(c.works, ours).common for key, c in found.items()}
    best = sorted(found, key=lambda key: -shared[key])
    ranks = Counter[str]()
    kept = []
    for one in map(found.__getitem__, best):
        ranks[one.provider] += 1
        if ranks[one.provider] <= MOST_CANDIDATES:
            kept.append(one)
    return kept


def id_of(candidate: CandidateItem) -> str:
    """The id of a profile that a search found."""
    return f"{PROVIDERS[candidate.provider].id_schemes[0]}:{candidate.author.author_id}"
