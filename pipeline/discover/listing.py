"""Who may be meant by a name: a list to choose from, and never a choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.collect import collect
from pipeline.config import Config
from pipeline.discover.evidence import Failure, is_persons
from pipeline.discover.places import plan
from pipeline.discover.rounds import SEARCHED
from pipeline.discover.writing import as_option
from pipeline.refresh.asking import user_agent
from spiders.items import CandidateItem, OutcomeKind, Target
from spiders.registry import PROVIDERS
from spiders.searches import searching

_EXAMPLES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One profile of that name."""

    provider: str
    id: str
    name: str | None
    affiliation: str | None
    papers: int | None
    cited_by_count: int | None
    titles: tuple[str, ...]
    """At most two, where the provider shows any."""
    ids: tuple[str, ...]
    """Ids that the provider names for it."""
    command: str
    """What to type if that is the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Everybody that was found."""

    found: tuple[Listed, ...]
    failures: tuple[Failure, ...]


def listing(config: Config, name: str, *, progress: Callable[[str], None] | None = None) -> Listing:
    """Search the providers that can be searched, 10 to 15 of OpenAlex's daily credits included."""
    rows = [searching(PROVIDERS[p], with_examples=True) for p in SEARCHED if p in PROVIDERS]
    target = Target(author_key=name, id=f"name:{name}")
    came = collect(
        [plan(config, row, (target,)) for row in rows if row is not None],
        user_agent=user_agent(config),
        allow_private_hosts=config.allow_private_hosts,
        deadline=config.deadline,
        progress=progress,
    )
    failures = [
        Failure(provider=o.provider, asked=name, kind=o.kind, reason=o.reason or "no answer")
        for o in came.outcomes
        if o.kind is not OutcomeKind.FRESH
    ]
    return Listing(found=_listed(came.candidates), failures=tuple(failures))


def _listed(candidates: Sequence[CandidateItem]) -> tuple[Listed, ...]:
    return tuple(_one(candidate) for candidate in candidates)


def _one(candidate: CandidateItem) -> Listed:
    author = candidate.author
    own = f"{PROVIDERS[candidate.provider].id_schemes[0]}:{author.author_id}"
    ids = tuple(dict.fromkeys(i for i in (own, *author.ids) if is_persons(i)))
    options = filter(None, map(as_option, ids))
    best = sorted(candidate.works, key=lambda w: -(w.cited_by_count or 0))
    return Listed(
        provider=candidate.provider,
        id=own,
        name=author.name,
        affiliation=author.affiliation,
        papers=author.works_count,
        cited_by_count=author.cited_by_count,
        titles=tuple(w.title for w in best if w.title)[:_EXAMPLES],
        ids=ids,
        command=" ".join(["scholar-metrics init", *options]),
    )
