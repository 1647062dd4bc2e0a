"""Several authors as one: a joint paper counts once, whoever of them listed it.

A group is shown as an author is, so that every writer writes its files too. No provider states a
group's totals: its figures are those of the resolved papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.model import Observed, ProviderState
from spiders.items import AuthorRecord


def united(
    key: str, name: str | None, states: Iterable[ProviderState]
) -> tuple[ProviderState, ...]:
    """The states of all members as those of one author, a state a provider.

    Args:
        key: Key of the group.
        name: Name of the group.
        states: Of the members alone, in the order of members and providers.
    """
    by_provider: dict[str, list[ProviderState]] = {}
    for state in states:
        by_provider.setdefault(state.provider, []).append(state)
    return tuple(_united(key, name, found) for found in by_provider.values())


def _united(key: str, name: str | None, states: Sequence[ProviderState]) -> ProviderState:
    works: dict[str, Observed] = {}
    for observed in (o for state in states for o in state.works):
        known = works.get(observed.record.record_id)
        if known is None or (known.is_gone and not observed.is_gone):
            works[observed.record.record_id] = observed
    is_truncated = any(s.author.is_truncated for s in states)
    return ProviderState(
        author_key=key,
        provider=states[0].provider,
        author=AuthorRecord(
            provider=states[0].provider,
            author_id=None,
            name=name,
            is_truncated=is_truncated,
            # Cut lists of several people do not make one that falls.
            is_sorted=len(states) == 1 and states[0].author.is_sorted,
        ),
        works=tuple(works.values()),
        as_of=min(s.as_of for s in states),
        checked_at=min(s.checked_at for s in states),
        changed_at=max(s.changed_at for s in states),
    )
