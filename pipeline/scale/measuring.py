"""Measuring a Parquet file or a folder of them, by the way that fits memory.

Core figures of rows that fit at 8 bytes each are made in one pass. Everything else is partitioned
by author into buckets first, beside the output, and the buckets go when the run ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from pipeline.errors import ScholarMetricsError
from pipeline.measure import pool
from pipeline.measure.parquet import pack, read_ahead
from pipeline.metrics import OutsideBudget, Packer
from pipeline.metrics.groups import gathered
from pipeline.metrics.packed import ahead
from pipeline.scale.buckets import MOST_BUCKETS, Buckets, BucketWriter
from pipeline.scale.disk import Making, sweep
from pipeline.scale.encoded import ROWS_A_GROUP, encoded, figure_names
from pipeline.scale.engine import (
    Engine,
    Measured,
    Progress,
    Runner,
    Wanted,
    Which,
    measure_on,
    processors,
    runner,
)
from pipeline.scale.joined import JoinedFile
from pipeline.scale.memory import in_one_pass
from pipeline.scale.rows import Piece, Source, batches, source
from pipeline.scale.task import Fault, raised

ROWS_A_BUCKET = 1_500_000
_ROWS_A_PIECE = 4_000_000
"""A piece is partitioned by one task into files of its own; fewer would be many small files."""
_PIECES_A_WORKER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One piece to be partitioned."""

    piece: Piece
    columns: tuple[str, ...]
    folder: Path
    buckets: int


def measure_rows(
    path: Path,
    *,
    output: Path,
    now_year: int,
    engine: Engine = "threads",
    metrics: Which = "core",
    workers: int | None = None,
    scheduler: str | None = None,
    memory: int | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> Measured:
    """Figures of each author of a Parquet file, or folder, of whole-number ids.

    Args:
        path: one row a paper of an author; a folder that `BucketWriter` made is taken as it is.
        output: Parquet file, replaced at once. By rising `author_id` after one pass; otherwise
            bucket by bucket.
        memory: bytes that rows may take; what the system leaves free when `None`.

    Raises:
        ConfigError: as `source` and `measure_buckets` say, or a value that is wrong.
        StorageError: the disk refuses.
    """
    wanted = Wanted(output=output, now_year=now_year, metrics=metrics, progress=progress)
    if Buckets.exist(path):
        buckets = Buckets.open(path)
        with runner(engine, workers=workers, scheduler=scheduler, say=say) as running:
            return measure_on(running, buckets, wanted)
    pool.plain()
    rows = source(path, metrics=metrics)
    place = output.with_name(f"{output.name}.buckets")
    sweep(place)
    if engine == "threads" and metrics == "core" and in_one_pass(rows.rows, memory=memory):
        try:
            return _in_one_pass(rows, wanted, threads=workers or processors())
        except OutsideBudget:
            pass
    scratch = Making(place)
    try:
        with runner(engine, workers=workers, scheduler=scheduler, say=say) as running:
            buckets = partitioned(running, rows, wanted, folder=scratch.path)
            return measure_on(running, buckets, wanted)
    finally:
        scratch.discard()


def partitioned(running: Runner, rows: Source, wanted: Wanted, *, folder: Path) -> Buckets:
    """Rows by author in a folder of buckets a piece, put together.

    Each worker writes what it reads, once, to the file system that all of them share, and
    nothing goes from worker to worker: a piece that is lost with its worker is written again.
    """
    count = min(max(-(-rows.rows // ROWS_A_BUCKET), 2 * running.workers), MOST_BUCKETS)
    least = max(_ROWS_A_PIECE, rows.rows // (_PIECES_A_WORKER * running.workers))
    pieces = rows.of_at_least(least) or []
    items = [
        Partition(
            piece=piece,
            columns=rows.columns,
            folder=folder / f"part-{number:04d}",
            buckets=count,
        )
        for number, piece in enumerate(pieces)
    ]
    parts = []
    made = running.ordered(partition, items)
    for number, part in enumerate(made, start=1):
        parts.append(Buckets.open(raised(part)))
        wanted.told("partitioned", number, len(items))
    return Buckets.together(parts) if parts else _empty(rows, folder / "part-0000")


def partition(item: Partition) -> Path | Fault:
    """Partition one piece; done again, it replaces what was there."""
    made_of = {"path": str(item.piece.path), "groups": list(item.piece.groups)}
    try:
        with BucketWriter(item.folder, buckets=item.buckets, made_of=made_of) as writer:
            for rows in batches(item.piece, item.columns):
                columns = {n: (w.numbers, w.unknown) for n, w in rows.columns.items()}
                counts, unknown = columns.pop("cited_by_count")
                years, unknown_year = columns.pop("year", (None, None))
                writer.add(
                    rows.authors,
                    counts,
                    years,
                    unknown=unknown,
                    unknown_year=unknown_year,
                    others=columns,
                )
    except ScholarMetricsError as error:
        return Fault(error=error)
    return item.folder


def _empty(rows: Source, folder: Path) -> Buckets:
    import numpy as np

    nothing = np.zeros(0, dtype=rows.owner)
    others = {n: (nothing, None) for n in rows.columns[2:] if n != "year"}
    with BucketWriter(folder, buckets=1, made_of={}) as writer:
        writer.add(nothing, nothing, nothing if "year" in rows.columns else None, others=others)
    return Buckets.open(folder)


def _in_one_pass(rows: Source, wanted: Wanted, *, threads: int) -> Measured:
    names = figure_names(rows.columns, "core")
    packer = Packer(rows.rows, now_year=wanted.now_year, has_year="year" in rows.columns)
    for piece in rows.of_at_least(rows.rows):
        for read in read_ahead(batches(piece, rows.columns, threads=True)):
            pack(packer, read)
    pool.give_back()
    with JoinedFile(wanted.output) as joined, ThreadPoolExecutor(threads) as encoders:
        made = _groups(packer.stream(threads=threads))
        for part in ahead(
            encoders, partial(encoded, names=names, owner=rows.owner), made, most=threads
        ):
            joined.add(part)
        if not joined.rows:
            joined.add(encoded(packer.measure(), names, owner=rows.owner))
    pool.give_back()
    return Measured(output=wanted.output, authors=joined.rows, papers=rows.rows)


def _groups(blocks: Iterator[dict[str, NDArray[Any]]]) -> Iterator[dict[str, NDArray[Any]]]:
    """Blocks put together to row groups."""
    waiting: list[dict[str, NDArray[Any]]] = []
    for block in blocks:
        waiting.append(block)
        if _authors(waiting) >= ROWS_A_GROUP:
            yield gathered(waiting, _authors(waiting))
            waiting = []
    if waiting:
        yield gathered(waiting, _authors(waiting))


def _authors(blocks: Sequence[dict[str, NDArray[Any]]]) -> int:
    return sum(len(block["author_id"]) for block in blocks)
