"""Figures of any list of papers in a file: CSV, Parquet or BibTeX in, a table or JSON out.

A wrong file stops with one line that names the file, the line, the column and the value. An
empty count is unknown, never 0. Formats: `docs/measure.md`.
"""

from __future__ import annotations

from pipeline.measure.files import measure_file
from pipeline.measure.parquet import measure_parquet
from pipeline.measure.result import SCHEMA, to_document, write_result

__all__ = ["SCHEMA", "measure_file", "measure_parquet", "to_document", "write_result"]
