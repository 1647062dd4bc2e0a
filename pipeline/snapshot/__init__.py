"""Last known good states and resolved papers to the one moment that writers show.

Nothing here depends on when the run took place, but for whether a source is stale: equal figures
give equal snapshots, so that a run with nothing new rewrites nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from pipeline.model import (
    Author,
    AuthorSnapshot,
    Group,
    Looks,
    Metrics,
    Past,
    ProviderState,
    Repository,
    Series,
    Snapshot,
    SourceStatus,
    Work,
)
from pipeline.snapshot.combined import Rule, combined_metrics
from pipeline.snapshot.groups import united
from pipeline.snapshot.series import resolved_metrics, stated_metrics
from spiders.registry import PROVIDERS, counts_citations, lists_papers

__all__ = ["Rule", "View", "combined_metrics", "resolved_metrics", "snapshot", "stated_metrics"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How what is known is to be shown: the part of the configuration that writers depend on."""

    order: Sequence[str]
    """Providers, best first; the first that ever answered and counts is shown."""
    figures: Series = "stated"
    """Series that badges show."""
    combine: Rule = "max"
    """How `combined` counts a paper."""
    stale_after: timedelta = timedelta(days=14)
    """Age from which figures are stale."""
    own_lists: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    """By author, the providers whose lists say which papers are theirs."""
    looks: Looks = field(default_factory=Looks)


def snapshot(
    authors: Sequence[Author],
    *,
    states: Iterable[ProviderState],
    works: Mapping[str, Sequence[Work]],
    view: View,
    now: datetime,
    groups: Sequence[tuple[Group, Sequence[Work]]] = (),
    past: Mapping[str, Sequence[Past]] = MappingProxyType({}),
) -> Snapshot:
    """Everything that is known of the authors, as writers show it.

    Args:
        authors: Who is followed, in the configured order.
        states: What every provider last said and was believed.
        works: Resolved papers by author key.
        view: What of it is shown.
        now: Aware moment that staleness is judged by.
        groups: Several of the authors as one, with their papers, a joint one once.
        past: What the totals were, by author key.
    """
    by_author: dict[str, dict[str, ProviderState]] = {}
    for state in states:
        by_author.setdefault(state.author_key, {})[state.provider] = state
    ordered = {key: _ordered(known, view.order) for key, known in by_author.items()}
    found = [
        replace(
            _author(
                a, states=ordered.get(a.key, ()), works=works.get(a.key, ()), view=view, now=now
            ),
            past=tuple(past.get(a.key, ())),
        )
        for a in authors
    ]
    return Snapshot(
        authors=tuple(found),
        provider_order=tuple(view.order),
        groups=tuple(
            _group(group, ordered=ordered, works=_theirs(group, found, papers), view=view, now=now)
            for group, papers in groups
        ),
        looks=view.looks,
    )


def _ordered(known: Mapping[str, ProviderState], order: Sequence[str]) -> tuple[ProviderState, ...]:
    names = (*order, *sorted(set(known) - set(order)))
    return tuple(known[name] for name in names if name in known)


def _author(
    author: Author,
    *,
    states: Sequence[ProviderState],
    works: Sequence[Work],
    view: View,
    now: datetime,
) -> AuthorSnapshot:
    told = [work for work in works if _is_told(work)]
    own, others = _listed(told, states, view.own_lists.get(author.key, ()))
    answered = {state.provider for state in states}
    shown = next((n for n in view.order if n in answered and counts_citations(n)), None)

    def rank(work: Work) -> tuple[int, str]:
        count = work.cited_by_count(shown) if shown else None
        return (-1 if count is None else count) * -1, work.work_id

    return AuthorSnapshot(
        author=author,
        shown=shown,
        figures=view.figures,
        sources=tuple(_status(state, now - view.stale_after) for state in states),
        works=tuple(sorted(own, key=rank)),
        others=tuple(sorted(others, key=rank)),
        repositories=tuple(_repositories(states)),
        metrics=_metrics(states, own, view),
    )


def _theirs(
    group: Group, authors: Sequence[AuthorSnapshot], works: Sequence[Work]
) -> Sequence[Work]:
    """The papers of a group without those that only members' own lists leave out."""
    members = [a for a in authors if a.author.key in group.members]
    mine = {c.record_id for a in members for w in a.works for c in w.counts}
    others = {c.record_id for a in members for w in a.others for c in w.counts} - mine
    return [w for w in works if any(c.record_id not in others for c in w.counts)]


def _group(
    group: Group,
    *,
    ordered: Mapping[str, Sequence[ProviderState]],
    works: Sequence[Work],
    view: View,
    now: datetime,
) -> AuthorSnapshot:
    members = [state for key in group.members for state in ordered.get(key, ())]
    states = united(group.key, group.name, members)
    everybody = _ordered({state.provider: state for state in states}, view.order)
    of_all = [n for n in view.order if _answered_for_all(n, group, ordered)]
    # One provider's figures are the group's only where it knows every member.
    figures: Series = "resolved" if of_all and view.figures != "combined" else "combined"
    order = (*of_all, *(n for n in view.order if n not in of_all))
    found = _author(
        Author(key=group.key, name=group.name, ids=()),
        states=everybody,
        works=works,
        view=replace(view, order=order, figures=figures, own_lists=MappingProxyType({})),
        now=now,
    )
    metrics = tuple(m for m in found.metrics if m.series != "stated")
    return replace(found, metrics=metrics, members=group.members)


def _answered_for_all(
    provider: str, group: Group, ordered: Mapping[str, Sequence[ProviderState]]
) -> bool:
    return counts_citations(provider) and all(
        any(state.provider == provider for state in ordered.get(key, ())) for key in group.members
    )


def _listed(
    works: Sequence[Work], states: Sequence[ProviderState], own_list: Sequence[str]
) -> tuple[Sequence[Work], Sequence[Work]]:
    """The papers that are on the person's own lists, and the others; all while none is known."""
    if not any(state.provider in own_list for state in states):
        return works, ()
    own = [w for w in works if _is_on(w, own_list)]
    mine = {w.work_id for w in own}
    return own, [w for w in works if w.work_id not in mine]


def _is_told(work: Work) -> bool:
    """Whether anybody shows the paper; one that stands in a homepage's comments alone is hidden."""
    return any(not c.is_excluded or counts_citations(c.provider) for c in work.counts)


def _is_on(work: Work, own_list: Sequence[str]) -> bool:
    return any(c.provider in own_list and not c.is_gone and not c.is_excluded for c in work.counts)


def _metrics(
    states: Sequence[ProviderState], works: Sequence[Work], view: View
) -> tuple[Metrics, ...]:
    metrics: list[Metrics] = []
    for state in states:
        if lists_papers(state.provider):
            metrics.append(stated_metrics(state))
            if counts_citations(state.provider):
                metrics.append(resolved_metrics(state, works))
    combined = combined_metrics(states, works, order=view.order, rule=view.combine)
    return (*metrics, combined) if combined else tuple(metrics)


def _repositories(states: Iterable[ProviderState]) -> Iterable[Repository]:
    for state in states:
        if lists_papers(state.provider):
            continue
        for observed in state.present:
            stars = observed.record.extra.get("stars")
            if isinstance(stars, int):
                yield Repository(id=observed.record.record_id, stars=stars, as_of=observed.as_of)


def _status(state: ProviderState, stale_before: datetime) -> SourceStatus:
    is_stale = state.checked_at < stale_before
    provider = PROVIDERS.get(state.provider)
    url = provider.profile_url if provider else None
    own_id = state.author.author_id
    return SourceStatus(
        provider=state.provider,
        title=provider.title if provider else state.provider,
        as_of=state.checked_at if is_stale else state.as_of,
        is_stale=is_stale,
        url=url.format(id=own_id) if url and own_id else None,
        author=state.author,
    )
