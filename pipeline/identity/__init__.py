"""Which records are one paper: every provider's records of one author, made papers.

`resolve` is pure and gives the same answer whatever the order of its input. What it joined and
why stands in `Work.merges`; what it may not join, or must, is the configuration's to say.
The rules, their order and their reasons: `docs/identity.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.identity.evidence import read
from pipeline.identity.keys import fold, is_cut, title_key
from pipeline.identity.names import surnames
from pipeline.identity.rules import join_records
from pipeline.identity.search import explain
from pipeline.identity.works import assemble
from pipeline.model import Observed, Work

__all__ = ["explain", "fold", "is_cut", "resolve", "surnames", "title_key"]


def resolve(
    records: Sequence[Observed],
    *,
    same_work: Sequence[Sequence[str]] = (),
    not_same_work: Sequence[Sequence[str]] = (),
) -> tuple[Work, ...]:
    """Papers out of one author's records, gone ones included, ordered by work id.

    Args:
        records: Records of all providers; one provider's record twice counts once, the last.
        same_work: Lists of ids (of any scheme, or of records) that are one paper.
        not_same_work: Lists of ids that are different papers; wins over every rule.

    Raises:
        ConfigError: `same_work` and `not_same_work` contradict each other.
    """
    ordered = sorted(_latest(records), key=_canonical)
    facts = [read(observed, index) for index, observed in enumerate(ordered)]
    return assemble(join_records(facts, same_work=same_work, not_same_work=not_same_work))


def _latest(records: Iterable[Observed]) -> Iterable[Observed]:
    """One value for each provider's record: listed before gone, then the latest."""
    found: dict[tuple[str, str], Observed] = {}
    for observed in records:
        name = (observed.record.provider, observed.record.record_id)
        known = found.get(name)
        if known is None or _freshness(known) < _freshness(observed):
            found[name] = observed
    return found.values()


def _freshness(observed: Observed) -> tuple[object, ...]:
    return not observed.is_gone, observed.as_of, repr(observed.record)


def _canonical(observed: Observed) -> tuple[str, str]:
    return observed.record.provider, observed.record.record_id
