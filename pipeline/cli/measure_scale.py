"""`scholar-metrics measure` of more rows than a table in memory should hold."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.cli.show import one_line
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.scale.choosing import Means
    from pipeline.scale.engine import Measured, Which

F = TypeVar("F", bound=Callable[..., Any])

_EVERY_SECONDS = 10.0
"""How often a log that is no terminal is told how far it is."""

_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["pandas", "dask"]),
        default="pandas",
        show_default=True,
        help="`dask`: in processes here, or on a cluster with --scheduler.",
    ),
    click.option("--scheduler", metavar="ADDR", help="Address of a Dask scheduler that runs."),
    click.option("--workers", type=click.IntRange(1, 256), help="Local Dask workers to start."),
    click.option("--threads", type=click.IntRange(1, 256), help="Threads; all processors if not."),
    click.option(
        "--memory", metavar="SIZE", help="Memory for rows, as 2G; half of what is free if not."
    ),
)


def engine_options(function: F) -> F:
    """The options that say with what to measure."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def means_of(options: dict[str, Any]) -> Means:
    """What the options ask for."""
    from pipeline.scale.choosing import Means
    from pipeline.scale.memory import size

    memory = options.pop("memory")
    return Means(memory=None if memory is None else size(memory), **options)


def to_file(
    path: Path, output: Path, means: Means, *, metrics: Which, now_year: int | None
) -> Measured:
    """Measure into a Parquet or CSV file; how far it is goes to stderr."""
    from pipeline.scale.table import write_csv

    kind = output.suffix.lower()
    if kind not in {".parquet", ".csv"}:
        raise ConfigError(f"{output}: not a known kind; name the result *.parquet or *.csv")
    if not output.absolute().parent.is_dir():
        raise ConfigError(f"{output}: no such folder; make {output.parent} first")
    if kind == ".parquet":
        return _measure(path, output, means, metrics=metrics, now_year=now_year)
    with _scratch(output.absolute().parent) as made:
        measured = _measure(path, made, means, metrics=metrics, now_year=now_year)
        write_csv(made, output)
    return measured


def to_frame(path: Path, means: Means, *, metrics: Which, now_year: int | None) -> pd.DataFrame:
    """Measure into a table by rising `author_id`."""
    from pipeline.scale.table import read_sorted

    with _scratch(None) as made:
        _measure(path, made, means, metrics=metrics, now_year=now_year)
        return read_sorted(made)


@contextmanager
def _scratch(folder: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=".measure-", dir=folder) as name:
        yield Path(name) / "figures.parquet"


def _measure(
    path: Path, output: Path, means: Means, *, metrics: Which, now_year: int | None
) -> Measured:
    from pipeline.metrics import this_year
    from pipeline.scale.measuring import measure_rows

    with _progress() as progress:
        return measure_rows(
            path,
            output=output,
            now_year=this_year() if now_year is None else now_year,
            engine="dask" if means.engine == "dask" else "threads",
            metrics=metrics,
            workers=means.workers if means.engine == "dask" else means.threads,
            scheduler=means.scheduler,
            memory=means.memory,
            progress=progress,
            say=lambda line: click.echo(one_line(line), err=True),
        )


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Tells a terminal at each step, and a log now and then."""
    is_terminal = sys.stderr.isatty()
    last = time.monotonic()

    def told(doing: str, done: int, total: int) -> None:
        nonlocal last
        if is_terminal:
            click.echo(f"\r{doing} {done} of {total} parts ", nl=done == total, err=True)
        elif time.monotonic() - last >= _EVERY_SECONDS:
            last = time.monotonic()
            click.echo(f"{doing} {done} of {total} parts", err=True)

    yield told
