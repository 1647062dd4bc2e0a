"""One scheduler an output: a second one ends at once and says who is first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import Locked, StorageError
from pipeline.schedule import journal

NAME = ".schedule.lock"


@contextmanager
def own(output: Path) -> Iterator[None]:
    """Hold the schedule of an output folder, which is made when it is not there.

    The operating system gives it back however the holder ends.

    Raises:
        Locked: another scheduler has it; says who, where known.
        StorageError: the folder cannot be made or written to.
    """
    import filelock

    lock = filelock.FileLock(output / NAME)
    try:
        output.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except filelock.Timeout:  # it is an OSError, too
        raise Locked(
            f"another scheduler{_who(output)} serves {output}: stop that one, or give this one "
            "another output"
        ) from None
    except OSError as error:
        raise StorageError(
            f"cannot write to {output}: {error.strerror or error}; mend the folder and start again"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _who(output: Path) -> str:
    known = journal.read(output)
    if known is None or known["pid"] is None:
        return ""
    return f" (process {known['pid']} on {known['host']}, since {known['started_at']})"
