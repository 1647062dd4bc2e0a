"""Figures against what was known: a fall, vanished papers or a leap wait to be confirmed.

Real falls happen: providers take papers apart and together again, and a profile is cleaned. So
"never down" would be the wrong rule. A change beyond the bounds is held back until three answers
in a row agree on it, or a person vouches for it; until then the known figures stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from pipeline.checks.profiles import ByHand
from pipeline.model import CheckResult, Collected, ProviderState
from spiders.items import AuthorRecord, WorkRecord

MOST_FALL = 0.20
"""Share of the citations that may be lost from one believed answer to the next."""
MOST_VANISHED = 5
"""Papers that may be missing from one complete list to the next."""
MOST_LEAP = 10
"""Times the citations may have grown; below `LEAST_LEAP` more of them nothing is a leap."""
LEAST_LEAP = 100
CONFIRMATIONS = 3
"""Answers in a row that must agree before such a change is believed."""
AGREEMENT = 0.02
"""Share by which two answers may differ and still agree."""
AGREEMENT_ON_CHANGE = 0.10
"""Share of the change itself by which they may: a small list that was cut goes on growing."""

NAMES = frozenset({"drop", "vanished", "jump"})
_NOTHING = ByHand()


def figures(answer: Collected) -> dict[str, int]:
    """What an answer that is held back is remembered by; unknown figures are left out."""
    total = _total(answer.author, answer.works)
    known = {} if total is None else {"citations": total}
    return {**known, "papers": len(answer.works)}


def confirmations(
    answer: Collected, held: Mapping[str, int], before: ProviderState | None = None
) -> int:
    """How many answers in a row, this one included, have said the same."""
    new, old = figures(answer), _known(before)
    agrees = bool(held) and all(
        name in held and abs(value - held[name]) <= _leeway(held[name], old.get(name))
        for name, value in new.items()
    )
    return held.get("runs", 0) + 1 if agrees else 1


def _leeway(held: int, old: int | None) -> float:
    """By how much another answer may differ from one that is held, and still agree with it."""
    changed = 0 if old is None else abs(old - held)
    return max(2, AGREEMENT * held, AGREEMENT_ON_CHANGE * changed)


def _known(before: ProviderState | None) -> dict[str, int]:
    if before is None:
        return {}
    present = [o.record for o in before.present]
    total = _total(before.author, present)
    known = {} if total is None else {"citations": total}
    return {**known, "papers": len(present)}


def changes(
    answer: Collected,
    before: ProviderState | None,
    held: Mapping[str, int],
    *,
    by_hand: ByHand = _NOTHING,
) -> Iterator[CheckResult]:
    """The checks against what was known; none while nothing was.

    Args:
        answer: What came.
        before: What is known.
        held: `figures` of the answers before that were held back, and how many (`runs`).
        by_hand: Which profiles of the person the configuration added or took out since.
    """
    if before is None:
        return
    told = partial(_result, answer, times=confirmations(answer, held, before))
    old = _known(before).get("citations")
    new = _total(answer.author, answer.works)
    if old is not None and new is not None:
        fell = new < old * (1 - MOST_FALL)
        yield told("drop", f"citations {old} before, {new} now", failed=fell, by_hand=by_hand)
        leapt = old > 0 and new > MOST_LEAP * old and new - old > LEAST_LEAP
        yield told("jump", f"citations {old} before, {new} now", failed=leapt, by_hand=by_hand)
    if not answer.author.is_truncated:
        known = {o.record.record_id for o in before.present}
        missing = known - {w.record_id for w in answer.works}
        detail = f"{len(missing)} of {len(known)} known papers are missing"
        failed = len(missing) > MOST_VANISHED
        # A profile that joins takes no paper away.
        reason = by_hand if by_hand.taken_out else _NOTHING
        yield told("vanished", detail, failed=failed, by_hand=reason)


def _total(author: AuthorRecord, works: Sequence[WorkRecord]) -> int | None:
    """Citations as stated, else those that the list says; `None` where neither is known."""
    if author.cited_by_count is not None:
        return author.cited_by_count
    counts = (w.cited_by_count for w in works if not w.is_excluded)
    known = [count for count in counts if count is not None]
    # What is shown of such a list is this sum, so it is what must not fall unexplained.
    return sum(known) if known else None


def _result(
    answer: Collected, name: str, detail: str, *, failed: bool, times: int, by_hand: ByHand
) -> CheckResult:
    is_confirmed = bool(by_hand) or times >= CONFIRMATIONS
    if failed and by_hand:
        detail += f"; {by_hand}: believed"
    elif failed and is_confirmed:
        detail += f"; {times} answers in a row say so: believed"
    elif failed:
        detail += (
            f"; held back until {CONFIRMATIONS} answers in a row say so (this is number {times}), "
            "or `--accept`"
        )
    return CheckResult(
        name=name,
        author_key=answer.author_key,
        provider=answer.provider,
        passed=not failed,
        blocking=not is_confirmed,
        detail=detail,
    )
