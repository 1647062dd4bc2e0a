"""Indices over a part of each count: without self-citations, or received lately."""

from __future__ import annotations

import numpy as np

from pipeline.metrics.columns import UNKNOWN
from pipeline.metrics.core import I10
from pipeline.metrics.groups import AnyArray, Groups, IntArray, nullable


def without_self(
    groups: Groups, citations: IntArray, self_citations: IntArray
) -> dict[str, AnyArray]:
    """Figures after an author's own citations are taken off; null where the unknown matters."""
    known = (self_citations != UNKNOWN) | (citations == 0)
    own = np.where(known, np.maximum(self_citations, 0), 0)
    blank = groups.count(~known)[0] > 0
    low = groups.h_of(np.where(known, citations - own, 0))
    high = groups.h_of(citations - own)
    return {
        "self_citations": nullable(groups.total(own), blank),
        "citations_without_self": nullable(groups.total(citations - own), blank),
        "h_index_without_self": nullable(low, low != high),
    }


def received_lately(
    groups: Groups, citations: IntArray, recent_citations: IntArray
) -> dict[str, AnyArray]:
    """Figures over citations of the last years; null where the unknown matters."""
    known = (recent_citations != UNKNOWN) | (citations == 0)
    least = np.where(known, np.maximum(recent_citations, 0), 0)
    most = np.where(known, least, citations)
    low, high = groups.h_of(least), groups.h_of(most)
    over_low, over_high, unsure = groups.count(least >= I10, most >= I10, ~known)
    return {
        "citations_recent": nullable(groups.total(least), unsure > 0),
        "h_recent_citations": nullable(low, low != high),
        "i10_recent_citations": nullable(over_low, over_low != over_high),
    }
