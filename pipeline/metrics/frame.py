"""The same metrics for pandas tables, with one declared schema at the door.

pandas and pandera are imported when a table comes in, never before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.metrics.catalogue import CATALOGUE
from pipeline.metrics.groups import AnyArray
from pipeline.metrics.kernel import measure_arrays

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("cited_by_count", "year", "authors_count", "self_citations", "recent_citations")
"""Columns that are measured, besides `author_id`; the first is required."""


_WANTED = "a whole number, 0 or more, or nothing when it is not known"


def measure(frame: pd.DataFrame, *, now_year: int | None = None) -> pd.DataFrame:
    """One row an author, by rising `author_id`, with every metric whose columns are there.

    Args:
        frame: one row a paper of an author: `author_id` (any type that sorts) and
            `cited_by_count`, and as wanted `year`, `authors_count`, `self_citations`,
            `recent_citations`. Missing values are unknown. Other columns are ignored.

    Returns:
        Columns in catalogue order; whole numbers as `Int64`, the others as `float64`.

    Raises:
        ValueError: a column is missing or holds what is no count; all faults in one line.
    """
    import pandas as pd

    _check(frame)
    codes, authors = pd.factorize(frame["author_id"], sort=True)
    given: dict[str, Any] = {name: _numbers(frame[name]) for name in COLUMNS if name in frame}
    citations = given.pop("cited_by_count")
    found = dict(measure_arrays(codes, citations, **given, now_year=now_year))
    owners = found.pop("author_id")
    return to_frame(authors[owners], found)


def to_frame(authors: Any, figures: Mapping[str, AnyArray]) -> pd.DataFrame:
    """A table of arrays by metric name: `author_id` first, whole numbers as `Int64`."""
    import pandas as pd

    columns: dict[str, Any] = {"author_id": authors}
    for name, values in figures.items():
        if not CATALOGUE[name].is_integer:
            columns[name] = values.astype(np.float64, copy=False)
            continue
        is_null = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), np.bool_)
        whole = np.where(is_null, 0, values) if values.dtype.kind == "f" else values
        columns[name] = pd.arrays.IntegerArray(whole.astype(np.int64, copy=False), is_null)
    return pd.DataFrame(columns, copy=False)


def _numbers(column: pd.Series[Any]) -> AnyArray:
    values = column.infer_objects()
    has_gaps = bool(values.isna().any())
    found: AnyArray = (
        values.to_numpy(dtype=np.float64, na_value=np.nan) if has_gaps else (values.to_numpy())
    )
    return found


def _check(frame: pd.DataFrame) -> None:
    import pandera.errors
    import pandera.pandas as pa

    def is_count(column: pd.Series[Any]) -> pd.Series[bool]:
        values = column.infer_objects()
        if values.dtype.kind not in "iuf":
            return values.isna()
        return values.isna() | ((values >= 0) & (values % 1 == 0))

    def counts(*, required: bool) -> pa.Column:
        check = pa.Check(is_count, error=_WANTED, ignore_na=False)
        return pa.Column(None, check, nullable=True, required=required)

    columns = {name: counts(required=name == "cited_by_count") for name in COLUMNS}
    schema = pa.DataFrameSchema({"author_id": pa.Column(None, nullable=False), **columns})
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise ValueError(_one_line(error.failure_cases)) from None


def _one_line(cases: pd.DataFrame) -> str:
    faults = []
    for case in cases.drop_duplicates(["column", "check"]).to_dict("records"):
        where = "" if case["index"] is None else f" in row {case['index']}"
        if case["check"] == "column_in_dataframe":
            faults.append(f"column {case['failure_case']} is missing")
        else:
            faults.append(
                f"{case['column']}: {case['failure_case']}{where}; wanted: {case['check']}"
            )
    return "; ".join(faults)
