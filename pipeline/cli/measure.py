"""`scholar-metrics measure`: metrics of any list of papers, no provider needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.show import JSON_OPTION, number, print_json, table

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = ("papers", "citations", "h_index", "g_index", "i10_index", "e_index", "m_quotient")
_MOST = 40


@click.command("measure")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the whole result to FILE.parquet or FILE.csv.",
)
@click.option(
    "--metrics",
    type=click.Choice(["all", "core"]),
    default="all",
    show_default=True,
    help="`core`: papers, citations, h, g, i10 and their like; the quick path for big files.",
)
@click.option("--year", "now_year", type=int, help="Year that ages count to; this year by default.")
@JSON_OPTION
def command(
    file: Path, output: Path | None, metrics: str, now_year: int | None, *, as_json: bool
) -> None:
    """Metrics of each author of a CSV, Parquet or BibTeX list.

    A CSV has a header with cited_by_count, and if you have them author_id,
    title, year, authors_count, self_citations. An empty count is unknown, not 0.
    """
    from pipeline.measure import measure_file, to_document, write_result

    result = measure_file(file, now_year=now_year, metrics="core" if metrics == "core" else "all")
    if output is not None:
        write_result(result, output)
    if as_json:
        print_json(to_document(result))
    elif output is None:
        _show(result)
    else:
        click.echo(f"{len(result):,} authors measured into {output}")


def _show(result: pd.DataFrame) -> None:
    names = [name for name in _SHOWN if name in result.columns]
    rows = [
        [str(row["author_id"]), *(number(_known(row[name])) for name in names)]
        for row in result.head(_MOST).to_dict("records")
    ]
    table(None, ["author", *(">" + n.replace("_", " ") for n in names)], rows)
    if len(result) > _MOST:
        click.echo(f"… and {len(result) - _MOST:,} more; --output FILE.csv writes them all")


def _known(value: object) -> int | float | None:
    if not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124  # NaN is unknown
        return None
    return int(value) if float(value).is_integer() else float(value)
