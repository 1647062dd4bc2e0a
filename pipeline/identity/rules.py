"""The rules that make records one paper, in their order.

1. what the configuration says (`same_work`); `not_same_work` wins over everything below
2. a shared identifier, where the titles agree: DOI, then arXiv id, then any other
3. equal titles with years and names that fit (`pipeline.identity.titles`)
4. a shared identifier under different titles, unless other identifiers contradict it
5. equal titles where a record shows no authors
6. a cut title that begins exactly one known title

Each step walks over groups of records that share something; none compares all with all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.errors import ConfigError
from pipeline.identity import titles
from pipeline.identity.clusters import Clusters
from pipeline.identity.evidence import Fact, titles_agree
from pipeline.identity.spelling import spellings

_RULES = ("doi", "arxiv", "provider_id")
_MAX_APART = 12
"""Groups under one identifier that are kept apart before the rest is left as it is."""


def join_records(
    facts: Sequence[Fact],
    *,
    same_work: Sequence[Sequence[str]],
    not_same_work: Sequence[Sequence[str]],
) -> Clusters:
    """Join the records of one author, given in canonical order.

    Raises:
        ConfigError: `same_work` joins what `not_same_work` keeps apart.
    """
    clusters = Clusters(facts)
    _Configured(facts, clusters).apply(same_work, not_same_work)
    blocks = _blocks(facts)
    for rule, identifier, group in blocks:
        _join_agreeing(clusters, group, rule=rule, identifier=identifier)
    titles.join_equal(clusters, facts)
    for rule, identifier, group in blocks:
        _join_retitled(clusters, group, rule=rule, identifier=identifier)
    titles.join_nameless(clusters, facts)
    titles.join_cut(clusters, facts)
    return clusters


def _blocks(facts: Sequence[Fact]) -> list[tuple[str, str, list[Fact]]]:
    """Records that share an identifier, in the order of the rules."""
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        for rule, identifier in dict.fromkeys(fact.match_ids):
            found[rule, identifier].append(fact)
    shared = [(rule, i, group) for (rule, i), group in found.items() if len(group) > 1]
    return sorted(shared, key=lambda block: (_RULES.index(block[0]), block[1]))


def _join_agreeing(clusters: Clusters, group: list[Fact], *, rule: str, identifier: str) -> None:
    """Join the records of one identifier whose titles may be spellings of one."""
    by_title: dict[str, Fact] = {}
    for fact in group:
        first = by_title.setdefault(fact.key, fact)
        clusters.join(first, fact, rule=rule, evidence=identifier)
    apart: list[Fact] = []
    for fact in by_title.values():
        agreeing = (other for other in apart if titles_agree(other, fact))
        joined = [clusters.join(o, fact, rule=rule, evidence=identifier) for o in agreeing]
        if not any(joined) and len(apart) < _MAX_APART:
            apart.append(fact)


def _join_retitled(clusters: Clusters, group: list[Fact], *, rule: str, identifier: str) -> None:
    """Join the rest of one identifier's records, where nothing else contradicts it."""
    apart: list[Fact] = []
    for fact in {clusters.root(f): f for f in reversed(group)}.values():
        for other in apart:
            mine, its = clusters.root(fact), clusters.root(other)
            if mine != its and clusters.disagree(mine, its):
                continue
            if clusters.join(other, fact, rule=rule, evidence=identifier):
                break
        else:
            if len(apart) < _MAX_APART:
                apart.append(fact)


class _Configured:
    """What the owner of the papers says about them."""

    def __init__(self, facts: Sequence[Fact], clusters: Clusters) -> None:
        self._clusters = clusters
        self._own: dict[str, list[Fact]] = defaultdict(list)
        self._holders: dict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            self._own[fact.record.record_id].append(fact)
            for identifier in fact.ids:
                self._holders[identifier].append(fact)

    def apply(
        self, same_work: Sequence[Sequence[str]], not_same_work: Sequence[Sequence[str]]
    ) -> None:
        """Mark what must stay apart, then join what is said to be one."""
        pairs = [
            (a, b) for given in not_same_work for at, a in enumerate(given) for b in given[at + 1 :]
        ]
        _refuse_contradiction(same_work, pairs)
        for number, pair in enumerate(pairs):
            self._keep_apart(number, *pair)
        for given in same_work:
            anchors = [(text, fact) for text in given for fact in self._anchors(text)]
            for text, fact in anchors[1:]:
                first, start = anchors[0]
                evidence = f"{first} = {text}"
                if not self._clusters.join(start, fact, rule="same_work", evidence=evidence):
                    roots = self._clusters.root(start), self._clusters.root(fact)
                    forbidding = self._clusters.forbidding_pair(*roots)
                    raise _contradiction((first, text), pairs[forbidding or 0])

    def _keep_apart(self, number: int, left: str, right: str) -> None:
        sides = (self._anchors(left), self._anchors(right))
        indexes = [{f.index for f in side} for side in sides]
        for side, facts in enumerate(sides):
            for fact in facts:
                if fact.index in indexes[1 - side] and _side_of(fact, left, right) != side:
                    continue
                self._clusters.mark(fact, number, side)

    def _anchors(self, text: str) -> list[Fact]:
        """The provider's record of that id, or else every record that carries the id."""
        for lookup in (self._own, self._holders):
            for identifier in spellings(text):
                if identifier in lookup:
                    return lookup[identifier]
        return []


def _side_of(fact: Fact, left: str, right: str) -> int:
    """Side of a record that carries both ids of a pair: that of the id it gives first."""
    first, second = (
        min((fact.ids.index(i) for i in spellings(text) if i in fact.ids), default=len(fact.ids))
        for text in (left, right)
    )
    return 0 if first <= second else 1


def _refuse_contradiction(
    same_work: Iterable[Sequence[str]], pairs: Iterable[tuple[str, str]]
) -> None:
    """Find ids that both settings name, whether or not a record has them yet."""
    group: dict[str, set[str]] = {}
    for given in same_work:
        ids = {spellings(text)[0] for text in given}
        joined = ids.union(*(group[i] for i in ids if i in group))
        group.update(dict.fromkeys(joined, joined))
    for a, b in pairs:
        if spellings(a)[0] == spellings(b)[0]:
            raise ConfigError(f"not_same_work names {a} twice in one entry: mend or remove it")
        if spellings(b)[0] in group.get(spellings(a)[0], ()):
            raise _contradiction((a, b), (a, b))


def _contradiction(same: tuple[str, str], apart: tuple[str, str]) -> ConfigError:
    return ConfigError(
        f"same_work joins {same[0]} and {same[1]}, but not_same_work keeps "
        f"{apart[0]} and {apart[1]} apart: remove one of the two entries"
    )
