"""Clocks: a saved page that is older than what is known, and a clock that went back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from pipeline.checks.results import result
from pipeline.model import CheckResult, Collected, ProviderState

SINCE_YEARS = 5
"""Google Scholar heads its recent columns with the year of capture less five (2015 to 2026)."""
SLACK = timedelta(minutes=10)
"""By which two machines' clocks may differ unnoticed."""

_DAY = timedelta(days=1)
"""The year changes at a provider up to a day before or after it does in UTC."""


def saved_page(
    answer: Collected, before: ProviderState | None, *, now: datetime
) -> Iterator[CheckResult]:
    """Whether a page that somebody saved is as new as what is known.

    Only the year can be proved: a page saved earlier in the same year passes.
    """
    since = answer.author.recent_since_year
    if since is None:
        return
    year = since + SINCE_YEARS
    known = _year_known(before)
    older = known is not None and year < known
    detail = f"the page was saved in {year}"
    passed = True
    if older:
        detail += (
            f", and the known figures are of {known}: it would put old figures in the place of "
            "newer ones; save the page again today (`--accept` takes it)"
        )
        passed = False
    elif year < (now - _DAY).year:
        detail += (
            f", and it is {now.year}: its figures are of then; save the page again for today's"
        )
        passed = False
    elif year > (now + _DAY).year:
        detail += f", and the clock says {now:%Y-%m-%d}: set the clock, or dates will be wrong"
        passed = False
    yield result(answer, "saved_page", detail, passed=passed, blocks=older)


def _year_known(before: ProviderState | None) -> int | None:
    """Year that known figures are of: the page's own where it says, else that of the answer."""
    if before is None:
        return None
    since = before.author.recent_since_year
    return (before.checked_at - _DAY).year if since is None else since + SINCE_YEARS


def clock(states: Iterable[ProviderState], *, now: datetime) -> Iterator[CheckResult]:
    """Tells, once a run, of figures that were confirmed later than the clock says it is.

    Runs are ordered by their number, so nothing is lost or changes places by it.
    """
    later = [s for s in states if s.checked_at > now.astimezone(UTC) + SLACK]
    if not later:
        return
    last = max(later, key=lambda s: (s.checked_at, s.author_key, s.provider))
    yield CheckResult(
        name="clock",
        author_key=last.author_key,
        provider=last.provider,
        passed=False,
        blocking=False,
        detail=(
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the figures of {_sources(later)} were "
            f"confirmed later, these at {last.checked_at:%Y-%m-%d %H:%M}: the clock is wrong, or "
            "was then; set it if it is. Figures and the order of runs are not touched, and a date "
            "in the future ends when its provider next answers"
        ),
    )


def _sources(states: Sequence[ProviderState]) -> str:
    return "one source" if len(states) == 1 else f"{len(states)} sources"
