"""Every metric by name, in the order of tables: the one list that code, JSON and docs share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.metrics.catalogue.careers import AGED, SHARES
from pipeline.metrics.catalogue.counts import COUNTED, PARTS
from pipeline.metrics.catalogue.h_family import H_FAMILY
from pipeline.metrics.catalogue.metric import Metric

__all__ = ["CATALOGUE", "Metric"]

CATALOGUE: Mapping[str, Metric] = MappingProxyType(
    {metric.name: metric for metric in (*COUNTED, *H_FAMILY, *AGED, *SHARES, *PARTS)}
)
"""Metrics by name."""
