"""What a refresh will cost, before anybody is asked: calls, money and time at each provider.

Pure arithmetic over what the history knows. Prices and allowances are the providers' own, as
`docs/providers` quotes them; whoever is not known yet is counted as `UNKNOWN_WORKS` papers, and the
budget says so. `at_least` and `at_most` bound what happens: one page an author, and the requests
that an author may cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from pipeline.collect.plans import ProviderPlan
from spiders import together
from spiders.items import Target

UNKNOWN_WORKS = 100
"""Papers of an author of whom nothing is known: most have fewer."""
SPARE = 5
"""Requests that an author may cost beyond its provider's row (retries, redirects)."""
JITTER = 1.25
"""Mean of the waits between requests, as a multiple of the delay (they are 1 to 1.5 of it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one provider asks and takes for an author of n papers."""

    fixed: int = 1
    """Requests before, or beside, the pages of the list."""
    page: int | None = None
    """Papers a page; `None` where all come at once."""
    paid: str = "none"
    """Which requests are counted against its allowance: `none`, `pages` or `all`."""
    dollars: float = 0.0
    """US dollars a counted request."""
    keyless: int | None = None
    """Counted requests a period without a key, `None` where no number is published."""
    keyed: int | None = None
    period: str = "day"
    keyed_delay: float | None = None
    """Seconds between requests with a key, where that differs."""


RULES: Mapping[str, Rule] = {
    "openalex": Rule(
        page=100, paid="pages", dollars=0.0001, keyless=1_000, keyed=10_000, keyed_delay=0.05
    ),
    "google_scholar": Rule(),
    "semantic_scholar": Rule(fixed=1),
    "crossref": Rule(fixed=0, page=40),
    "opencitations": Rule(fixed=0, page=1),
    "github": Rule(fixed=0, page=1, paid="all", keyless=60, keyed=5_000, period="hour"),
    "scholar_feed": Rule(page=50, paid="all", keyless=100, keyed=1_000),
    "homepage": Rule(),
    "dblp": Rule(),
    "orcid": Rule(fixed=2),
    "arxiv": Rule(),
    "inspire": Rule(page=500),
    "ads": Rule(page=2_000, paid="all", keyless=0, keyed=5_000),
    "serpapi": Rule(fixed=0, page=100, paid="all"),
}
_GRAPHQL = 100
"""Repositories a query at GitHub, with a token."""
_CITATION_LISTS = 150
"""Further requests that OpenCitations may cost, for the years of citations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one provider will be asked in a run."""

    provider: str
    authors: int
    unknown: int
    """Authors of whom nothing is known, counted as `UNKNOWN_WORKS` papers each."""
    at_least: int
    """Requests when everybody has one page; those that are already there not counted."""
    expected: int
    """Requests by the papers that are known."""
    at_most: int
    """Requests after which it stops, whatever comes."""
    dollars: float | None
    """US dollars of the expected requests; `None` where the price is the user's own plan's."""
    seconds: float
    """Time of the expected requests at the polite delay, answers not counted."""
    counted: int
    """Expected requests that an allowance is counted by."""
    left: float | None
    """What is left of the allowance, `None` where nobody says."""
    period: str
    is_follower: bool
    """Whether it is asked when the others have answered."""
    kept: int = 0
    """Pages of a run that was stopped, which are not asked for again."""

    @property
    def falls_short(self) -> bool:
        """Whether what is left does not pay for what is expected."""
        return self.left is not None and self.left < self.counted


def budget(
    plans: Sequence[ProviderPlan],
    *,
    works: Mapping[tuple[str, str], int],
    left: Mapping[str, float],
    kept: Mapping[tuple[str, str], int],
) -> tuple[Cost, ...]:
    """The cost at each provider, in the order of the plans.

    Args:
        plans: Whom to ask for; followers with the works that are known.
        works: Papers known, by author key and provider.
        left: What each provider said last of its allowance, as far as that still holds.
        kept: Pages of a stopped run, by author key and provider.
    """
    most: dict[str, int] = {}
    for (author, _), count in works.items():
        most[author] = max(count, most.get(author, 0))
    return tuple(
        _cost(plan, sizes=_sizes(plan, works, most), left=left, kept=kept)
        for plan in plans
        if plan.targets
    )


def seconds(costs: Iterable[Cost]) -> float:
    """Time of a whole run: providers are asked at once, followers after the others."""
    every = tuple(costs)
    rounds = ([c.seconds for c in every if c.is_follower is follows] for follows in (False, True))
    return sum(max(found, default=0.0) for found in rounds)


def shortage(cost: Cost) -> str:
    """One line for a provider whose allowance does not cover the plan."""
    return (
        f"{cost.provider}: {cost.counted:,} requests are planned and {cost.left or 0:,.0f} are "
        f"left this {cost.period}: authors beyond that keep their figures, and the next run goes "
        "on where this one stops"
    )


def _cost(
    plan: ProviderPlan,
    *,
    sizes: Mapping[str, int | None],
    left: Mapping[str, float],
    kept: Mapping[tuple[str, str], int],
) -> Cost:
    name = plan.provider.name
    rule = RULES.get(name, Rule())
    follows = bool(plan.provider.follows)
    counts = {key: UNKNOWN_WORKS if n is None else n for key, n in sizes.items()}
    has_key = plan.api_key is not None
    calls, paid = _calls(plan, rule, counts)
    least, _ = _calls(plan, rule, counts if follows else dict.fromkeys(counts, 0))
    there = sum(kept.get((t.author_key, name), 0) for t in plan.targets)
    ready = min(there, calls)
    robots = int(plan.provider.robots)
    expected = calls - ready + robots
    counted = {"none": 0, "pages": paid, "all": calls}[rule.paid]
    counted = max(0, counted - ready)
    most = sum(
        plan.provider.max_requests_per_author * (1 + len(t.also)) + SPARE for t in plan.targets
    )
    return Cost(
        provider=name,
        authors=len(plan.targets),
        unknown=sum(n is None for n in sizes.values()),
        at_least=min(expected, max(0, least - ready) + robots),
        expected=expected,
        at_most=max(most + robots, expected),
        dollars=None if name == "serpapi" else round(counted * rule.dollars, 6),
        seconds=round(max(0, calls - ready - 1) * _delay(plan, rule) * JITTER, 1),
        counted=counted,
        left=left.get(name, rule.keyed if has_key else rule.keyless),
        period=rule.period,
        is_follower=follows,
        kept=there,
    )


def _sizes(
    plan: ProviderPlan, works: Mapping[tuple[str, str], int], most: Mapping[str, int]
) -> dict[str, int | None]:
    """Papers of each author at a provider; where that is unknown, the most that another lists."""
    if plan.provider.follows:
        return {t.author_key: len(t.follow) for t in plan.targets}
    name = plan.provider.name
    return {
        t.author_key: works.get((t.author_key, name), most.get(t.author_key)) for t in plan.targets
    }


def _calls(plan: ProviderPlan, rule: Rule, works: Mapping[str, int]) -> tuple[int, int]:
    """Requests, and those of them that are pages of lists."""
    name = plan.provider.name
    if name == "openalex":
        return _openalex(plan.targets, works)
    if name == "github" and plan.api_key is not None:
        pages = sum(_pages(n, _GRAPHQL) for n in works.values())
        return pages, pages
    if name == "opencitations":
        pages = sum(n + min(n, _CITATION_LISTS) for n in (min(n, 250) for n in works.values()))
        return pages, pages
    pages = sum(_pages(n, rule.page) for n in works.values()) if rule.page else 0
    fixed = sum(rule.fixed * (1 + len(t.also)) for t in plan.targets)
    return fixed + pages, pages


def _openalex(targets: Sequence[Target], works: Mapping[str, int]) -> tuple[int, int]:
    """Alone, an author is free and a page of works is paid; together, profiles are paid as well."""
    free = paid = 0
    for group in together.batches(targets):
        if len(group) == 1:
            profiles = 1 + len(group[0].also)
            free += profiles
            paid += max(profiles, _pages(works[group[0].author_key], 100))
            continue
        papers = sum(works[t.author_key] for t in group)
        paid += sum(1 for _ in together.author_params(group))
        paid += _pages(papers, 100) + papers // together.MOST_WORKS
    return free + paid, paid


def _pages(works: int, page: int | None) -> int:
    return max(1, ceil(works / page)) if page else 0


def _delay(plan: ProviderPlan, rule: Rule) -> float:
    is_default = plan.delay == plan.provider.delay
    if rule.keyed_delay is not None and plan.api_key is not None and is_default:
        return rule.keyed_delay
    return plan.delay
