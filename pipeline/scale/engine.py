"""Every author of any number of rows, bucket by bucket, into one Parquet file.

Memory is that of a few buckets, whatever the number of authors; the result appears whole or not
at all, and is the same whichever engine made it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self, TypeAlias, TypeVar

from pipeline.measure.papers import COLUMNS
from pipeline.metrics.compiled import PAYS_FROM
from pipeline.metrics.packed import ahead
from pipeline.scale.buckets import Buckets
from pipeline.scale.encoded import figure_names
from pipeline.scale.joined import JoinedFile
from pipeline.scale.task import Bucket, figures_of, raised

_READ = frozenset(("author_id", *COLUMNS))
"""Columns that figures are made of; a bucket may have others."""

T = TypeVar("T")
R = TypeVar("R")

Engine: TypeAlias = Literal["threads", "dask"]
Which: TypeAlias = Literal["core", "all"]
Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a run made."""

    output: Path
    """Parquet file: one row an author."""
    authors: int
    papers: int
    """Rows that were measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be made; see `measure_buckets`."""

    output: Path
    now_year: int
    metrics: Which
    progress: Progress | None = None

    def told(self, doing: str, done: int, total: int) -> None:
        """Tell how far it is."""
        if self.progress is not None:
            self.progress(doing, done, total)


class Runner(Protocol):
    """Where tasks run; a context manager."""

    workers: int
    """Tasks at once."""
    compiles_from: int
    """Rows from which compiled code pays for its import here."""

    def ordered(self, task: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Results in the order of the items, a few of which are begun at a time."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class Threads:
    """Tasks in threads of this process."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or processors()
        self.compiles_from = PAYS_FROM
        self._pool = ThreadPoolExecutor(self.workers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def ordered(self, task: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """See `Runner`."""
        return ahead(self._pool, task, items, most=self.workers + 1)


def measure_buckets(
    buckets: Buckets,
    *,
    output: Path,
    now_year: int,
    engine: Engine = "threads",
    metrics: Which = "core",
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> Measured:
    """Figures of each author of the buckets, streamed into a Parquet file.

    Args:
        output: replaced at once when all is measured; rows stand bucket by bucket, within one by
            rising `author_id`.
        now_year: year that ages count to.
        metrics: `core` for the figures of `pipeline.metrics.CORE`; `all` for every metric whose
            columns are in the buckets (several times slower).
        workers: threads or local Dask workers; the machine's processors when `None`.
        scheduler: address of a Dask scheduler that runs already; a local cluster when `None`.
        progress: told after each bucket.
        say: told one line of where the tasks run.

    Raises:
        ConfigError: the buckets are damaged, or the cluster cannot be used.
        StorageError: the disk refuses.
    """
    with runner(engine, workers=workers, scheduler=scheduler, say=say) as running:
        wanted = Wanted(output=output, now_year=now_year, metrics=metrics, progress=progress)
        return measure_on(running, buckets, wanted)


def measure_on(running: Runner, buckets: Buckets, wanted: Wanted) -> Measured:
    """`measure_buckets` where a runner is at hand."""
    names = tuple(figure_names(buckets.columns, wanted.metrics))
    items = [
        Bucket(
            files=files,
            rows=rows,
            columns=tuple(n for n in buckets.columns if n in _READ),
            owner=buckets.owner,
            names=names,
            now_year=wanted.now_year,
            metrics=wanted.metrics,
            is_large=buckets.total_rows >= running.compiles_from,
        )
        for files, rows in zip(buckets.files, buckets.rows, strict=True)
    ]
    with JoinedFile(wanted.output) as joined:
        for number, part in enumerate(running.ordered(figures_of, items), start=1):
            joined.add(raised(part))
            wanted.told("measured", number, len(items))
    return Measured(output=wanted.output, authors=joined.rows, papers=buckets.total_rows)


def runner(
    engine: Engine,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    say: Callable[[str], None] | None = None,
) -> AbstractContextManager[Runner]:
    """Threads, or Dask workers here or elsewhere."""
    if engine == "threads":
        return Threads(workers)
    from pipeline.scale.cluster import Cluster

    return Cluster(workers=workers, scheduler=scheduler, say=say)


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
