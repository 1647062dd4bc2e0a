"""Titles as evidence: equal keys with years and names that fit, and titles that were cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from pipeline.identity.clusters import Clusters
from pipeline.identity.evidence import Fact, Kind
from pipeline.identity.names import alike, shared

MAX_GAP = 1
"""Years that two records of one version may be apart."""
MAX_LAG = 5
"""Years from a preprint to its published version."""
SURE_WORDS = 6
"""Words that a title needs where names cannot be compared, or where it is cut."""

_MAX_CLUSTERS = 50
"""A title that more papers of one person carry says nothing."""
_MAX_WITNESSES = 20
"""Records of one cluster that are compared under one title."""


def join_equal(clusters: Clusters, facts: Sequence[Fact]) -> None:
    """Join records with equal titles; closest years first, then most shared names."""
    for group in _blocks(facts):
        witnesses = _witnesses(clusters, group)
        if 1 < len(witnesses) <= _MAX_CLUSTERS:
            _join_dated(clusters, witnesses)
            _join_undated(clusters, witnesses)


def join_nameless(clusters: Clusters, facts: Sequence[Fact]) -> None:
    """Join records without authors, when identifiers have said what they can of them."""
    for group in _blocks(facts):
        if all(fact.names for fact in group):
            continue
        witnesses = _witnesses(clusters, group)
        if 1 < len(witnesses) <= _MAX_CLUSTERS:
            _join_dated(clusters, witnesses)
            _join_nameless(clusters, witnesses)


def join_cut(clusters: Clusters, facts: Sequence[Fact]) -> None:
    """Join records whose title was cut to the only paper that they can be."""
    cut = {f.index: p for f in facts if f.is_cut and (p := _beginning(f))}
    if not cut:
        return
    lengths = sorted({len(words) for words in cut.values()})
    whole: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.exact is not None:
            words = tuple(fact.key.split())
            for length in lengths:
                if length <= len(words):
                    whole[words[:length]].append(fact)
    choices = [(facts[at], _only(clusters, facts[at], whole[words])) for at, words in cut.items()]
    for fact, match in choices:
        if match is not None and clusters.years_fit(clusters.root(fact), clusters.root(match)):
            evidence = " ".join(cut[fact.index]) + " …"
            clusters.join(fact, match, rule="title", evidence=evidence)


def _blocks(facts: Sequence[Fact]) -> Iterable[list[Fact]]:
    """Records with equal titles, title by title."""
    blocks: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.exact is not None:
            blocks[fact.exact].append(fact)
    return (group for _, group in sorted(blocks.items()) if len(group) > 1)


def gap(left: Fact, right: Fact) -> int | None:
    """Years between two records of one title when they may be one paper, or `None`.

    Both years must be known. A preprint may precede its published version by `MAX_LAG` years
    when two names agree (or all, where there are fewer).
    """
    if left.year is None or right.year is None:
        return None
    years = abs(left.year - right.year)
    agreeing = shared(left.names, right.names)
    if left.is_short or right.is_short:
        is_same = years == 0 and agreeing == len(left.names) == len(right.names) > 0
        return 0 if is_same else None
    if not left.names or not right.names:
        return years if years <= MAX_GAP and min(left.words, right.words) >= SURE_WORDS else None
    if agreeing and years <= MAX_GAP:
        return years
    is_lag = years <= MAX_LAG and _is_preprint_then_published(left, right)
    return years if is_lag and _names_are_sure(left, right) else None


def _is_preprint_then_published(left: Fact, right: Fact) -> bool:
    first, second = sorted((left, right), key=lambda f: f.year or 0)
    return first.kind is Kind.PREPRINT and second.kind is Kind.PUBLISHED


def _names_are_sure(left: Fact, right: Fact) -> bool:
    """Whether two names agree, or all of the shorter list where it has fewer."""
    needed = min(2, len(left.names), len(right.names))
    return needed > 0 and alike(left.names, right.names) >= needed


def _are_sure_without_years(left: Fact, right: Fact) -> bool:
    """Whether names agree that do for years too.

    One name of a list that was cut is mostly the person's own, which all records share: it needs
    a long title beside it.
    """
    is_one_of_many = any(f.is_elided and len(f.names) == 1 for f in (left, right))
    is_long = min(left.words, right.words) >= SURE_WORDS
    return (is_long or not is_one_of_many) and _names_are_sure(left, right)


def _witnesses(clusters: Clusters, group: Iterable[Fact]) -> dict[int, list[Fact]]:
    """Records that speak for each cluster: one of a kind, a bounded number."""
    seen: set[tuple[object, ...]] = set()
    found: dict[int, list[Fact]] = defaultdict(list)
    for fact in group:
        root = clusters.root(fact)
        told = fact if fact.names else _with_names(clusters, fact)
        alike = (root, told.year, told.kind, told.names)
        if alike not in seen and len(found[root]) < _MAX_WITNESSES:
            seen.add(alike)
            found[root].append(told)
    return found


def _with_names(clusters: Clusters, fact: Fact) -> Fact:
    """A record without authors, with those of what an identifier joined it to."""
    members = clusters.of(clusters.root(fact)).members[:_MAX_WITNESSES]
    return replace(fact, names=max((f.names for f in members), key=len))


def _join_dated(clusters: Clusters, witnesses: dict[int, list[Fact]]) -> None:
    pairs = [
        (years, -shared(a.names, b.names), a.index, b.index, a, b)
        for left, right in combinations(witnesses.values(), 2)
        for a in left
        for b in right
        if a.names and b.names and (years := gap(a, b)) is not None
    ]
    for *_, a, b in sorted(pairs, key=lambda pair: pair[:4]):
        _join(clusters, a, b)


def _join_undated(clusters: Clusters, witnesses: dict[int, list[Fact]]) -> None:
    """Join what has no year where two names agree, and only one dated paper comes into question."""
    dated = [f for group in witnesses.values() for f in group if f.year is not None]
    undated = [
        f
        for group in witnesses.values()
        if all(f.year is None for f in group)
        for f in group
        if not f.is_short
    ]
    for a, b in combinations(undated, 2):
        if _are_sure_without_years(a, b):
            _join(clusters, a, b)
    choices = []
    for fact in undated:
        matches = [other for other in dated if _are_sure_without_years(fact, other)]
        if len({clusters.root(other) for other in matches}) == 1:
            choices.append((fact, matches[0]))
    for fact, match in choices:
        _join(clusters, fact, match)


def _join_nameless(clusters: Clusters, witnesses: dict[int, list[Fact]]) -> None:
    """Join what shows no authors to the paper of the nearest year: it never stands between two."""
    every = [f for group in witnesses.values() for f in group if not f.is_short]
    named = [f for f in every if f.names]
    nameless = [f for f in every if not f.names]
    choices = [(fact, _candidates(fact, named)) for fact in nameless]
    lonely = [fact for fact, matches in choices if not matches]
    choices += [(a, [b]) for a, b in combinations(lonely, 2) if gap(a, b) is not None]
    for fact, matches in choices:
        if len({clusters.root(other) for other in matches}) == 1:
            _join(clusters, fact, matches[0])


def _candidates(fact: Fact, named: Sequence[Fact]) -> list[Fact]:
    """Records with authors that one without may belong to: those of the nearest year."""
    gaps = [(years, other) for other in named if (years := gap(fact, other)) is not None]
    nearest = min((years for years, _ in gaps), default=0)
    return [other for years, other in gaps if years == nearest]


def _join(clusters: Clusters, left: Fact, right: Fact) -> None:
    a, b = clusters.root(left), clusters.root(right)
    if a != b and clusters.years_fit(a, b):
        clusters.join(left, right, rule="title", evidence=min(left.key, right.key))


def _beginning(fact: Fact) -> tuple[str, ...] | None:
    """Words of a cut title without the last one, which may be cut itself."""
    words = tuple(fact.key.split())[:-1]
    return words if len(words) >= SURE_WORDS else None


def _only(clusters: Clusters, fact: Fact, candidates: Sequence[Fact]) -> Fact | None:
    """The candidate that fits, when all that fit are one paper."""
    if len(candidates) > _MAX_CLUSTERS * _MAX_WITNESSES:
        return None
    fitting = [other for other in candidates if _cut_fits(fact, other)]
    return fitting[0] if len({clusters.root(other) for other in fitting}) == 1 else None


def _cut_fits(fact: Fact, other: Fact) -> bool:
    if not fact.names or not other.names:
        return False
    if fact.year is None or other.year is None:
        return _names_are_sure(fact, other)
    return gap(fact, other) is not None
