"""The disk under the work folder: whole files or none, and whether there is room for them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import StorageError

SHARE = 0.07
"""Bytes that all steps need for each byte of the snapshot, before the first file was parsed.

A work of OpenAlex is 1.3 to 1.5 KB in either format, and about 70 bytes here: see docs.
"""
STEPS = 5
"""Bytes that all steps need for each byte of extracts: these, the buckets, and the result."""


@contextmanager
def durable(path: Path) -> Iterator[Path]:
    """A place to write a file to, which gets its name when everything went well.

    Raises:
        StorageError: the disk refuses.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise StorageError(
            f"{path}: cannot be written ({error.strerror or error}); make room or choose another "
            "--work-dir, and run again: what is done is kept"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def synced(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def needed(*, snapshot: int, parsed: int, kept: int) -> int:
    """Bytes that are still to be written.

    Args:
        snapshot: bytes of all data files.
        parsed: bytes of those whose extract is there.
        kept: bytes of the extracts that are there.
    """
    if not parsed:
        return int(snapshot * SHARE)
    return int(kept / parsed * snapshot * STEPS) - kept


def refuse_if_short(folder: Path, need: int) -> None:
    """Stop before the disk is full.

    Raises:
        StorageError: there is less room than needed.
    """
    free = shutil.disk_usage(folder).free
    if need > free:
        raise StorageError(
            f"{folder}: about {_size(need)} are needed, {_size(free)} are free; "
            "make room or choose another --work-dir, and run again: what is done is kept"
        )


def _size(count: int) -> str:
    giga = count / 1e9
    return f"{giga:,.1f} GB" if giga >= 1 else f"{count / 1e6:,.0f} MB"
