"""Which charts a person or a group has: only those that have something to show.

Nothing here draws or depends on the clock: equal snapshots give equal charts.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import AuthorSnapshot
from pipeline.writers.report.chart import Chart
from pipeline.writers.report.chart_figures import citations_per_year, history
from pipeline.writers.report.chart_members import members
from pipeline.writers.report.chart_papers import coverage, h_core
from pipeline.writers.shown import shown

__all__ = ["Chart", "charts"]


def charts(
    author: AuthorSnapshot, *, order: Sequence[str], people: Sequence[AuthorSnapshot] = ()
) -> tuple[Chart, ...]:
    """The charts of one page, in the order in which it shows them.

    Args:
        author: A person, or a group as one.
        order: Providers, best first.
        people: Everybody who is followed, for a group's chart of its members.
    """
    by = shown(author)
    found = (
        members(author, people) if author.members else None,
        citations_per_year(by) if by else None,
        history(author, order=order),
        h_core(by, order=order) if by else None,
        coverage(author, order=order),
    )
    return tuple(chart for chart in found if chart)
