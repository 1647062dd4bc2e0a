"""The definitions, written down as plainly as they are printed: what the kernel must equal."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from statistics import median
from typing import Any

import pytest


def most(limit: int, holds: Callable[[int], bool]) -> int:
    """Largest number from 0 to limit that something holds for."""
    return max((i for i in range(limit + 1) if holds(i)), default=0)


def h_of(values: list[Any]) -> int:
    ranked = sorted(values, reverse=True)
    return most(len(ranked), lambda i: sum(v >= i for v in ranked) >= i)


def plain(papers: list[dict[str, Any]], now: int) -> dict[str, Any]:
    """All metrics of one author's papers (dicts of c, y, a, s, r; None for unknown)."""
    known = [p for p in papers if p["c"] is not None]
    # Python's sort is stable: equal counts and years stay as they came.
    ranked = sorted(known, key=lambda p: (-p["c"], -(p["y"] or 0)))
    counts = [p["c"] for p in ranked]
    found: dict[str, Any] = {
        "papers": len(papers),
        "papers_unknown_citations": len(papers) - len(known),
        "papers_unknown_year": sum(p["y"] is None for p in papers),
        "fractional_papers": None
        if any(p["a"] is None for p in papers)
        else float(sum(Fraction(1, p["a"]) for p in papers)),
    }
    if papers and not known:
        return found
    h = h_of(counts)
    core = ranked[:h]
    held = sum(p["c"] for p in core)
    padded = counts + [0] * (math.isqrt(sum(counts)) + 1)
    found |= {
        "cited_papers": sum(c > 0 for c in counts),
        "citations": sum(counts),
        "citations_mean": sum(counts) / len(counts) if counts else None,
        "citations_median": median(counts) if counts else None,
        "citations_max": max(counts, default=None),
        "h_index": h,
        "g_index": most(len(counts), lambda i: sum(counts[:i]) >= i * i),
        "g_index_padded": most(len(padded), lambda i: sum(padded[:i]) >= i * i),
        **{f"i{x}_index": sum(c >= x for c in counts) for x in (10, 50, 100, 1000)},
        "h_core_citations": held,
        "h_core_median": median([p["c"] for p in core]) if core else 0,
        "e_index": math.sqrt(held - h * h),
        "r_index": math.sqrt(held),
        "a_index": held / h if h else None,
        "wu_w_index": most(len(counts), lambda i: sum(c >= 10 * i for c in counts) >= i),
        "o_index": math.sqrt(h * max(counts, default=0)),
    }
    found["hg_index"] = math.sqrt(h * found["g_index"])
    found["q2_index"] = math.sqrt(h * found["h_core_median"])
    return found | dated(papers, ranked, h, now) | shared(ranked, h, papers, now) | parts(ranked)


def dated(papers: list[Any], ranked: list[Any], h: int, now: int) -> dict[str, Any]:
    years = [p["y"] for p in papers if p["y"] is not None]
    if papers and not years:
        return {}

    def rate(p: dict[str, Any], times: int = 1) -> Fraction:
        if p["y"] is None:
            return Fraction(0)
        return Fraction(times * p["c"], max(now - p["y"] + 1, 1))

    lately = [p["c"] for p in ranked if p["y"] is not None and now - 5 <= p["y"] <= now - 1]
    span = now - min(years) if years else None
    return {
        "ar_index": math.sqrt(sum(rate(p) for p in ranked[:h])),
        "awcr": float(sum(rate(p) for p in ranked)),
        "aw_index": math.sqrt(sum(rate(p) for p in ranked)),
        "hc_index": h_of([rate(p, 4) for p in ranked]),
        "m_quotient": None if span is None else h / max(span + 1, 1),
        "m_quotient_zero_based": h / span if span is not None and span > 0 else None,
        "h5_recent_papers": h_of(lately),
    }


def shared(ranked: list[Any], h: int, papers: list[Any], now: int) -> dict[str, Any]:
    core = ranked[:h]
    low = h_of([Fraction(p["c"], p["a"]) if p["a"] else 0 for p in ranked])
    high = h_of([Fraction(p["c"], p["a"] or 1) for p in ranked])
    years = [p["y"] for p in papers if p["y"] is not None]
    norm = low if low == high else None
    people = [p["a"] for p in core]
    cited = [p for p in ranked if p["c"]]
    return {
        "hi_index": None if None in people else (h * h / sum(people) if h else 0),
        "hi_norm": norm,
        "hi_annual": norm / max(now - min(years) + 1, 1) if norm is not None and years else None,
        "hm_index": hm(ranked),
        "fractional_citations": None
        if any(p["a"] is None for p in cited)
        else float(sum(Fraction(p["c"], p["a"]) for p in cited)),
    }


def hm(ranked: list[Any]) -> float | None:
    rank, best = Fraction(0), Fraction(0)
    for p in ranked:
        if p["c"] == 0:
            break
        if p["a"] is None:
            if p["c"] >= rank:
                return None
            continue
        rank += Fraction(1, p["a"])
        if p["c"] >= rank:
            best = rank
    return float(best)


def parts(ranked: list[Any]) -> dict[str, Any]:
    """Sums and h-indices of a part; null where the least and the most it can be differ."""

    def span(name: str) -> tuple[list[int], list[int]]:
        given = [p[name] if p["c"] else 0 for p in ranked]
        least = [v if v is not None else 0 for v in given]
        top = [v if v is not None else p["c"] for v, p in zip(given, ranked, strict=True)]
        return least, top

    def one(low: int, high: int, *, is_sum: bool = False, gap: bool = False) -> int | None:
        return low if (not gap if is_sum else low == high) else None

    counts = [p["c"] for p in ranked]
    found: dict[str, Any] = {}
    own_least, own_most = span("s")
    gap = own_least != own_most
    left_most = [c - s for c, s in zip(counts, own_least, strict=True)]
    left_least = [c - s for c, s in zip(counts, own_most, strict=True)]
    found["self_citations"] = one(sum(own_least), 0, is_sum=True, gap=gap)
    found["citations_without_self"] = one(sum(left_most), 0, is_sum=True, gap=gap)
    found["h_index_without_self"] = one(h_of(left_least), h_of(left_most))
    least, top = span("r")
    found["citations_recent"] = one(sum(least), 0, is_sum=True, gap=least != top)
    found["h_recent_citations"] = one(h_of(least), h_of(top))
    found["i10_recent_citations"] = one(sum(v >= 10 for v in least), sum(v >= 10 for v in top))
    return found


@pytest.fixture(scope="session")
def brute():
    """`brute(papers, now)`: every metric of one author by its definition."""
    return plain
