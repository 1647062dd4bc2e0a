"""Waiting for the signals that end a service, without missing one or waking late."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def ending() -> Iterator[Callable[[float], int | None]]:
    """Gives `wait(seconds)`: the number of the signal that came, `None` when none did.

    A signal that this process was started to ignore (`nohup`) stays ignored. Must be entered in
    the main thread; handlers are put back afterwards.
    """
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    # The interpreter itself writes the number into the pipe: a handler could come at any moment,
    # also while the lock is held that it would need.
    earlier = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    heard = [s for s in _ENDING if signal.getsignal(s) is not signal.SIG_IGN]
    handlers = {s: signal.signal(s, _nothing) for s in heard}

    def wait(seconds: float) -> int | None:
        ready, _, _ = select.select([reading], [], [], seconds)
        numbers = os.read(reading, 64) if ready else b""
        return next((n for n in numbers if n in heard), None)

    try:
        yield wait
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(earlier)
        os.close(reading)
        os.close(writing)


def _nothing(_number: int, _frame: object) -> None:
    """The pipe has it already."""
