"""Turns what went wrong at a provider into the one line and the kind that a run reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spiders.errors import (
    BadRequest,
    Blocked,
    BudgetSpent,
    LayoutChanged,
    ProviderError,
    Unavailable,
)
from spiders.items import FailureItem, OutcomeKind
from spiders.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterable

_KINDS = {"unavailable": OutcomeKind.OFFLINE, "truncated": OutcomeKind.REFUSED}


_ERRORS: dict[OutcomeKind, type[ProviderError]] = {
    OutcomeKind.BLOCKED: Blocked,
    OutcomeKind.BUDGET_SPENT: BudgetSpent,
    OutcomeKind.OFFLINE: Unavailable,
    OutcomeKind.REFUSED: BadRequest,
}


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a provider is not asked any more."""

    kind: OutcomeKind
    reason: str
    retry_after: float | None = None

    def for_others(self) -> ProviderError:
        """What becomes of the authors that are not asked for."""
        return _ERRORS[self.kind](f"not asked: {self.reason}", retry_after=self.retry_after)


def kind_of(error: ProviderError) -> OutcomeKind:
    """How an author fared whose answer ended in this error."""
    return _KINDS.get(error.verdict) or OutcomeKind(error.verdict)


def unreadable(error: Exception) -> LayoutChanged:
    """A page module met something that it was not written for."""
    return LayoutChanged(
        f"the page could not be read ({type(error).__name__}: {error}); nothing was taken from "
        "it: update scholar-metrics or report this line"
    )


def failure(
    error: ProviderError, *, provider: str, author_key: str, secrets: Iterable[str | None] = ()
) -> FailureItem:
    """What a run says of an author that could not be read; free of keys and line breaks."""
    return FailureItem(
        provider=provider,
        author_key=author_key,
        kind=kind_of(error),
        reason=" ".join(redact(str(error), secrets).split()),
        retry_after=error.retry_after,
    )
