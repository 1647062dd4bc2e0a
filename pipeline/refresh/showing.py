"""From what is known to what is shown, as the configuration wants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.config import Config
from pipeline.history import Change
from pipeline.identity import resolve
from pipeline.model import Group, Looks, Observed, ProviderState, Snapshot, Work
from pipeline.snapshot import View, snapshot
from pipeline.snapshot.past import past
from spiders.registry import lists_papers


def resolve_all(config: Config, states: Iterable[ProviderState]) -> dict[str, tuple[Work, ...]]:
    """The papers of each author, by author key; a code host's records are no papers."""
    records: dict[str, list[Observed]] = {}
    for state in states:
        if lists_papers(state.provider):
            records.setdefault(state.author_key, []).extend(state.works)
    return {
        key: resolve(found, same_work=config.same_work, not_same_work=config.not_same_work)
        for key, found in records.items()
    }


def take_snapshot(
    config: Config,
    states: Sequence[ProviderState],
    works: Mapping[str, Sequence[Work]],
    *,
    now: datetime,
    changes: Iterable[Change] = (),
) -> Snapshot:
    """What is known at a moment, as the configuration wants it shown.

    Args:
        states: What every provider last said and was believed.
        works: Resolved papers by author key.
        now: Aware moment that staleness is judged by.
        changes: The history's, in the order of runs, for pages that show the past.
    """
    groups = [Group(key=g.key, name=g.name, members=tuple(g.members)) for g in config.groups]
    return snapshot(
        [a.to_author() for a in config.authors],
        states=states,
        works=works,
        groups=[(group, _papers(config, group, states)) for group in groups],
        view=View(
            order=config.providers.order,
            figures=config.figures,
            combine=config.combine,
            stale_after=timedelta(days=config.stale_after),
            own_lists={a.key: a.own_list for a in config.authors},
            looks=Looks(
                metrics=tuple(config.badges.metrics),
                papers=config.badges.papers,
                svg=config.badges.svg,
                badge_style=config.badges.style,
                pages=config.report.pages,
                charts=config.report.charts,
            ),
        ),
        now=now,
        past=past(changes),
    )


def _papers(config: Config, group: Group, states: Sequence[ProviderState]) -> tuple[Work, ...]:
    """The papers of all members, a joint one once."""
    own = [replace(s, author_key=group.key) for s in states if s.author_key in group.members]
    return resolve_all(config, own).get(group.key, ())
