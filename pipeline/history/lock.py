"""One writer at a time, and a name for whoever it is.

The lock belongs to the kernel (a dead process holds nothing); who holds it is written beside it,
for people.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import Locked, StorageError
from pipeline.history.disk import read, storage

NAME = ".lock"
HOLDER = ".holder.json"


class Lock:
    """The lock of one history; the same object may take it again while it holds it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._depth = 0

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Takes the lock at once, or not at all.

        Raises:
            Locked: another run has it; says who, where known.
            StorageError: the folder cannot be made or written to.
        """
        if self._depth:
            with self._deeper():
                yield
            return
        import filelock

        lock = filelock.FileLock(self._root / NAME)
        with storage("taking the lock of the history"):
            self._root.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(blocking=False)
            except filelock.Timeout:  # it is an OSError, too
                raise Locked(
                    f"another run{self._who()} holds the history in {self._root}: "
                    "wait until it ends"
                ) from None
        try:
            with self._deeper(), self._signed():
                yield
        finally:
            lock.release()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    @contextmanager
    def _signed(self) -> Iterator[None]:
        """Says who holds it; a disk that refuses that does not stop the run here."""
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        path = self._root / HOLDER
        with suppress(OSError), open(path, "w", encoding="utf-8", opener=_at_once) as file:
            file.write(json.dumps(holder) + "\n")
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _who(self) -> str:
        try:
            holder: dict[str, Any] = json.loads(read(self._root / HOLDER) or b"")
            return f" (process {holder['pid']} on {holder['host']}, since {holder['since']})"
        except (StorageError, ValueError, TypeError, KeyError):
            return ""


def _at_once(path: str, flags: int) -> int:
    """Opens a file without following a link, or waiting for whoever reads a pipe."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
