"""What a page lists, and what is known of each paper, as one document."""

from __future__ import annotations

from typing import Any

from pipeline.homepage.annotate import has_span
from pipeline.homepage.data import Known
from pipeline.homepage.match import Match, Matcher, stranger
from pipeline.homepage.page import Page, Paper
from pipeline.homepage.site import Site


def document(page: Page, known: Known | None, *, site: Site) -> dict[str, Any]:
    """A page's papers with what is known of them.

    Args:
        page: the page.
        known: the data; `None` when there are none yet.
        site: what the page's layouts have.
    """
    matcher = Matcher(known) if known else None
    found = [(p, matcher.find(p.work) if matcher else None) for p in page.papers]
    is_any_known = any(match for _, match in found)
    ids = [i for i in page.owner.ids if not i.startswith("homepage:")]
    spans = [s for s in page.spans if not s.is_made]
    return {
        "schema": 1,
        "owner": {"name": page.owner.name, "ids": ids},
        "data": _data(known),
        "stranger": stranger(page.owner, known, is_any_known=is_any_known) if known else None,
        "has_total": page.total is not None or site.has_total,
        "has_badge": page.has_badge or site.has_badge or page.liquid_url()[1],
        "spans": len(page.spans),
        "broken_spans": [s.key for s in spans if s.key not in known.keys] if known else None,
        "listed": sum(p.is_listed for p in page.papers),
        "papers": [_paper(page, paper, match) for paper, match in found],
        "skipped": list(page.owner.anomalies),
    }


def _data(known: Known | None) -> dict[str, Any] | None:
    if known is None:
        return None
    return {
        "path": str(known.path),
        "name": known.name,
        "scholar_id": known.scholar_id,
        "cited_by_count": known.cited_by_count,
        "provider": known.provider,
        "updated": known.updated,
        "is_stale": known.is_stale,
    }


def _paper(page: Page, paper: Paper, match: Match | None) -> dict[str, Any]:
    work = paper.work
    entry = match.entry if match else None
    return {
        "title": work.title,
        "ids": [i for i in work.ids if not i.startswith("homepage:")],
        "is_commented_out": not paper.is_listed,
        "has_span": paper.is_listed and has_span(page, paper, match),
        "matched_by": match.by if match else None,
        "key": entry.key if entry else None,
        "cited_by_count": entry.cited_by_count if entry else None,
        "provider": entry.provider if entry else None,
        "as_of": entry.as_of if entry else None,
    }
