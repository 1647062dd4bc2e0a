"""Every author of OpenAlex, out of the snapshot of its works as it is laid out on the disk.

Reads Parquet and JSON lines, takes the last version of each work, leaves out the deleted and the
merged ones, and measures each author with the kernel of `pipeline.metrics`. Memory is bounded
whatever the size; every step can be killed and goes on. Format and figures: `docs/snapshot.md`.
"""

from __future__ import annotations

from pipeline.scale.openalex.chosen import read_ids, rows_of
from pipeline.scale.openalex.run import SCHEMA, Report, Request, measure_snapshot

__all__ = ["SCHEMA", "Report", "Request", "measure_snapshot", "read_ids", "rows_of"]
