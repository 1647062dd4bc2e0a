"""Is this answer believable? Each check is a value that knows whether it blocks.

A blocked answer is not taken: the figures known before stay, with their age, and the run says why.
Pure: one answer, what was known before, and who was asked for go in; results come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isclose
from types import MappingProxyType

from pipeline.checks import changes as against_known
from pipeline.metrics import bounds, measure_list
from pipeline.model import CheckResult, Collected, Number, ProviderState
from spiders.items import Provider, WorkRecord

TOLERANCE = 0.20
"""Share by which a provider's own totals may differ from its own list before they block."""

ACCEPTABLE = (
    frozenset({"stated_against_recomputed", "complete", "not_emptied"}) | against_known.NAMES
)
"""Checks that `--accept` overrides: a person looked and says that it is so."""

_TOLD_ELSEWHERE = frozenset(
    {
        "stated_citations_disagree",
        "stated_h_index_disagrees",
        "stated_i10_index_disagrees",
        "zero_totals_with_papers",
    }
)
"""Anomalies of page modules that a check of ours tells in full."""


def check(
    answer: Collected,
    *,
    provider: Provider,
    asked: str,
    before: ProviderState | None = None,
    held: Mapping[str, int] = MappingProxyType({}),
    accept: bool = False,
) -> tuple[CheckResult, ...]:
    """Every check of one answer, in a fixed order.

    Args:
        answer: What came.
        provider: Whose answer it is.
        asked: `scheme:value` that was asked for.
        before: What was known before, if anything.
        held: What the answers before this one said that were held back, and how many they were.
        accept: Whether a person vouches for it (only `ACCEPTABLE` checks give way).
    """
    found = [
        *_identity(answer, provider, asked),
        *_possible(answer),
        *_complete(answer),
        *_anomalies(answer),
        *_stated_against_recomputed(answer, provider),
        *_not_emptied(answer, before),
        *against_known.changes(answer, before, held),
    ]
    return tuple(_given_way(result) if accept else result for result in found)


def blocking(results: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """The failed checks that keep the old figures."""
    return tuple(r for r in results if r.blocking and not r.passed)


def counted(works: Sequence[WorkRecord]) -> tuple[WorkRecord, ...]:
    """The records that the provider itself counts: struck-through ones are left out."""
    return tuple(w for w in works if not w.is_excluded)


def _given_way(result: CheckResult) -> CheckResult:
    if result.passed or not result.blocking or result.name not in ACCEPTABLE:
        return result
    return _result(
        result,
        result.name,
        passed=False,
        blocks=False,
        detail=f"{result.detail} (accepted by hand)",
    )


def _result(
    of: Collected | CheckResult, name: str, *, passed: bool, blocks: bool, detail: str
) -> CheckResult:
    return CheckResult(
        name=name,
        author_key=of.author_key,
        provider=of.provider,
        passed=passed,
        blocking=blocks,
        detail=detail,
    )


def _identity(answer: Collected, provider: Provider, asked: str) -> Iterator[CheckResult]:
    scheme, _, value = asked.partition(":")
    own = answer.author.author_id
    if scheme == provider.id_schemes[0]:
        passed = own == value
        came = f"{scheme}:{own}" if own else "a page without an id"
    else:
        passed = asked in answer.author.ids
        came = ", ".join(answer.author.ids) or "a page without ids"
    detail = (
        f"asked for {asked}, as answered"
        if passed
        else f"asked for {asked}, but the answer is about {came}: another person's page, or the "
        "id was merged; if the new id is right, write it into the configuration"
    )
    yield _result(answer, "identity", passed=passed, blocks=True, detail=detail)


def _possible(answer: Collected) -> Iterator[CheckResult]:
    author = answer.author
    papers = author.works_count
    if papers is None and not author.is_truncated:
        papers = len(counted(answer.works))
    problems = tuple(
        impossibilities(
            papers=papers,
            citations=author.cited_by_count,
            h_index=author.h_index,
            i10_index=author.i10_index,
        )
    )
    recent = (
        ("citations", author.cited_by_count_recent, author.cited_by_count),
        ("h-index", author.h_index_recent, author.h_index),
        ("i10-index", author.i10_index_recent, author.i10_index),
    )
    problems += tuple(
        f"recent {name} {new} above all-time {whole}"
        for name, new, whole in recent
        if new is not None and whole is not None and new > whole
    )
    detail = (
        "impossible figures: " + "; ".join(problems) + "; look at the provider's page"
        if problems
        else "the stated figures are possible together"
    )
    yield _result(answer, "possible", passed=not problems, blocks=True, detail=detail)


def impossibilities(
    *,
    papers: int | None,
    citations: int | None,
    h_index: int | None,
    i10_index: int | None = None,
) -> Iterator[str]:
    """What cannot be true of figures stated together; unknown ones are left out.

    h papers have at least h citations each, so h is at most the number of papers and its square
    at most the citations; the same holds of ten citations a paper for i10.
    """
    if h_index is not None and papers is not None and h_index > papers:
        yield f"h-index {h_index} above {papers} papers"
    if h_index is not None and citations is not None and h_index**2 > citations:
        yield f"h-index {h_index} needs {h_index**2} citations, stated are {citations}"
    if i10_index is not None and papers is not None and i10_index > papers:
        yield f"i10-index {i10_index} above {papers} papers"
    if i10_index is not None and citations is not None and 10 * i10_index > citations:
        yield f"i10-index {i10_index} needs {10 * i10_index} citations, stated are {citations}"


def _anomalies(answer: Collected) -> Iterator[CheckResult]:
    """What the page module found odd; a list with fewer rows than it announces is cut."""
    for name in answer.author.anomalies:
        if name == "fewer_rows_than_range":
            detail = (
                f"{len(answer.works)} rows, fewer than the page itself announces: a cut page; it "
                "will be asked again at the next run"
            )
            yield _result(answer, "complete", passed=False, blocks=True, detail=detail)
        elif name not in _TOLD_ELSEWHERE:
            detail = f"the page module noticed: {name.replace('_', ' ')}"
            yield _result(answer, "anomalies", passed=False, blocks=False, detail=detail)


def _complete(answer: Collected) -> Iterator[CheckResult]:
    author, seen = answer.author, len(answer.works)
    expected = author.works_expected
    if expected is not None:
        passed = author.is_truncated or seen >= expected
        detail = f"{seen} of the {expected} works that the provider lists"
        if not passed:
            detail += "; it will be asked again at the next run"
        yield _result(answer, "complete", passed=passed, blocks=True, detail=detail)
    stated = author.works_count
    if (
        stated is not None
        and not author.is_truncated
        and "zero_totals_with_papers" not in (author.anomalies)
    ):
        far = seen < stated * (1 - TOLERANCE) and expected is None
        detail = f"{seen} works listed, {stated} stated for the author"
        yield _result(answer, "works_count", passed=seen == stated, blocks=far, detail=detail)


def _stated_against_recomputed(answer: Collected, provider: Provider) -> Iterator[CheckResult]:
    author = answer.author
    if "zero_totals_with_papers" in author.anomalies:
        detail = (
            f"totals of 0 stated beside {len(answer.works)} works with citations; the provider's "
            "totals are broken, nothing of this answer is taken; try again later"
        )
        yield _result(answer, "stated_against_recomputed", passed=False, blocks=True, detail=detail)
        return
    counts = [w.cited_by_count for w in counted(answer.works)]
    if None in counts:
        return
    own = measure_list(counts)
    cut = bounds(counts, is_truncated=author.is_truncated, is_sorted=author.is_sorted)
    stated = {
        "citations": author.cited_by_count,
        "h_index": author.h_index,
        "i10_index": author.i10_index,
    }
    for name, value in stated.items():
        recomputed = own.get(name)
        if value is None or recomputed is None or (name in cut and recomputed <= value):
            continue
        far = value != recomputed and (
            provider.totals_from_list or _is_far(value, recomputed, is_index=name != "citations")
        )
        detail = f"{name}: {value} stated, {recomputed} recomputed from {len(counts)} works"
        if far:
            detail += "; one of the two is wrong, look at the provider's page (`--accept` takes it)"
        yield _result(
            answer,
            "stated_against_recomputed",
            passed=value == recomputed,
            blocks=far,
            detail=detail,
        )


def _is_far(stated: int, recomputed: Number, *, is_index: bool) -> bool:
    """Beyond what lag explains: more than a fifth apart, and more than two for an index."""
    if recomputed is None:
        return False
    if is_index and abs(stated - recomputed) <= 2:  # noqa: PLR2004
        return False
    return not isclose(stated, recomputed, rel_tol=TOLERANCE, abs_tol=2)


def _not_emptied(answer: Collected, before: ProviderState | None) -> Iterator[CheckResult]:
    if before is None or not before.present:
        return
    passed = bool(answer.works)
    detail = (
        "papers that were known are still there"
        if passed
        else f"no papers any more, {len(before.present)} were known: a cleared profile or a broken "
        "answer; the known figures stay (`--accept` takes the empty one)"
    )
    yield _result(answer, "not_emptied", passed=passed, blocks=True, detail=detail)
