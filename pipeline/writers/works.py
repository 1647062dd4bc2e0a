"""`works.csv` and `works.parquet`: one row a paper, one column of counts a provider.

An empty count is not known; it is never 0. A cell of the CSV never starts a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.model import Artifact, AuthorSnapshot, Snapshot
from pipeline.writers import Previous
from pipeline.writers.formatting import cleaned, integer
from pipeline.writers.names import places
from pipeline.writers.shown import count_of, shown
from spiders.registry import counts_citations

CSV = "works.csv"
PARQUET = "works.parquet"
SCHEMA = 1

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a spreadsheet tells a formula; the wide forms too, which it folds."""
_NEXT_CELL = re.compile(r"([;\t]\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet that takes another sign for the separator would begin a formula."""


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:  # noqa: ARG001
    """Both files in every folder, once anybody said anything of the author."""
    for place, author in places(snapshot):
        if not author.sources and not author.works:
            continue
        table = columns(author, snapshot.provider_order)
        yield Artifact(path=place + CSV, data=csv_file(table))
        yield Artifact(path=place + PARQUET, data=parquet_file(table))


def columns(author: AuthorSnapshot, order: Sequence[str]) -> dict[str, list[Any]]:
    """The papers by column, in the snapshot's order: texts, whole numbers, `None`."""
    works = author.works
    by = shown(author)
    rule = by.rule if by else "max"
    counts = {
        f"cited_by_count_{provider}": [
            found.cited_by_count if (found := count_of(work, provider, rule)) else None
            for work in works
        ]
        for provider in order
        if counts_citations(provider)
    }
    return {
        "author": [author.author.key for _ in works],
        "work_id": [work.work_id for work in works],
        "title": [cleaned(work.title) for work in works],
        "year": [integer(work.year) for work in works],
        "venue": [cleaned(work.venue) for work in works],
        "type": [cleaned(work.work_type) for work in works],
        "authors": [_joined(work.authors) for work in works],
        "authors_count": [integer(work.authors_count) for work in works],
        "doi": [_first(work.ids, "doi:") for work in works],
        "arxiv": [_first(work.ids, "arxiv:") for work in works],
        **counts,
        "ids": [_joined(work.ids) for work in works],
    }


def csv_file(table: dict[str, list[Any]]) -> bytes:
    """RFC 4180 in UTF-8: a header, CRLF, quotes where needed."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(table)
    lines.writerows([_cell(value) for value in row] for row in zip(*table.values(), strict=True))
    return text.getvalue().encode("utf-8", errors="replace")


def parquet_file(table: dict[str, list[Any]]) -> bytes:
    """Parquet with page checksums; the same papers give the same bytes."""
    from pipeline.history.columns import Column, pack
    from pipeline.history.columns import table as arrow

    spec = tuple(Column(name, "int" if _is_number(name) else "string") for name in table)
    return pack(spec, arrow(spec, list(zip(*table.values(), strict=True))), mark={"works": SCHEMA})


def _is_number(column: str) -> bool:
    return column in {"year", "authors_count"} or column.startswith("cited_by_count_")


def _cell(value: Any) -> str:
    text = "" if value is None else _NEXT_CELL.sub(r"\1'", str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _joined(texts: Sequence[str]) -> str | None:
    return "; ".join(filter(None, map(cleaned, texts))) or None


def _first(ids: Sequence[str], scheme: str) -> str | None:
    return next((i.removeprefix(scheme) for i in ids if i.startswith(scheme)), None)
