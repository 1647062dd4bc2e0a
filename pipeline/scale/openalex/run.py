"""The whole way from a snapshot's files to a row an author, in four steps that can be repeated.

Parsing keeps an extract of each file; partitioning makes buckets by author; measuring and
writing are quick. A killed run goes on where it was; an unchanged snapshot is only measured.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from pipeline.errors import ConfigError, Locked
from pipeline.scale.engine import measure_buckets
from pipeline.scale.ledger import Ledger
from pipeline.scale.openalex import result
from pipeline.scale.openalex.extract import Extracts
from pipeline.scale.openalex.layout import Layout, find
from pipeline.scale.openalex.parse import parse
from pipeline.scale.openalex.partition import Partition, partition
from pipeline.scale.openalex.progress import Progress

SCHEMA = "scholar-metrics/snapshot/1"
"""Name and version of the JSON document's form (`docs/snapshot.md`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for."""

    snapshot: Path
    output: Path
    """`*.parquet`."""
    work_dir: Path | None = None
    """Where extracts and buckets lie; `<output without its ending>.work` when `None`."""
    now_year: int
    metrics: Literal["core", "all"] = "all"
    engine: Literal["threads", "dask"] = "threads"
    scheduler: str | None = None
    workers: int | None = None
    """Of Dask."""
    ledger: Path | None = None
    """Folder that keeps what each snapshot said of each work (`pipeline.scale.ledger`)."""
    threads: int | None = None
    """Files that are parsed at once, and buckets that are measured at once without Dask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was done."""

    output: Path
    years: Path
    document: dict[str, Any]
    """The document of `--json`."""
    as_of: date
    """Day of the snapshot."""


def measure_snapshot(request: Request, *, tell: Callable[[str], None]) -> Report:
    """Figures of every author of a snapshot.

    Args:
        tell: takes lines for people.

    Raises:
        ConfigError: the snapshot or an option is not what it should be.
        StorageError: the disk refuses, or will not do.
        Locked: another run uses the work folder.
    """
    if request.output.suffix != ".parquet":
        raise ConfigError(f"{request.output}: not a known kind; name the result *.parquet")
    if request.engine != "dask" and (request.scheduler or request.workers):
        raise ConfigError("--scheduler and --workers go with --engine dask; add it")
    if not request.output.parent.is_dir():
        raise ConfigError(f"{request.output.parent}: no such folder; make it first")
    layout = find(request.snapshot)
    ledger = None if request.ledger is None else Ledger(request.ledger)
    if ledger is not None:
        ledger.refuse_day(layout.as_of)
    _tell_layout(layout, tell)
    folder = request.work_dir or request.output.with_name(f"{request.output.stem}.work")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "lock", timeout=0):
            progress = Progress(tell)
            made = _measured(request, layout, folder, ledger=ledger, progress=progress)
            added = None if ledger is None else _kept(ledger, layout, made, progress=progress)
    except Timeout as error:
        raise Locked(
            f"{folder}: another run uses it; wait for it, or give another --work-dir"
        ) from error
    return Report(
        output=request.output,
        years=result.years_beside(request.output),
        document=_document(request, layout, made)
        | ({} if added is None else {"ledger": added})
        | {"seconds": progress.seconds},
        as_of=layout.as_of,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What a run found out."""

    partition: Partition
    authors: int
    parsed: int
    """Files that were parsed now."""


def _measured(
    request: Request,
    layout: Layout,
    folder: Path,
    *,
    ledger: Ledger | None,
    progress: Progress,
) -> _Made:
    extracts = Extracts(folder / "extracts")
    extracts.folder.mkdir(exist_ok=True)
    kept = len(extracts.kept(layout.sources))
    found = parse(extracts, layout.sources, workers=request.threads, progress=progress)
    ordered = [found[source.name] for source in layout.sources]
    _release()
    parts = partition(
        folder,
        layout,
        ordered,
        progress=progress,
        buckets=None if ledger is None else ledger.buckets,
        keeps_works=ledger is not None,
    )
    _release()
    figures = folder / "figures.parquet"
    progress.begin("measuring")
    measured = measure_buckets(
        parts.buckets,
        output=figures,
        now_year=request.now_year,
        engine=request.engine,
        metrics=request.metrics,
        workers=request.workers if request.engine == "dask" else request.threads,
        scheduler=request.scheduler,
        progress=lambda _, done, of: progress.count("measuring", done, of, unit="buckets"),
    )
    progress.done("measuring", measured.papers, unit="rows")
    _release()
    result.write(figures, parts.buckets, request.output, progress=progress)
    with suppress(FileNotFoundError):
        figures.unlink()
    return _Made(partition=parts, authors=measured.authors, parsed=len(layout.sources) - kept)


def _kept(ledger: Ledger, layout: Layout, made: _Made, *, progress: Progress) -> dict[str, Any]:
    """Gives the rows to the ledger; what it says of them."""
    folder = made.partition.buckets.files[0][0].parent
    progress.begin("comparing")
    added = ledger.add(
        folder,
        as_of=layout.as_of,
        now=datetime.now(UTC),
        source=f"snapshot of {layout.as_of}",
    )
    progress.done("comparing", added.run.rows, unit="rows")
    names = ("rows", "new", "changed", "gone")
    return {name: getattr(added.run, name) for name in names} | {"is_stored": added.is_stored}


def _release() -> None:
    """Give back what pyarrow keeps of the step before, so that the most at once is one step's."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def _tell_layout(layout: Layout, tell: Callable[[str], None]) -> None:
    kinds = sorted({"Parquet" if s.is_parquet else "JSON lines" for s in layout.sources})
    tell(
        f"snapshot of {layout.as_of}: {len(layout.sources):,} files of works "
        f"({' and '.join(kinds)}), {layout.size / 1e9:,.1f} GB"
    )
    if layout.unlisted:
        tell(f"{layout.unlisted:,} of them are in no manifest; they are read all the same")


def _document(request: Request, layout: Layout, made: _Made) -> dict[str, Any]:
    counted = made.partition.counted
    return {
        "schema": SCHEMA,
        "as_of": layout.as_of.isoformat(),
        "files": len(layout.sources),
        "files_parsed": made.parsed,
        "works_read": counted.works_read,
        "works": counted.works,
        "works_without_authors": counted.works_without_authors,
        "authorships": counted.authorships,
        "authors": made.authors,
        "buckets_kept": made.partition.is_kept,
        "output": str(request.output),
        "years": str(result.years_beside(request.output)),
    }
