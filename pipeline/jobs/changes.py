"""What one run changed: figures before and now, and new citations by paper.

Taken from the history, which keeps changes only; in a dry run, which writes none, from the figures
that the run computed, beside those last believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.history import Change, History, SummaryRow
from pipeline.history.timeline import Timeline

FIGURES = {
    "cited_by_count": "citations",
    "h_index": "h-index",
    "i10_index": "i10-index",
    "works_count": "papers",
}
"""Figures of an author that are told, by the name in the history."""

_COMPUTED = {
    "citations": "cited_by_count",
    "h_index": "h_index",
    "i10_index": "i10_index",
    "papers": "works_count",
}
_COUNT = "cited_by_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """One figure of an author that became another one."""

    author_key: str
    provider: str
    name: str
    """As people call it, e.g. `h-index`."""
    before: int | None
    """`None` when it was not known."""
    now: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperChange:
    """The count of one paper at one provider that became another one."""

    author_key: str
    provider: str
    title: str | None
    before: int | None
    """`None` for a paper that was not known."""
    now: int | None
    """`None` when it left the provider's complete list."""

    @property
    def gain(self) -> int:
        """New citations; below 0 when some were lost."""
        return (self.now or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that one run changed."""

    figures: tuple[FigureChange, ...] = ()
    papers: tuple[PaperChange, ...] = ()
    """Largest gain first."""
    begun: tuple[tuple[str, str], ...] = ()
    """(author key, provider) heard for the first time: all that they say is new."""

    def __bool__(self) -> bool:
        return bool(self.figures or self.papers or self.begun)


def changes_of(history: History, run_id: str) -> Changes:
    """What a run that was stored has changed.

    Raises:
        StorageError: the history cannot be read.
    """
    series = history.series()
    of_run = series.where(run_id=run_id)
    if not of_run:
        return Changes()
    earlier = series.up_to(of_run[0].sequence - 1)
    before, known = _last_values(earlier), earlier.by_pair().keys()
    heard = {(c.author_key, c.provider) for c in of_run}
    told = [c for c in of_run if (c.author_key, c.provider) in known]
    titles = _titles(history) if any(c.record_id for c in told) else {}
    papers = [
        PaperChange(
            author_key=c.author_key,
            provider=c.provider,
            title=titles.get((c.author_key, c.record_id), c.record_id),
            before=before.get(_key(c)),
            now=c.value,
        )
        for c in told
        if c.record_id and c.metric == _COUNT
    ]
    return Changes(
        figures=tuple(
            FigureChange(
                author_key=c.author_key,
                provider=c.provider,
                name=FIGURES[c.metric],
                before=before.get(_key(c)),
                now=c.value,
            )
            for c in of_run
            if not c.record_id and c.metric in FIGURES
        ),
        papers=tuple(sorted(papers, key=lambda p: (-p.gain, p.title or ""))),
        begun=tuple(sorted(heard - known)),
    )


def changes_beside(
    rows: Sequence[Mapping[str, Any]], summary: Sequence[SummaryRow]
) -> tuple[FigureChange, ...]:
    """Figures of `refresh --json` that are known, and not those last believed."""
    known = {(r.author_key, r.provider): {**r.listed, **r.stated} for r in summary}
    return tuple(
        FigureChange(
            author_key=row["author"],
            provider=row["provider"],
            name=FIGURES[name],
            before=before,
            now=now,
        )
        for row in rows
        for computed, name in _COMPUTED.items()
        if (now := row["stated"][computed]) is not None
        and now != (before := known.get((row["author"], row["provider"]), {}).get(name))
    )


def _last_values(series: Timeline) -> dict[tuple[str, ...], int | None]:
    keys = zip(
        series.column("author_key"),
        series.column("provider"),
        series.column("record_id"),
        series.column("metric"),
        strict=True,
    )
    return dict(zip(keys, series.values(), strict=True))


def _key(change: Change) -> tuple[str, ...]:
    return (change.author_key, change.provider, change.record_id, change.metric)


def _titles(history: History) -> dict[tuple[str, str], str | None]:
    return {
        (state.author_key, one.record.record_id): one.record.title
        for state in history.states()
        for one in state.works
    }
