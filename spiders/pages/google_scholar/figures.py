"""Numbers out of text, and whether the list and the table of indices agree.

Google's own counting, checked on seven complete lists of 2015 to 2026: struck-through rows are
left out, starred (merged) ones count at face value, and citations, h-index and i10-index then
recompute exactly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.errors import LayoutChanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.items import AuthorRecord

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([,.\u00a0\u202f\u2009\u2019'])\d{3})(?:\1\d{3})*", re.ASCII)
_GROUPING = re.compile(r"[,.\u00a0\u202f\u2009\u2019']")
_MAX_DIGITS = 9
_FIRST_YEAR, _LAST_YEAR = 1000, 2100


def count(text: str, *, what: str) -> int:
    """A whole number of 0 or more; thousands may be grouped ("1,234"), digits of any script.

    Raises:
        LayoutChanged: anything else; never answered with a 0.
    """
    plain = text.strip()
    if _GROUPED.fullmatch(plain):
        plain = _GROUPING.sub("", plain)
    if not plain.isdecimal() or len(plain) > _MAX_DIGITS:
        raise LayoutChanged(f"google_scholar: {what} is no whole number: {text[:40]!r}; report it")
    return int(plain)


def require_one_style(figures: Sequence[str], *, total: int) -> None:
    """Make sure that a page which groups thousands does so everywhere.

    Where "1234" stands beside "1.000", or there are fewer citations in all, it may well be a 1.

    Raises:
        LayoutChanged: it does not.
    """
    plain = [text.rstrip("*") for text in figures]
    grouped = max(filter(_GROUPED.fullmatch, plain), key=len, default=None)
    if grouped and count(grouped, what="a count") > total:
        raise LayoutChanged(f"google_scholar: {grouped!r} is above the total {total}; report it")
    whole = next((text for text in plain if text.isdecimal() and len(text) > 3), None)  # noqa: PLR2004
    if grouped and whole:
        raise LayoutChanged(
            f"google_scholar: thousands are grouped in {grouped!r} and not in {whole!r}; report it"
        )


def year(text: str, *, what: str) -> int | None:
    """A year of four digits, `None` where the cell is empty.

    Raises:
        LayoutChanged: anything else.
    """
    if not text:
        return None
    if len(text) == 4 and text.isdecimal() and _FIRST_YEAR <= int(text) <= _LAST_YEAR:  # noqa: PLR2004
        return int(text)
    raise LayoutChanged(f"google_scholar: {what} is no year: {text[:40]!r}; report it")


def disagreements(
    counts: Sequence[int], stated: AuthorRecord, *, has_more: bool, is_sorted: bool
) -> tuple[str, ...]:
    """Names of the stated figures that the list contradicts.

    `counts` are the citations of the rows that Google counts. A cut list gives lower bounds; when
    it falls, it is exact for h once its last count is at most h, for i10 once it is below 10, and
    for the total once it is 0.
    """
    h_index = sum(1 for rank, value in enumerate(sorted(counts, reverse=True), 1) if value >= rank)
    i10_index = sum(1 for value in counts if value >= 10)  # noqa: PLR2004 - the index's name
    last = counts[-1] if has_more and is_sorted and counts else None
    found = (
        ("stated_citations_disagree", stated.cited_by_count, sum(counts), 0),
        ("stated_h_index_disagrees", stated.h_index, h_index, h_index),
        ("stated_i10_index_disagrees", stated.i10_index, i10_index, 9),
    )
    return tuple(
        name
        for name, said, recomputed, exact_from in found
        if said is not None
        and (
            recomputed > said
            or (recomputed != said and (not has_more or (last is not None and last <= exact_from)))
        )
    )
