"""`scholar-metrics measure`: metrics of any list of papers, no provider needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from pipeline.cli.measure_scale import engine_options
from pipeline.cli.show import JSON_OPTION, number, print_json, table

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = ("papers", "citations", "h_index", "g_index", "i10_index", "e_index", "m_quotient")
_MOST = 40


@click.command("measure")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
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
@click.option(
    "--snapshot", is_flag=True, help="FILE is the folder of an OpenAlex snapshot: docs/snapshot.md."
)
@click.option(
    "--work-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --snapshot: what is kept for a resume; beside the output by default.",
)
@click.option(
    "--badges-for",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --snapshot: a list of OpenAlex author ids, one a line, who get badges/.",
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --snapshot: a folder that keeps every work's counts over time: docs/ledger.md.",
)
@engine_options
@JSON_OPTION
def command(
    file: Path,
    output: Path | None,
    metrics: str,
    now_year: int | None,
    work_dir: Path | None,
    badges_for: Path | None,
    ledger: Path | None,
    *,
    snapshot: bool,
    as_json: bool,
    **engine: Any,
) -> int | None:
    """Metrics of each author of a CSV, Parquet or BibTeX list, or a folder of Parquet files.

    A CSV has a header with cited_by_count, and if you have them author_id,
    title, year, authors_count, self_citations. An empty count is unknown, not 0.
    """
    if snapshot:
        kept = {"work_dir": work_dir, "badges_for": badges_for, "ledger": ledger}
        return _snapshot(file, output, metrics, now_year, kept, engine, as_json=as_json)
    if any(path is not None for path in (work_dir, badges_for, ledger)):
        raise click.UsageError("--work-dir, --badges-for and --ledger go with --snapshot.")
    _list(file, output, metrics, now_year, engine, as_json=as_json)
    return None


def _list(
    file: Path,
    output: Path | None,
    metrics: str,
    now_year: int | None,
    engine: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    from pipeline.cli import measure_scale
    from pipeline.measure import measure_file, to_document, write_result
    from pipeline.scale.choosing import is_streamed

    which: Literal["core", "all"] = "core" if metrics == "core" else "all"
    means = measure_scale.means_of(engine)
    if not is_streamed(file, means, metrics=which, output=output):
        result = measure_file(file, now_year=now_year, metrics=which)
        if output is not None:
            write_result(result, output)
    elif output is not None and not as_json:
        made = measure_scale.to_file(file, output, means, metrics=which, now_year=now_year)
        click.echo(f"{made.authors:,} authors measured into {output}")
        return
    else:
        result = measure_scale.to_frame(file, means, metrics=which, now_year=now_year)
        if output is not None:
            write_result(result, output)
    if as_json:
        print_json(to_document(result))
    elif output is None:
        _show(result)
    else:
        click.echo(f"{len(result):,} authors measured into {output}")


def _snapshot(
    folder: Path,
    output: Path | None,
    metrics: str,
    now_year: int | None,
    kept: dict[str, Path | None],
    engine: dict[str, Any],
    *,
    as_json: bool,
) -> int:
    from pipeline.cli import measure_scale, measure_snapshot
    from pipeline.metrics import this_year
    from pipeline.scale.openalex import Request

    means = measure_scale.means_of(engine)
    request = Request(
        snapshot=folder,
        output=measure_snapshot.output_of(output),
        work_dir=kept["work_dir"],
        ledger=kept["ledger"],
        now_year=this_year() if now_year is None else now_year,
        metrics="core" if metrics == "core" else "all",
        engine="dask" if means.engine == "dask" else "threads",
        scheduler=means.scheduler,
        workers=means.workers,
        threads=means.threads,
    )
    return measure_snapshot.run(request, badges_for=kept["badges_for"], as_json=as_json)


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
