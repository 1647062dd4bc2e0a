"""Which reader reads which file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.errors import ConfigError
from pipeline.metrics import this_year

if TYPE_CHECKING:
    import pandas as pd


def measure_file(
    path: Path, *, now_year: int | None = None, metrics: Literal["core", "all"] = "all"
) -> pd.DataFrame:
    """Figures of each author of a file; author `all` where it names none.

    Args:
        path: `.csv`, `.csv.gz`, `.parquet` or `.bib`.
        now_year: year to count ages from; the current one when `None`.
        metrics: `core` for the figures of `pipeline.metrics.CORE`, in a fraction of the time
            and memory; `all` for every metric whose columns are there.

    Raises:
        ConfigError: there is no such file, or it holds what it should not.
    """
    now = this_year() if now_year is None else now_year
    name = path.name.lower()
    if not name.endswith((".csv", ".csv.gz", ".parquet", ".bib")):
        raise ConfigError(f"{path}: not a known kind; give a .csv, .csv.gz, .parquet or .bib file")
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "no such file"
        raise ConfigError(f"{path}: {kind}; give the path of a file")
    try:
        if name.endswith(".parquet"):
            from pipeline.measure.parquet import measure_parquet

            return measure_parquet(path, now_year=now, metrics=metrics)
        if name.endswith(".bib"):
            from pipeline.measure.bibtex import read_bibtex

            return read_bibtex(path).measure(now_year=now, metrics=metrics)
        from pipeline.measure.table import read_csv

        return read_csv(path).measure(now_year=now, metrics=metrics)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"{path}: {reason}; check that the file is whole and yours") from error
