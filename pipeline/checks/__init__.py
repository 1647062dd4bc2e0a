"""Is this answer believable? Each check is a value that knows whether it blocks.

A blocked answer is not taken: the figures known before stay, with their age, and the run says why.
Pure: one answer, what was known before, and who was asked for go in; results come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from pipeline.checks import changes, figures, lists, profiles, times
from pipeline.checks import person as persons
from pipeline.checks.figures import TOLERANCE, impossibilities
from pipeline.checks.person import Witness, witness
from pipeline.checks.results import counted
from pipeline.model import CheckResult, Collected, ProviderState
from spiders.items import Provider

__all__ = [
    "ACCEPTABLE",
    "TOLERANCE",
    "Witness",
    "blocking",
    "changes",
    "check",
    "counted",
    "impossibilities",
    "times",
    "witness",
]

ACCEPTABLE = changes.NAMES | {
    "complete",
    "not_emptied",
    "person",
    "saved_page",
    "stated_against_recomputed",
    "works_count",
}
"""Checks that `--accept` overrides: a person looked and says that it is so."""


def check(
    answer: Collected,
    *,
    provider: Provider,
    asked: str,
    also: Sequence[str] = (),
    name: str | None = None,
    before: ProviderState | None = None,
    others: Sequence[Witness] = (),
    held: Mapping[str, int] = MappingProxyType({}),
    saved_read_at: datetime | None = None,
    accept: bool = False,
) -> tuple[CheckResult, ...]:
    """Every check of one answer, in a fixed order.

    Args:
        answer: What came.
        provider: Whose answer it is.
        asked: `scheme:value` that was asked for.
        also: Further ids of the person that were asked for.
        name: The person's name in the configuration.
        before: What was known before, if anything.
        others: What other providers are known to say of the person.
        held: What the answers before this one said that were held back, and how many they were.
        saved_read_at: When the page was read, where it is one that somebody saved.
        accept: Whether a person vouches for it (only `ACCEPTABLE` checks give way).
    """
    # Who follows works is asked for the papers of others, and for no profile.
    whose = (
        ()
        if provider.follows
        else (
            *persons.identity(answer, provider, asked),
            *persons.person(answer, name=name, before=before, others=others),
            *profiles.strangers(answer, name=name, before=before, others=others),
        )
    )
    by_hand = profiles.by_hand(answer, before, () if provider.follows else (asked, *also))
    found = [
        *whose,
        *figures.possible(answer, provider),
        *lists.complete(answer),
        *lists.anomalies(answer),
        *figures.stated_against_recomputed(answer, provider),
        *lists.not_emptied(answer, before),
        *changes.changes(answer, before, held, by_hand=by_hand),
    ]
    if saved_read_at is not None:
        found += times.saved_page(answer, before, now=saved_read_at)
    return tuple(_given_way(result) if accept else result for result in found)


def blocking(results: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """The failed checks that keep the old figures."""
    return tuple(r for r in results if r.blocking and not r.passed)


def _given_way(result: CheckResult) -> CheckResult:
    if result.passed or not result.blocking or result.name not in ACCEPTABLE:
        return result
    return replace(result, blocking=False, detail=f"{result.detail} (accepted by hand)")
