"""What a cut list can still say: which figures are exact, lower bounds, or not known at all.

A provider that shows only the top of a list sorted by citations hides papers that have at most
the last shown count. That is enough to know many figures exactly, for example h when the last
count is at most h. Where a hidden paper could move a figure either way, the figure is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.metrics.catalogue import CATALOGUE
from pipeline.metrics.core import I10
from pipeline.metrics.h_core import THRESHOLDS, WU_STEP
from pipeline.metrics.kernel import measure_list

_ALWAYS_UNKNOWN = frozenset(
    {"citations_mean", "citations_median", "m_quotient", "m_quotient_zero_based", "hi_annual"}
)
_BY_CORE = frozenset({"h_core_median", "e_index", "a_index", "q2_index"})
"""Exact with the h-core; more papers may raise or lower them."""
_BY_TIES = frozenset({"hi_index"})
"""Exact when no hidden paper can enter the h-core, not even by the order of equal counts."""
_GROW_WITH_CORE = frozenset({"h_index", "h_core_citations", "r_index", "o_index"})
_COUNT_PAPERS = frozenset(
    {"papers", "papers_unknown_citations", "papers_unknown_year", "fractional_papers"}
)


def unknown_when_cut(
    citations: Sequence[int | None] | None = None, *, is_sorted: bool = True
) -> frozenset[str]:
    """Names of metrics that a cut list says nothing about, not even a lower bound.

    Without `citations`: every metric that some cut list leaves unknown. With the list: those
    that this one does, which are fewer when its h-core is complete.
    """
    last = None if citations is None else _last(citations, is_sorted=is_sorted)
    # hm: a hidden paper of equal count and more authors may come first and lower it.
    unknown = _ALWAYS_UNKNOWN | _BY_CORE | _BY_TIES | {"hm_index"}
    if citations is None or last is None:
        # AR: a hidden old paper may push a young one of fewer citations out of the h-core.
        return unknown | {"ar_index"}
    if last == 0:
        return _ALWAYS_UNKNOWN
    h = int(measure_list(citations)["h_index"] or 0)
    if last <= h:
        unknown -= _BY_CORE
    if last < h:
        unknown -= _BY_TIES
    return unknown


def bounds(
    citations: Sequence[int | None], *, is_truncated: bool, is_sorted: bool
) -> frozenset[str]:
    """Names of metrics that are only lower bounds, because the list is cut.

    Args:
        citations: the shown counts in the shown order, `None` for unknown.
        is_truncated: whether more papers exist than are shown.
        is_sorted: whether the list is said to fall; a list that does not is not believed.
    """
    if not is_truncated:
        return frozenset()
    unknown = unknown_when_cut(citations, is_sorted=is_sorted)
    last = _last(citations, is_sorted=is_sorted)
    exact = frozenset() if last is None else _exact(citations, last)
    return frozenset(CATALOGUE) - unknown - exact


def _exact(citations: Sequence[int | None], last: int) -> frozenset[str]:
    """Metrics of which hidden papers of at most `last` citations leave no lower bound."""
    figures = measure_list([count for count in citations if count is not None])
    shown, h, g, w = (int(figures[n] or 0) for n in ("papers", "h_index", "g_index", "wu_w_index"))
    if last == 0:
        capped = {"g_index", "hg_index"} if g == shown else set()
        return frozenset(CATALOGUE) - _COUNT_PAPERS - capped
    exact = {"citations_max"}
    exact |= {f"i{least}_index" for least in (I10, *THRESHOLDS) if last < least}
    if last <= h:
        exact |= _GROW_WITH_CORE
    if last < h:
        exact |= {"ar_index"}
    if g < shown:
        exact |= {"g_index", "g_index_padded"}
    if last < WU_STEP * (w + 1):
        exact |= {"wu_w_index"}
    if exact >= {"h_index", "g_index"}:
        exact |= {"hg_index"}
    return frozenset(exact)


def _last(citations: Sequence[int | None], *, is_sorted: bool) -> int | None:
    """The most citations a hidden paper may have; `None` when nothing is known of it."""
    known = [count for count in citations if count is not None]
    if not is_sorted or not known or any(b > a for a, b in pairwise(known)):
        return None
    return known[-1]
