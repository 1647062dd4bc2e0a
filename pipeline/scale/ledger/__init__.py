"""Counts of many works over time: what changed from table to table, and any table as it was.

A measure of a department or of all of OpenAlex is a table that the next one replaces. A ledger
keeps what each of them said, at the price of what changed: pairs of an author and a work are
numbered once (`pairs`), and a run stores a number and a count for each that differs (`book`).
Every table that was taken can be had again, row for row (`Ledger.table`).
"""

from __future__ import annotations

from pipeline.scale.ledger.counts import Counts
from pipeline.scale.ledger.ledger import Added, Ledger
from pipeline.scale.ledger.manifest import Run
from pipeline.scale.ledger.reading import Change, Past

__all__ = ["Added", "Change", "Counts", "Ledger", "Past", "Run"]
