"""The list of papers: whether it is whole, and what was odd about the page. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.figures import TOLERANCE
from pipeline.checks.results import result
from pipeline.model import CheckResult, Collected, ProviderState

_TOLD_ELSEWHERE = frozenset(
    {
        "stated_citations_disagree",
        "stated_h_index_disagrees",
        "stated_i10_index_disagrees",
        "impossible_h_index",
        "zero_totals_with_papers",
    }
)
"""Anomalies of page modules that a check of ours tells in full."""


def complete(answer: Collected) -> Iterator[CheckResult]:
    """Whether as many works came as the provider's list holds, and as it states of the author."""
    author, seen = answer.author, len(answer.works)
    expected = author.works_expected
    if expected is not None:
        passed = author.is_truncated or seen >= expected
        detail = f"{seen} of the {expected} works that the provider lists"
        if not passed:
            detail += "; it will be asked again at the next run (`--accept` takes it)"
        yield result(answer, "complete", detail, passed=passed, blocks=True)
    stated = author.works_count
    if (
        stated is not None
        and not author.is_truncated
        and "zero_totals_with_papers" not in author.anomalies
    ):
        far = seen < stated * (1 - TOLERANCE) and expected is None
        detail = f"{seen} works listed, {stated} stated for the author"
        if far:
            detail += "; it will be asked again at the next run (`--accept` takes it)"
        yield result(answer, "works_count", detail, passed=seen == stated, blocks=far)


def anomalies(answer: Collected) -> Iterator[CheckResult]:
    """What the page module found odd; a list with fewer rows than it announces is cut."""
    for name in answer.author.anomalies:
        if name == "fewer_rows_than_range":
            detail = (
                f"{len(answer.works)} rows, fewer than the page itself announces: a cut page; it "
                "will be asked again at the next run (`--accept` takes it)"
            )
            yield result(answer, "complete", detail, passed=False, blocks=True)
        elif name not in _TOLD_ELSEWHERE:
            detail = f"the page module noticed: {name.replace('_', ' ')}"
            yield result(answer, "anomalies", detail, passed=False, blocks=False)


def not_emptied(answer: Collected, before: ProviderState | None) -> Iterator[CheckResult]:
    """Whether there are papers where there were some."""
    if before is None or not before.present:
        return
    passed = bool(answer.works)
    detail = (
        "papers that were known are still there"
        if passed
        else f"no papers any more, {len(before.present)} were known: a cleared profile or a broken "
        "answer; the known figures stay (`--accept` takes the empty one)"
    )
    yield result(answer, "not_emptied", detail, passed=passed, blocks=True)
