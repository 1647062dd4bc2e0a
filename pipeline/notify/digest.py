"""What changed between two moments, by the provider whose figures are shown: pure.

Papers are compared after their versions were joined, so that a preprint and its published version
are one line. Whoever was not known at the first moment has no news: a first list is no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import NamedTuple

from pipeline.history import Change
from pipeline.history.timeline import Timeline
from pipeline.model import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One person, and by whom and how their figures are shown."""

    author_key: str
    name: str
    provider: str
    """Name of the provider that is shown."""
    title: str
    """Its name for people."""
    figures: Series
    is_truncated: bool = False
    """Whether the provider has more papers than it lists: totals are then taken as stated only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is known of a record apart from its counts."""

    work_id: str
    """Paper that it was resolved to."""
    title: str
    first_seen: datetime
    is_excluded: bool = False
    """Whether the provider itself leaves it out of its totals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """A figure of the author that is another now."""

    metric: str
    """`cited_by_count` or `h_index`."""
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperChange:
    """A paper whose count is another now; `None` is unknown, or not listed."""

    title: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorDigest:
    """The news of one person."""

    who: Followed
    figures: tuple[FigureChange, ...]
    changed: tuple[PaperChange, ...]
    """Counts that rose or fell, the largest difference first."""
    new: tuple[PaperChange, ...]
    """Newly listed papers, most cited first."""
    gone: tuple[PaperChange, ...]
    """Papers that the provider's complete list no longer has."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no news."""
        return not (self.figures or self.changed or self.new or self.gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The news of everybody that has any."""

    since: datetime
    until: datetime
    authors: tuple[AuthorDigest, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is no news at all."""
        return not self.authors


Papers = Mapping[tuple[str, str, str], Paper]
"""Author key, provider and record id to the paper."""


class _Value(NamedTuple):
    known: int | None
    """Its last known count."""
    is_gone: bool


_Records = Mapping[str, _Value]


def digest(
    changes: Sequence[Change],
    *,
    papers: Papers,
    people: Iterable[Followed],
    since: datetime,
    until: datetime,
) -> Digest:
    """What became different after `since`, up to and with `until`.

    Args:
        changes: of the history, in the order of runs (`History.series()`).
        papers: every record known now.
        people: whose news is wanted, and by which provider.
        since: aware; runs up to and with this moment are the past.
        until: aware; later runs are left out.
    """
    whole = Timeline.of(changes)
    runs = list(whole.last_of_each_run())
    first, last = _last_run(runs, since), _last_run(runs, until)
    found = []
    for who in people:
        own = whole.where(author_key=who.author_key, provider=who.provider)
        known = {
            record: paper
            for (key, provider, record), paper in papers.items()
            if (key, provider) == (who.author_key, who.provider)
        }
        before, after = own.up_to(first), own.up_to(last)
        if before or any(p.first_seen <= since for p in known.values()):
            found.append(_compare(who, before, after, known, since=since, until=until))
    return Digest(since=since, until=until, authors=tuple(a for a in found if not a.is_empty))


def _last_run(changes: Sequence[Change], moment: datetime) -> int:
    """Number of the last run up to a moment: runs count by their order, clocks may go back."""
    return max((c.sequence for c in changes if _at(c) <= moment), default=0)


def _at(change: Change) -> datetime:
    return change.at or datetime.combine(change.date, time(), tzinfo=UTC)


def _compare(
    who: Followed,
    before: Timeline,
    after: Timeline,
    known: Mapping[str, Paper],
    *,
    since: datetime,
    until: datetime,
) -> AuthorDigest:
    old, new = _records(before), _records(after)
    works: dict[str, list[str]] = {}
    for record in sorted({*known, *new}):
        works.setdefault(_work_id(record, known), []).append(record)
    changed, listed, gone = [], [], []
    for records in works.values():
        title = next((known[r].title for r in records if r in known), records[0])
        was, now = _joined(records, old, known), _joined(records, new, known)
        seen = [known[r].first_seen for r in records if r in known]
        line = PaperChange(
            title=title, old=was.known if was else None, new=now.known if now else None
        )
        if seen and since < min(seen) <= until and was is None:
            listed.append(line)
        elif now is not None and now.is_gone:
            if was is not None and not was.is_gone:
                gone.append(line)
        elif line.new is not None and line.old != line.new:
            changed.append(line)
    return AuthorDigest(
        who=who,
        figures=_figures(who, before, after, known),
        changed=tuple(sorted(changed, key=_by_difference)),
        new=tuple(sorted(listed, key=lambda p: (-(p.new or 0), p.title))),
        gone=tuple(sorted(gone, key=lambda p: (-(p.old or 0), p.title))),
    )


def _by_difference(paper: PaperChange) -> tuple[int, int, str]:
    new = paper.new or 0
    return -abs(new - (paper.old or 0)), -new, paper.title


def _work_id(record: str, known: Mapping[str, Paper]) -> str:
    return known[record].work_id if record in known else record


def _records(changes: Timeline) -> dict[str, _Value]:
    """What was known of each record after these changes."""
    rows = list(zip(changes.column("record_id"), changes.values(), strict=True))
    last = {record: value for record, value in rows if record}
    known = {record: value for record, value in rows if value is not None}
    return {r: _Value(known.get(r), is_gone=value is None) for r, value in last.items()}


def _joined(records: Sequence[str], values: _Records, known: Mapping[str, Paper]) -> _Value | None:
    """A paper's count, as `Work.cited_by_count` joins its versions; `None` when not yet known."""
    own = {r: values[r] for r in records if r in values}
    if not own:
        return None
    listed = {r: v for r, v in own.items() if not v.is_gone}
    counted = {r: v for r, v in listed.items() if r not in known or not known[r].is_excluded}
    counts = [v.known for v in (counted or own).values() if v.known is not None]
    return _Value(max(counts, default=None), is_gone=not listed)


def _figures(
    who: Followed, before: Timeline, after: Timeline, known: Mapping[str, Paper]
) -> tuple[FigureChange, ...]:
    old, new = _totals(who, before, known), _totals(who, after, known)
    found = (FigureChange(metric=m, old=old.get(m), new=new.get(m)) for m in new)
    return tuple(f for f in found if f.old is not None and f.old != f.new)


def _totals(who: Followed, changes: Timeline, known: Mapping[str, Paper]) -> dict[str, int]:
    """Citations and h-index: as stated, or added up where the provider states none."""
    names = ("cited_by_count", "h_index")
    own = changes.where(record_id="")
    rows = zip(own.column("metric"), own.values(), strict=True)
    stated = {metric: value for metric, value in rows if value is not None}
    stated = {name: stated[name] for name in names if name in stated}
    if who.is_truncated:
        return stated if who.figures == "stated" else {}
    added = _added_up(who, changes, known)
    return {**added, **stated} if who.figures == "stated" else added


def _added_up(who: Followed, changes: Timeline, known: Mapping[str, Paper]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for record, value in _records(changes).items():
        paper = known.get(record)
        if value.is_gone or value.known is None or (paper and paper.is_excluded):
            continue
        key = _work_id(record, known) if who.figures == "resolved" else record
        counts[key] = max(counts.get(key, 0), value.known)
    ranked = sorted(counts.values(), reverse=True)
    h_index = sum(count >= rank for rank, count in enumerate(ranked, 1))
    return {"cited_by_count": sum(ranked), "h_index": h_index} if ranked else {}
