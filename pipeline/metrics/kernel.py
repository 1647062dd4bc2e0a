"""Every metric of every author: rows sorted once, then measured block by block.

`measure_core` takes the packed way (8 bytes a row) for the core figures. `measure_arrays` and
`measure_list` give all metrics through one and the same block function, so one author alone and
the same author among a million get the same numbers. Only numpy is imported here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import ArrayLike

from pipeline.metrics.ages import ages, career_years
from pipeline.metrics.catalogue import CATALOGUE
from pipeline.metrics.columns import UNKNOWN, Columns, from_list, whole_numbers
from pipeline.metrics.core import core, recent_span
from pipeline.metrics.groups import (
    BLOCK_ROWS,
    WORD_BITS,
    AnyArray,
    Groups,
    IntArray,
    cuts,
    divide,
    gathered,
    nullable,
)
from pipeline.metrics.h_core import h_core
from pipeline.metrics.packed import MOST_AUTHOR, OutsideBudget, Packer
from pipeline.metrics.parts import received_lately, without_self
from pipeline.metrics.shares import shares

CORE = (
    "papers",
    "papers_unknown_citations",
    "papers_unknown_year",
    "citations",
    "citations_mean",
    "citations_median",
    "citations_max",
    "h_index",
    "g_index",
    "g_index_padded",
    "i10_index",
    "h5_recent_papers",
)
"""Names that the packed way gives."""


def this_year() -> int:
    """The current year in UTC: what `now_year=None` stands for."""
    return datetime.now(UTC).year


def measure_arrays(
    author: AnyArray,
    citations: ArrayLike,
    *,
    year: ArrayLike | None = None,
    authors_count: ArrayLike | None = None,
    self_citations: ArrayLike | None = None,
    recent_citations: ArrayLike | None = None,
    now_year: int | None = None,
    block_rows: int = BLOCK_ROWS,
) -> Mapping[str, AnyArray]:
    """All metrics whose columns are given, one value an author, by rising `author_id`.

    Args:
        author: id of each row's author; anything that sorts.
        citations: whole numbers; NaN where the count is not known.
        now_year: year to count ages from; the current one when `None`.
        block_rows: rows measured at once; it changes the speed, never a figure.

    Returns:
        Arrays by metric name in catalogue order, `author_id` first. A metric of whole numbers
        is int64, and float64 with NaN where some author's figure is null.

    Raises:
        ValueError: a negative or broken number, or columns of different lengths.
    """
    columns = Columns.of(
        citations,
        year=year,
        authors_count=authors_count,
        self_citations=self_citations,
        recent_citations=recent_citations,
    )
    ids, codes = _codes(author, len(columns.citations))
    now = this_year() if now_year is None else now_year
    order = _order(codes, columns)
    lengths = np.bincount(codes, minlength=len(ids)).astype(np.int64)
    starts = np.cumsum(lengths) - lengths

    def blocks() -> Iterator[dict[str, AnyArray]]:
        for first, last in list(cuts(starts, len(codes), size=block_rows)) or [(0, 0)]:
            begin = int(starts[first]) if len(starts) else 0
            end = int(starts[last]) if last < len(starts) else len(codes)
            groups = Groups.of(starts[first:last] - begin, end - begin)
            yield _block(groups, columns.rows(order[begin:end]), now_year=now)

    return {"author_id": ids, **gathered(blocks(), len(ids))}


def measure_list(
    citations: Sequence[int | None],
    *,
    years: Sequence[int | None] | None = None,
    authors_counts: Sequence[int | None] | None = None,
    self_citations: Sequence[int | None] | None = None,
    recent_citations: Sequence[int | None] | None = None,
    now_year: int | None = None,
) -> dict[str, int | float | None]:
    """All metrics of one author's papers whose columns are given; `None` for null.

    Raises:
        ValueError: a negative or broken number, or lists of different lengths.
    """
    columns = Columns.of(
        from_list(citations),
        year=None if years is None else from_list(years),
        authors_count=None if authors_counts is None else from_list(authors_counts),
        self_citations=None if self_citations is None else from_list(self_citations),
        recent_citations=None if recent_citations is None else from_list(recent_citations),
    )
    rows = len(columns.citations)
    order = _order(np.zeros(rows, dtype=np.int64), columns)
    groups = Groups.of(np.zeros(1, dtype=np.int64), rows)
    now = this_year() if now_year is None else now_year
    found = _block(groups, columns.rows(order), now_year=now)
    return {name: _scalar(name, values) for name, values in found.items()}


def measure_core(
    author: AnyArray,
    citations: ArrayLike,
    *,
    year: ArrayLike | None = None,
    now_year: int | None = None,
) -> Mapping[str, AnyArray]:
    """The `CORE` metrics, one value an author, by rising `author_id`; see `measure_arrays`.

    Ids outside the bit budget become codes; counts of 2^30 and more take the kernel that sorts
    rows, which is exact too and several times slower.
    """
    counts = whole_numbers("citations", citations)
    years = None if year is None else whole_numbers("year", year)
    now = this_year() if now_year is None else now_year
    packer = Packer(len(counts), now_year=now, has_year=years is not None)
    ids, codes = _small_ids(author, len(counts))
    try:
        packer.add(
            codes,
            np.maximum(counts, 0),
            years,
            unknown=counts == UNKNOWN,
            unknown_year=None if years is None else years < 1,
        )
    except OutsideBudget:
        found = measure_arrays(author, citations, year=year, now_year=now)
        return {name: found[name] for name in ("author_id", *CORE) if name in found}
    packed = packer.measure()
    owners = packed.pop("author_id")
    return {
        "author_id": owners if ids is None else ids[owners],
        **{name: packed[name] for name in CORE if name in packed},
    }


def _block(groups: Groups, columns: Columns, *, now_year: int) -> dict[str, AnyArray]:
    """All metrics of a block whose rows are in the kernel's order."""
    citations = np.maximum(columns.citations, 0)
    unknown = groups.count(columns.citations == UNKNOWN)[0]
    h = groups.count(citations >= groups.ranks)[0]
    year = columns.year
    if year is None:
        found = core(groups, citations, unknown=unknown)
    else:
        first, last = recent_span(now_year)
        found = core(
            groups,
            citations,
            unknown=unknown,
            recent=(year >= first) & (year <= last),
            unknown_year=groups.count(year == UNKNOWN)[0],
        )
        found |= ages(groups, citations, year, h=h, now_year=now_year)
    found |= h_core(groups, citations, found, h=h)
    if columns.authors_count is not None:
        found |= shares(groups, citations, columns.authors_count, h=h)
        if year is not None:
            span = career_years(groups, year, now_year=now_year)
            found["hi_annual"] = divide(found["hi_norm"], span)
    if columns.self_citations is not None:
        found |= without_self(groups, citations, columns.self_citations)
    if columns.recent_citations is not None:
        found |= received_lately(groups, citations, columns.recent_citations)
    uncounted = (unknown == groups.lengths) & (groups.lengths > 0)
    return {
        name: nullable(found[name], uncounted) if "cited_by_count" in metric.needs else found[name]
        for name, metric in CATALOGUE.items()
        if name in found
    }


def _codes(author: AnyArray, rows: int) -> tuple[AnyArray, IntArray]:
    author = np.asarray(author)
    if len(author) != rows:
        raise ValueError(f"author: {len(author)} ids for {rows} papers; give one a paper")
    if author.dtype.kind == "f" and np.isnan(author).any():
        raise ValueError("author: an id is missing (NaN); give each paper an author")
    ids, codes = np.unique(author, return_inverse=True)
    return ids, codes.astype(np.int64, copy=False)


def _small_ids(author: AnyArray, rows: int) -> tuple[AnyArray | None, AnyArray]:
    """Whole numbers that fit a key as they are, anything else as codes with their ids."""
    author = np.asarray(author)
    if author.dtype.kind in "iu" and len(author) == rows and rows:
        least, most = int(author.min()), int(author.max())
        if least >= 0 and most <= MOST_AUTHOR:
            return None, author
    return _codes(author, rows)


def _order(codes: IntArray, columns: Columns) -> IntArray:
    """Rows by author, citations falling, year falling (the unknown last), then as they came."""
    keys = [columns.citations] if columns.year is None else [columns.citations, columns.year]
    fields = [codes, *((key.max(initial=0) - key) for key in keys)]
    widths = [int(field.max(initial=0)).bit_length() for field in fields]
    if sum(widths) > WORD_BITS:
        return np.lexsort(fields[::-1])
    packed = np.zeros(len(codes), dtype=np.uint64)
    for field, width in zip(fields, widths, strict=True):
        packed <<= np.uint64(width)
        packed |= field.astype(np.uint64)
    return np.argsort(packed, kind="stable")


def _scalar(name: str, values: AnyArray) -> int | float | None:
    value = float(values[0])
    if np.isnan(value):
        return None
    return int(values[0]) if CATALOGUE[name].is_integer else value
