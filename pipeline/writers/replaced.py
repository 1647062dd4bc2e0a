"""Files that were replaced, let go of beside the work that replaces them.

To free a file can mean to wait for the disk: ext4 without a journal, mounted with `discard`, tells
it of each freed block and waits, up to a millisecond a file. A file that somebody holds is freed
when it is let go of; that is done by threads, so the renames wait for none of it.
"""

from __future__ import annotations

import contextlib
import os
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Self

THREADS = 8
"""The discards of so many files are under way together."""
_HELD = 64
"""Handles that wait for a thread at most."""
_HOLD = getattr(os, "O_PATH", os.O_RDONLY | os.O_NONBLOCK) | os.O_NOFOLLOW | os.O_CLOEXEC


class Replaced:
    """Holds files while they are replaced; none is held any more when it is left.

    Args:
        threads: none of them: files are freed by what replaces them, as always.
    """

    def __init__(self, threads: int = THREADS) -> None:
        self._waiting: Queue[int | None] = Queue(_HELD)
        self._held: list[int] = []
        self._threads = [Thread(target=self._free, daemon=True) for _ in range(threads)]

    def __enter__(self) -> Self:
        started = []
        for thread in self._threads:
            with contextlib.suppress(RuntimeError):  # a limit of processes costs time only
                thread.start()
                started.append(thread)
        self._threads = started
        return self

    def hold(self, name: str, folder: int) -> None:
        """Keeps what has this name from being freed until `let_go`; nothing may have it."""
        if self._threads:
            with contextlib.suppress(OSError):
                self._held.append(os.open(name, _HOLD, dir_fd=folder))

    def let_go(self) -> None:
        """What is held may be freed."""
        while self._held:
            self._waiting.put(self._held.pop())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._threads:
            return
        self.let_go()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _free(self) -> None:
        while (handle := self._waiting.get()) is not None:
            with contextlib.suppress(OSError):
                os.close(handle)
