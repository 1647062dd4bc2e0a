"""Figures of authors from lists of papers: h-index and its family, exactly, for one or millions.

Importing this, and `measure_list` and `measure_arrays`, needs numpy only; `measure` takes and
gives pandas tables. `CATALOGUE` says of each metric what it is, who defined it, and which
convention is taken.
"""

from __future__ import annotations

from pipeline.metrics.bounds import bounds, unknown_when_cut
from pipeline.metrics.catalogue import CATALOGUE, Metric
from pipeline.metrics.frame import measure, to_frame
from pipeline.metrics.kernel import (
    CORE,
    measure_arrays,
    measure_core,
    measure_list,
    this_year,
)
from pipeline.metrics.packed import OutsideBudget, Packer

__all__ = [
    "CATALOGUE",
    "CORE",
    "Metric",
    "OutsideBudget",
    "Packer",
    "bounds",
    "measure",
    "measure_arrays",
    "measure_core",
    "measure_list",
    "this_year",
    "to_frame",
    "unknown_when_cut",
]
