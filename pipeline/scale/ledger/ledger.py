"""A folder that keeps what every table said, at the price of what changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from pipeline.errors import ChecksFailed, ConfigError, Locked, ScholarMetricsError
from pipeline.scale.buckets import MOST_BUCKETS, Buckets, BucketWriter
from pipeline.scale.disk import Making, storage
from pipeline.scale.ledger import counts, reading
from pipeline.scale.ledger.book import Book, Night
from pipeline.scale.ledger.counts import Counts
from pipeline.scale.ledger.files import Files
from pipeline.scale.ledger.manifest import Manifest, Run, load

ROWS_A_BUCKET = 16_000_000
"""About what a part holds: some 70 bytes of memory a row while it is compared, 115 at first."""
MOST_LOST = 0.2
"""Share of the rows, or of the citations, from whose loss on a table is not believed."""
_SUMMED = ("rows", "authors", "citations", "unknown", "new", "changed", "gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a table."""

    run: Run
    is_stored: bool
    """Not where the table is that of the last run, of the same day."""


class Ledger:
    """Tables of counts over time in one folder.

    A run takes place when the list of files (`ledger.json`) is replaced; one that is killed before
    that did not, and what it wrote goes with the next one. Readers see the runs up to the last.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def runs(self) -> tuple[Run, ...]:
        """Every table that was taken, in order.

        Raises:
            ConfigError: no table was taken yet, or the folder is no ledger.
            HistoryDamaged: both copies of its list are damaged.
        """
        return self._begun().runs

    @property
    def buckets(self) -> int | None:
        """Into how many parts authors are cut; `None` before the first table."""
        return load(self.root).buckets or None

    def refuse_day(self, as_of: date) -> None:
        """Says before much work is done that a table of this day comes too late.

        Raises:
            ConfigError: it is before the day of the last table.
        """
        _refuse_day(load(self.root), as_of)

    def add(
        self,
        path: Path,
        *,
        as_of: date,
        now: datetime,
        accept: bool = False,
        source: str | None = None,
        rows_a_bucket: int = ROWS_A_BUCKET,
    ) -> Added:
        """Takes a table: what it does not have is gone from then on.

        Args:
            path: Parquet file, or a folder of them, with `author_id`, `work_id` and
                `cited_by_count`; a folder of buckets too.
            as_of: day that the table speaks of; not before that of the last run.
            accept: believe it, though much of the last table is not in it.
            source: what the table is called; the name of its file or folder when `None`.
            rows_a_bucket: decides with the first table into how many parts authors are cut.

        Raises:
            ConfigError: the table is not what it should be.
            ChecksFailed: more than a fifth of the rows, or of the citations, are lost.
            HistoryDamaged: a file that is needed is not as it was written.
            Locked: another run holds the ledger.
            StorageError: the disk refuses. In all of these cases the ledger is as it was; only
                when nothing but the last sync failed does it have the table.
        """
        rows = counts.rows_of(path)
        with _locked(self.root):
            manifest = load(self.root)
            _refuse_day(manifest, as_of)
            if not manifest.buckets:
                buckets = _buckets(path, rows, rows_a_bucket)
                manifest = Files(self.root, manifest).commit(replace(manifest, buckets=buckets))
            files = Files(self.root, manifest, mends=True)
            files.settle()
            try:
                plan = _Plan(
                    path=path, as_of=as_of, now=now, accept=accept, source=source or path.name
                )
                return self._added(plan, files, manifest)
            except BaseException:
                with suppress(ScholarMetricsError):
                    Files(self.root, load(self.root)).settle()
                raise

    def table(self, day: date | None = None) -> Iterator[Counts]:
        """The table as it was on a day, part by part, row for row as it was taken.

        Raises:
            ConfigError: no table had been taken by then.
            HistoryDamaged: a file that is needed is not as it was written.
        """
        manifest = self._begun()
        run = reading.run_of(manifest, day)
        files = Files(self.root, manifest)
        return (reading.table(Book(files, n), run) for n in range(manifest.buckets))

    def changes(self, since: date | None = None) -> Iterator[reading.Changes]:
        """What changed in tables of later days than `since`, part by part; see `Changes`.

        Raises:
            ConfigError, HistoryDamaged: as `table` does.
        """
        manifest = self._begun()
        files = Files(self.root, manifest)
        return (reading.changes(Book(files, n), manifest, since) for n in range(manifest.buckets))

    def author(self, author: int) -> tuple[reading.Past, ...]:
        """An author's works after each run that changed one of them; none of a stranger.

        Raises:
            ConfigError, HistoryDamaged: as `table` does.
        """
        return reading.author(self.root, self._begun(), author)

    def problems(self) -> list[str]:
        """Files that are not as they were written, each in a line.

        Raises:
            ConfigError: no table was taken yet.
            HistoryDamaged: both copies of the list are damaged.
        """
        return reading.problems(Files(self.root, self._begun()))

    def _begun(self) -> Manifest:
        """What there is, once there is something.

        Raises:
            ConfigError: no table was taken yet.
        """
        manifest = load(self.root)
        if manifest.last is None:
            raise ConfigError(f"{self.root}: no table in it yet; give it one with `ledger add`")
        return manifest

    def _added(self, plan: _Plan, files: Files, manifest: Manifest) -> Added:
        number = manifest.last.number + 1 if manifest.last else 1
        nights = []
        with _parts(plan.path, manifest.buckets, beside=self.root) as parts:
            for bucket, paths in enumerate(parts):
                book = Book(files, bucket)
                nights.append(book.take(paths, run=number, as_of=plan.as_of))
        if not plan.accept:
            self._refuse_loss(plan, nights)
        sums = {name: sum(getattr(night, name) for night in nights) for name in _SUMMED}
        run = Run(number=number, as_of=plan.as_of, at=plan.now, source=plan.source, **sums)
        is_same = not (run.new or run.changed or run.gone)
        if is_same and manifest.last is not None and run.as_of == manifest.last.as_of:
            return Added(run=manifest.last, is_stored=False)
        for bucket in range(manifest.buckets):
            Book(files, bucket).tidy(run.as_of)
        files.commit(replace(manifest, runs=(*manifest.runs, run)))
        return Added(run=run, is_stored=True)

    def _refuse_loss(self, plan: _Plan, nights: list[Night]) -> None:
        rows = sum(n.rows_before for n in nights), sum(n.gone for n in nights)
        citations = sum(n.citations_before for n in nights)
        lost = citations - sum(n.citations for n in nights)
        for what, before, less in (("rows", *rows), ("citations", citations, lost)):
            if less > MOST_LOST * before:
                raise ChecksFailed(
                    f"{plan.path}: {less:,} of the {before:,} {what} of the last table are lost; "
                    "look whether it is whole, and if it is: scholar-metrics ledger add "
                    f"{self.root} {plan.path} --as-of {plan.as_of} --accept"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A table that is to be taken."""

    path: Path
    as_of: date
    now: datetime
    accept: bool
    source: str


def _refuse_day(manifest: Manifest, as_of: date) -> None:
    last = manifest.last
    if last is not None and as_of < last.as_of:
        raise ConfigError(
            f"{as_of}: before {last.as_of}, the day of the last table; tables are taken in the "
            "order of their days"
        )


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    with storage(root):
        root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(root / "ledger.lock", timeout=0)
    with storage(root):
        try:
            lock.acquire()
        except Timeout as error:  # it is an OSError, too
            raise Locked(f"{root}: another run is at work in it; wait for it") from error
    try:
        yield
    finally:
        lock.release()


def _buckets(path: Path, rows: int, rows_a_bucket: int) -> int:
    if Buckets.exist(path):
        return len(Buckets.open(path))
    return min(max(-(-rows // rows_a_bucket), 1), MOST_BUCKETS)


@contextmanager
def _parts(path: Path, buckets: int, *, beside: Path) -> Iterator[list[list[Path]]]:
    """Files of each part of a table: they themselves, or made of them for the while."""
    if buckets == 1:
        yield [counts.files(path)]
        return
    if Buckets.exist(path) and len(found := Buckets.open(path)) == buckets:
        yield [list(files) for files in found.files]
        return
    making = Making(beside.with_name(f"{beside.name}.parts"))
    try:
        folder = making.path / "buckets"
        with BucketWriter(folder, buckets=buckets, made_of={}) as writer:
            for file in counts.files(path):
                for author, work, count in counts.parts(file):
                    works = {"work_id": (work, None)}
                    writer.add(author, count.numbers, None, unknown=count.unknown, others=works)
        yield [list(files) for files in Buckets.open(folder).files]
    finally:
        making.discard()
