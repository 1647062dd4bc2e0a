"""Clusters of records: union-find that remembers what must stay apart, and why what is one.

Each cluster keeps the few facts that later rules ask for (identifiers of which a paper has
one, years of publication, names of what it may not be joined with), so that a question about
two clusters never walks over their records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.identity.evidence import Fact, Kind, published_dois
from pipeline.model import Merge

MAX_SPAN = 2
"""Years that one paper's published versions may lie apart when only titles join them."""

_SINGLE = ("arxiv", "openreview", "pmid", "pmcid", "acl")


@dataclass(slots=True)
class Cluster:
    """What is known of the records joined so far."""

    members: list[Fact]
    single: dict[str, set[str]]
    """Identifiers by scheme, for schemes of which a paper usually has one value."""
    years: dict[bool, tuple[int, int]]
    """First and last year of its preprints (`True`) and of its other records (`False`)."""
    sides: set[tuple[int, int]] = field(default_factory=set)
    """Number of a `not_same_work` pair, and the side of it that is in here."""


class Clusters:
    """All records of an author, each alone at first."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._parent = list(range(len(facts)))
        self._clusters = {f.index: _alone(f) for f in facts}
        self.merges: list[tuple[Fact, Merge]] = []

    def root(self, fact: Fact) -> int:
        """Name of the cluster that a record is in."""
        parent = self._parent
        at = fact.index
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    def of(self, root: int) -> Cluster:
        """The cluster of that name."""
        return self._clusters[root]

    def all(self) -> dict[int, Cluster]:
        """Every cluster by its name."""
        return self._clusters

    def mark(self, fact: Fact, pair: int, side: int) -> None:
        """Note that a record stands on one side of a `not_same_work` pair."""
        self._clusters[self.root(fact)].sides.add((pair, side))

    def forbidding_pair(self, left: int, right: int) -> int | None:
        """Number of the `not_same_work` pair that keeps two clusters apart."""
        few, many = sorted((self.of(left).sides, self.of(right).sides), key=len)
        return min((pair for pair, side in few if (pair, 1 - side) in many), default=None)

    def join(self, left: Fact, right: Fact, *, rule: str, evidence: str) -> bool:
        """Make one of two clusters, unless a pair forbids it; whether they are one now."""
        a, b = self.root(left), self.root(right)
        if a == b:
            return True
        if self.forbidding_pair(a, b) is not None:
            return False
        low, high = sorted((left.record.record_id, right.record.record_id))
        merge = Merge(left=low, right=high, rule=rule, evidence=evidence)
        self.merges.append((left, merge))
        if len(self.of(a).members) < len(self.of(b).members):
            a, b = b, a
        self._absorb(a, self._clusters.pop(b))
        self._parent[b] = a
        return True

    def disagree(self, left: int, right: int) -> bool:
        """Whether two clusters hold different values where a paper has one.

        Asked only when the titles differ too: then a shared identifier is more likely a
        mistake (two DOIs swapped by an author) than a change of title.
        """
        a, b = self.of(left).single, self.of(right).single
        return any(a[scheme].isdisjoint(b[scheme]) for scheme in a.keys() & b.keys())

    def years_fit(self, left: int, right: int) -> bool:
        """Whether published versions lie close enough to be joined by a title.

        Guards against chains: yearly reports of one name are one year apart each.
        """
        a, b = self.of(left), self.of(right)
        own, other = a.single.get("published", set()), b.single.get("published", set())
        are_rivals = bool(own and other and own.isdisjoint(other))
        for is_preprint in a.years.keys() & b.years.keys():
            mine, theirs = a.years[is_preprint], b.years[is_preprint]
            allowed = MAX_SPAN if are_rivals else max(MAX_SPAN, _span(mine), _span(theirs))
            if _span(_widest(mine, theirs)) > allowed:
                return False
        return True

    def _absorb(self, root: int, other: Cluster) -> None:
        mine = self._clusters[root]
        mine.members.extend(other.members)
        for scheme, values in other.single.items():
            mine.single.setdefault(scheme, set()).update(values)
        for is_preprint, years in other.years.items():
            mine.years[is_preprint] = _widest(mine.years.get(is_preprint, years), years)
        mine.sides |= other.sides


def _span(years: tuple[int, int]) -> int:
    return years[1] - years[0]


def _widest(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    return min(left[0], right[0]), max(left[1], right[1])


def _alone(fact: Fact) -> Cluster:
    single: dict[str, set[str]] = {}
    for identifier in fact.ids:
        scheme = identifier.partition(":")[0]
        if scheme in _SINGLE:
            single.setdefault(scheme, set()).add(identifier)
    published = published_dois(fact.ids)
    if published:
        single["published"] = set(published)
    years = {} if fact.year is None else {fact.kind is Kind.PREPRINT: (fact.year, fact.year)}
    return Cluster(members=[fact], single=single, years=years)
