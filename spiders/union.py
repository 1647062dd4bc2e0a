"""One person whom a provider took for several: the pages of all profiles as those of one.

What such a provider states of each profile says nothing of the person: joint totals and indices
are left unsaid, and come out of the list.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.items import AuthorRecord, ParsedPage


def united(profiles: Sequence[Sequence[ParsedPage]]) -> Sequence[ParsedPage]:
    """The pages of one author out of those of each profile; a paper in two profiles comes once.

    Args:
        profiles: The pages of each profile, complete, that of the main id first.
    """
    if len(profiles) == 1:
        return profiles[0]
    authors = [page.author for pages in profiles for page in pages if page.author is not None]
    seen: set[str] = set()
    pages: list[ParsedPage] = []
    for page in (page for found in profiles for page in found):
        works = tuple({w.record_id: w for w in page.works if w.record_id not in seen}.values())
        seen.update(w.record_id for w in works)
        pages.append(replace(page, author=None, works=works))
    return [replace(pages[0], author=_united(authors, listed=len(seen))), *pages[1:]]


def _united(authors: Sequence[AuthorRecord], *, listed: int) -> AuthorRecord:
    is_truncated = any(a.is_truncated for a in authors)
    return replace(
        authors[0],
        ids=tuple(dict.fromkeys(i for a in authors for i in a.ids)),
        works_count=None,
        cited_by_count=None,
        h_index=None,
        i10_index=None,
        recent_since_year=None,
        cited_by_count_recent=None,
        h_index_recent=None,
        i10_index_recent=None,
        counts_by_year=(),
        counts_by_year_meaning=None,
        works_expected=None if is_truncated else listed,
        is_truncated=is_truncated,
        # Lists that fall one after the other do not fall together.
        is_sorted=False,
        anomalies=tuple(dict.fromkeys(name for a in authors for name in a.anomalies)),
        extra={},
        raw={"profiles": "\n".join(f"{a.ids[0]} {a.name}" for a in authors if a.ids and a.name)},
    )
