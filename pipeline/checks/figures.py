"""Stated figures against each other and against the provider's own list. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from pipeline.checks.results import counted, result
from pipeline.metrics import bounds, measure_list
from pipeline.model import CheckResult, Collected, Number
from spiders.items import Provider

TOLERANCE = 0.20
"""Share by which a provider's own totals may differ from its own list before they block."""


def possible(answer: Collected, provider: Provider) -> Iterator[CheckResult]:
    """Whether the stated figures can be true together.

    Those of a provider that counts no citations of papers are carried as it states them, and
    nothing of ours is made of them: there, the impossible is told and does not block.
    """
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
    detail = "the stated figures are possible together"
    if problems:
        advice = (
            "the known figures stay, and it is asked again at the next run; look at the "
            "provider's page, and leave it out of `order` while it stays so"
            if provider.counts
            else f"they are carried as {provider.title} states them; quote another provider's, or "
            "leave it out of `order`"
        )
        detail = "impossible figures: " + "; ".join(problems) + f"; {advice}"
    yield result(answer, "possible", detail, passed=not problems, blocks=provider.counts)


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


def stated_against_recomputed(answer: Collected, provider: Provider) -> Iterator[CheckResult]:
    """Stated totals against those of the provider's own list, as far as that can tell."""
    name, author = "stated_against_recomputed", answer.author
    if "zero_totals_with_papers" in author.anomalies:
        detail = (
            f"totals of 0 stated beside {len(answer.works)} works with citations; the provider's "
            "totals are broken, nothing of this answer is taken; try again later"
        )
        yield result(answer, name, detail, passed=False, blocks=True)
        return
    counts = [w.cited_by_count for w in counted(answer.works)]
    if None in counts or not provider.counts:
        return
    own = measure_list(counts)
    cut = bounds(counts, is_truncated=author.is_truncated, is_sorted=author.is_sorted)
    stated = {
        "citations": author.cited_by_count,
        "h_index": author.h_index,
        "i10_index": author.i10_index,
    }
    for figure, value in stated.items():
        recomputed = own.get(figure)
        if value is None or recomputed is None or (figure in cut and recomputed <= value):
            continue
        far = value != recomputed and (
            provider.totals_from_list or _is_far(value, recomputed, is_index=figure != "citations")
        )
        detail = f"{figure}: {value} stated, {recomputed} recomputed from {len(counts)} works"
        if far:
            detail += "; one of the two is wrong, look at the provider's page (`--accept` takes it)"
        yield result(answer, name, detail, passed=value == recomputed, blocks=far)


def _is_far(stated: int, recomputed: Number, *, is_index: bool) -> bool:
    """Beyond what lag explains: more than a fifth apart, and more than two for an index."""
    if recomputed is None:
        return False
    if is_index and abs(stated - recomputed) <= 2:  # noqa: PLR2004  an index moves by ones
        return False
    return not isclose(stated, recomputed, rel_tol=TOLERANCE, abs_tol=2)
