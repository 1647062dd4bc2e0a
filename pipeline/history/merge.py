"""Two states of one author at one provider as one: pure, and the same whoever joins whom.

The answer that was believed last wins as a whole. A record that it does not hold has the count that
it last changed to in a run of either. So figures follow from that answer and the runs alone, and
copies that went apart have the same figures in whatever order they are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.history import delta, encode
from pipeline.history.rows import STATED, Change
from pipeline.model import Observed, ProviderState
from spiders.items import AuthorRecord, WorkRecord

Place = tuple[str, str, str]
"""Author key, provider, record id."""

_COUNT = "cited_by_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """One number of a state that changes tell of."""

    record_id: str
    metric: str
    value: int
    is_gone: bool


def joined(
    ours: Iterable[ProviderState],
    theirs: Iterable[ProviderState],
    changes: Iterable[Change],
    *,
    untold: frozenset[Place] = frozenset(),
) -> tuple[ProviderState, ...]:
    """What both know, sorted by author and provider.

    Args:
        ours: a paper that both resolved keeps the `work_id` that it has here.
        theirs: the other copy.
        changes: of all runs of both.
        untold: records whose changes are known to be incomplete, so that only states tell of them.
    """
    known = {(s.author_key, s.provider): s for s in ours}
    counts = {k: v for k, v in _counts(changes).items() if k not in untold}
    for other in theirs:
        key = (other.author_key, other.provider)
        known[key] = _joined(known[key], other, counts) if key in known else other
    return tuple(known[key] for key in sorted(known))


def closing(
    states: Iterable[ProviderState], changes: Sequence[Change], *, after: int
) -> tuple[Change, ...]:
    """Changes that make a replay of all end at the figures of the states; none when it does.

    They are no run's: each is dated at the answer that its state was believed by, and numbered
    after all runs. A gone record whose last count is to be said again takes two numbers.

    Args:
        states: what is known.
        changes: in the order of runs.
        after: number of the last run.
    """
    last = {(*_place(c), c.metric): c.value for c in changes}
    counts = {(*_place(c), c.metric): c.value for c in changes if c.value is not None}
    said: list[Change] = []
    gone: list[Change] = []
    for state in states:
        for figure in _figures(state):
            key = (state.author_key, state.provider, figure.record_id, figure.metric)
            is_said = counts.get(key) == figure.value
            is_last = (last.get(key) is None) == figure.is_gone
            if not is_said or (not figure.is_gone and not is_last):
                said.append(_restated(state, figure, figure.value))
            if figure.is_gone and not (is_said and is_last):
                gone.append(_restated(state, figure, None))
    steps = [step for step in (said, gone) if step]
    return tuple(replace(c, sequence=n) for n, step in enumerate(steps, after + 1) for c in step)


def untold(states: Iterable[ProviderState], changes: Sequence[Change]) -> frozenset[Place]:
    """Records that the changes of a copy do not bring to where its states have them: some are lost.

    Args:
        states: of one copy.
        changes: of that copy, in the order of runs.
    """
    return frozenset(_place(c) for c in closing(states, changes, after=0))


def _joined(
    ours: ProviderState, theirs: ProviderState, counts: Mapping[Place, int]
) -> ProviderState:
    if ours == theirs:
        return ours
    winner, loser = (theirs, ours) if _is_later(theirs, ours) else (ours, theirs)
    author = _author(winner.author, loser.author)
    known = {o.record.record_id: o for o in winner.works}
    others = {o.record.record_id: o for o in loser.works}
    held, works = _held(winner), []
    for record_id in (*known, *sorted(others.keys() - known.keys())):
        found = [both[record_id] for both in (known, others) if record_id in both]
        if record_id in held:
            works.append(_told(found[0], found[-1]))
            continue
        count = counts.get((winner.author_key, winner.provider, record_id))
        is_gone = not author.is_truncated or (record_id in known and known[record_id].is_gone)
        works.append(replace(_unheld(found, count), is_gone=is_gone))
    ids = {o.record.record_id: o.work_id for s in (theirs, ours) for o in s.works if o.work_id}
    return replace(
        winner,
        author=author,
        works=tuple(replace(o, work_id=ids.get(o.record.record_id)) for o in works),
    )


def _is_later(one: ProviderState, other: ProviderState) -> bool:
    """Whether an answer was believed after another; of two at once, the same is always chosen."""
    moments = [(s.checked_at, s.as_of, s.changed_at) for s in (one, other)]
    if moments[0] != moments[1]:
        return moments[0] > moments[1]
    texts = [
        [encode.dumps(s.author), *(encode.dumps(o.record) for o in _held(s).values())]
        for s in (one, other)
    ]
    return texts[0] > texts[1]


def _held(state: ProviderState) -> dict[str, Observed]:
    """Records of the answer itself: a complete one holds all that are not gone."""
    return {
        o.record.record_id: o
        for o in state.present
        if not state.author.is_truncated or o.as_of == state.as_of
    }


def _author(said: AuthorRecord, known: AuthorRecord) -> AuthorRecord:
    """The later statement; the other's where the later was made again from figures alone."""
    if said.author_id is None and said.name is None:
        figures = {n: getattr(said, n) for n in STATED if getattr(said, n) is not None}
        return replace(known, **figures)
    return delta.kept_author(known, said)


def _told(best: Observed, other: Observed) -> Observed:
    """A record as `best` has it, with what only the other copy knows of it."""
    record = delta.kept_record(other, best.record)
    if record.title is None and other.record.title is not None:
        record = _retitled(other.record, record)
    return replace(best, record=record, first_seen=min(best.first_seen, other.first_seen))


def _retitled(known: WorkRecord, figures: WorkRecord) -> WorkRecord:
    """A record that was made again from figures alone, with the words of the other copy."""
    return replace(
        known,
        cited_by_count=figures.cited_by_count,
        cited_by_count_raw=figures.cited_by_count_raw,
    )


def _unheld(found: Sequence[Observed], count: int | None) -> Observed:
    """A record that the answer does not hold: as it was seen last, with its last count.

    Args:
        found: as one or both copies know it, the winner's first.
        count: what it last changed to in a run, where that is known.
    """
    best = max(found, key=lambda o: o.as_of)
    for other in found:
        best = _told(best, other)
    if count in (None, best.record.cited_by_count):
        return best
    record = replace(best.record, cited_by_count=count, cited_by_count_raw=None)
    return replace(best, record=record)


def _counts(changes: Iterable[Change]) -> dict[Place, int]:
    """The last count of each record, by the clocks of all runs that are known."""
    dated = [
        (c.at, c.run_id, _place(c), c.value)
        for c in changes
        if c.at and c.record_id and c.value is not None
    ]
    return {place: value for _, _, place, value in sorted(dated)}


def _figures(state: ProviderState) -> Iterator[_Figure]:
    for name in STATED:
        value = getattr(state.author, name)
        if value is not None:
            yield _Figure(record_id="", metric=name, value=value, is_gone=False)
    for o in state.works:
        value = o.record.cited_by_count
        if value is not None:
            record_id = o.record.record_id
            yield _Figure(record_id=record_id, metric=_COUNT, value=value, is_gone=o.is_gone)


def _restated(state: ProviderState, figure: _Figure, value: int | None) -> Change:
    return Change(
        author_key=state.author_key,
        provider=state.provider,
        record_id=figure.record_id,
        metric=figure.metric,
        date=state.checked_at.date(),
        at=None,
        value=value,
    )


def _place(change: Change) -> Place:
    return (change.author_key, change.provider, change.record_id)
