"""Asks in rounds: the given ids, then what the answers name, then searches, then what these find.

All rounds are one crawl. Each question is asked once; a provider that refused is not asked for
anything else, and how many questions there are is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.collect import Collection, ProviderPlan, collect, read_saved
from pipeline.config import Config
from pipeline.discover.evidence import (
    PAGE,
    Answer,
    Evidence,
    Failure,
    askable,
    is_persons,
    linked,
    scheme_of,
)
from pipeline.discover.places import plan
from pipeline.discover.searched import candidates, id_of
from pipeline.errors import ConfigError
from pipeline.refresh.asking import user_agent
from spiders.items import OutcomeKind, Target
from spiders.registry import PROVIDERS
from spiders.searches import searching

SEARCHED = ("openalex", "semantic_scholar", "dblp")
"""Providers that can be searched for people."""
MOST_QUESTIONS = 30
"""Ids that are asked for in all, searches included."""
MOST_EACH = 6
"""Of these, at one provider."""
MOST_PAPERS = 100
"""Papers of which Semantic Scholar is asked who wrote them."""
HEAVY = 1000
"""Papers beyond which a profile that only a search found is not read."""
_BY_PAPERS = "search: papers"
_BY_NAME = "search: name"


def discover(
    config: Config,
    *,
    given: Sequence[str],
    name: str | None,
    page: Path | None = None,
    is_offline: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Evidence:
    """Everything that providers say of the given ids, and of those that lead from them.

    Args:
        config: Where providers answer, with which keys.
        given: Ids of the person.
        name: The person's name, if it was given.
        page: The person's homepage as a saved file.
        is_offline: Whether to read the saved page and ask nobody.
        progress: Called with one line whenever a question is answered.

    Raises:
        ConfigError: the saved page cannot be read, or nothing is in it.
    """
    rounds = _Rounds(config=config, given=(*given,), name=name)
    if page is not None:
        rounds.read(page)
    first = [] if is_offline else rounds.next()
    if first:
        collect(
            first,
            user_agent=user_agent(config),
            allow_private_hosts=config.allow_private_hosts,
            deadline=config.deadline,
            progress=progress,
            then=rounds.then,
        )
    return rounds.evidence


@dataclass(slots=True, kw_only=True)
class _Rounds:
    config: Config
    given: tuple[str, ...]
    name: str | None
    pages: list[Answer] = field(default_factory=list)
    came: Collection = field(default_factory=lambda: Collection(collected=(), outcomes=()))
    asked: set[tuple[str, str]] = field(default_factory=set)

    @property
    def evidence(self) -> Evidence:
        """All that is known by now."""
        answers = [
            Answer(provider=c.provider, asked=c.author_key, collected=c)
            for c in self.came.collected
            if not c.author_key.startswith("search:")
        ]
        failures = [
            Failure(
                provider=o.provider,
                asked=o.author_key,
                kind=o.kind,
                reason=o.reason or "no answer",
            )
            for o in self.came.outcomes
            if o.kind is not OutcomeKind.FRESH
        ]
        return Evidence(
            given=self.given,
            name=self.name,
            answers=(*self.pages, *answers),
            candidates=self.came.candidates,
            failures=tuple(failures),
        )

    def read(self, path: Path) -> None:
        """Take a saved homepage for an answer; its name stands for it."""
        label = f"{PAGE}{path.name}"
        try:
            body = path.read_bytes()
        except OSError as error:
            raise ConfigError(f"--homepage {path}: cannot be read ({error.strerror})") from None
        target = Target(author_key=label, id=label)
        found = read_saved(PROVIDERS["homepage"], body, target=target)
        if not found.collected:
            raise ConfigError(f"--homepage {path}: {found.outcomes[0].reason}")
        self.given = (label, *self.given)
        self.pages.append(Answer(provider="homepage", asked=label, collected=found.collected[0]))

    def then(self, so_far: Collection) -> Sequence[ProviderPlan]:
        """The next round of questions; none when there is nothing left to ask."""
        self.came = so_far
        return self.next()

    def next(self) -> list[ProviderPlan]:
        """What is to be asked, given what is known."""
        steps = (self.statements, self.by_papers, self.by_name, self.compared)
        is_done = len(self.asked) >= MOST_QUESTIONS
        plans = (step() for step in steps if not is_done)
        return next((found for found in plans if found), [])

    def statements(self) -> list[ProviderPlan]:
        """Ids that statements lead to, at the providers that have not told of them yet."""
        evidence = self.evidence
        people = [i for i in linked(self.given, evidence.answers) if not i.startswith(PAGE)]
        return self._plans(filter(is_persons, people), evidence)

    def by_papers(self) -> list[ProviderPlan]:
        """Semantic Scholar has no search by ORCID iD: who stands on the papers is looked at."""
        evidence = self.evidence
        if not self._is_missing("semantic_scholar", evidence):
            return []
        papers = _papers(evidence)
        return self._search("semantic_scholar", _BY_PAPERS, papers) if papers else []

    def by_name(self) -> list[ProviderPlan]:
        """Providers that nobody has named an id of."""
        evidence = self.evidence
        found = {c.provider for c in candidates(evidence)}
        missing = [p for p in SEARCHED if p not in found and self._is_missing(p, evidence)]
        return [one for p in missing for one in self._search(p, _BY_NAME, ())]

    def compared(self) -> list[ProviderPlan]:
        """Profiles that searches found, to be held against what is known."""
        evidence = self.evidence
        light = [c for c in candidates(evidence) if (c.author.works_count or 0) <= HEAVY]
        return self._plans([id_of(c) for c in light], evidence)

    def _plans(self, wanted: Iterable[str], evidence: Evidence) -> list[ProviderPlan]:
        wanted = list(wanted)
        plans = []
        for row in askable():
            told = {i for a in evidence.answers if a.provider == row.name for i in a.ids}
            asked = [i for s in row.id_schemes for i in wanted if scheme_of(i) == s]
            # The provider's own ids first: its answer may name the others.
            own = [i for i in asked if scheme_of(i) == row.id_schemes[0]]
            fresh = [i for i in own or asked if self._is_new(row.name, i, told, evidence)]
            fresh = fresh or [i for i in asked if self._is_new(row.name, i, told, evidence)]
            room = MOST_EACH - sum(name == row.name for name, _ in self.asked)
            fresh = fresh[: max(0, min(room, MOST_QUESTIONS - len(self.asked)))]
            targets = tuple(Target(author_key=i, id=i) for i in fresh)
            self.asked.update((row.name, i) for i in fresh)
            if targets:
                plans.append(plan(self.config, row, targets))
        return plans

    def _is_new(self, provider: str, wanted: str, told: set[str], evidence: Evidence) -> bool:
        is_known = (provider, wanted) in self.asked or wanted in told
        return not is_known and not _refuses(provider, evidence)

    def _is_missing(self, provider: str, evidence: Evidence) -> bool:
        """Whether no id of a provider is known, and it may still be asked."""
        scheme = PROVIDERS[provider].id_schemes[0] if provider in PROVIDERS else provider
        known = [scheme_of(i) for i in linked(self.given, evidence.answers)]
        return provider in PROVIDERS and scheme not in known and not _refuses(provider, evidence)

    def _search(self, provider: str, what: str, follow: tuple[str, ...]) -> list[ProviderPlan]:
        row = searching(PROVIDERS[provider])
        name = self.evidence.known_name
        if row is None or (provider, what) in self.asked or (not name and not follow):
            return []
        self.asked.add((provider, what))
        target = Target(author_key=what, id=f"name:{name}", follow=follow)
        return [plan(self.config, row, (target,))]


def _refuses(provider: str, evidence: Evidence) -> bool:
    """Whether a provider has shown that it does not answer now."""
    lost = (OutcomeKind.NOT_FOUND, OutcomeKind.LAYOUT_CHANGED)
    return any(f.provider == provider and f.kind not in lost for f in evidence.failures)


def _papers(evidence: Evidence) -> tuple[str, ...]:
    """DOIs and arXiv ids of known papers, one each: of given ids, and of few authors, first."""
    reached = linked(evidence.given, evidence.answers)
    known = [a for a in evidence.answers if a.asked in reached]
    ranked = [(a.asked not in evidence.given, w) for a in known for w in a.collected.works]
    ranked.sort(key=lambda one: (one[0], one[1].authors_count or len(one[1].authors) or HEAVY))
    found: dict[str, None] = {}
    seen: set[str] = set()
    for _, work in ranked:
        ids = [i for i in work.ids if scheme_of(i) in ("doi", "arxiv")]
        if ids and seen.isdisjoint(ids):
            found[ids[0]] = None
        seen.update(ids)
    return tuple(found)[:MOST_PAPERS]
