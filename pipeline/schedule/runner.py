"""One child process at a time, with a deadline, and an end for everything that it started.

A child leads a session of its own, so a key pressed in the terminal does not reach it, and one
signal to its group reaches its children too.
"""

from __future__ import annotations

import logging
import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

EndedBy: TypeAlias = Literal["deadline", "stop"]
_LOOK = 0.05
_log = logging.getLogger(__name__)


class Child(Protocol):
    """What is needed of a started process; `subprocess.Popen` is one."""

    pid: int
    returncode: int | None

    def wait(self) -> int:
        """Wait for its end, and give its exit code."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended."""

    code: int | None
    """Its exit code, minus the number of the signal that ended it; `None`: it never began."""
    by: EndedBy | None = None
    """Who ended it, when it did not end by itself."""

    @property
    def problem(self) -> str | None:
        """One line when it did not end by itself."""
        if self.by == "deadline":
            return "took longer than the deadline and was ended"
        if self.by == "stop":
            return "ended together with the scheduler"
        if self.code is not None and self.code < 0:
            return f"ended by somebody with {_signal_name(-self.code)}"
        return None


def start(command: Sequence[str]) -> Child:
    """Start a command in a session of its own; what it prints goes to stderr."""
    return subprocess.Popen(  # noqa: S603 - our own command, as a list
        list(command), stdin=subprocess.DEVNULL, stdout=2, start_new_session=True
    )


class Runner:
    """Runs commands one after another until it is told to stop."""

    def __init__(
        self,
        *,
        start: Callable[[Sequence[str]], Child] = start,
        patience: float = 10.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`patience` is how many seconds a group has between SIGTERM and SIGKILL."""
        self._start = start
        self._patience = patience
        self._sleep = sleep
        self._changed = threading.Condition()
        self._is_stopping = False

    def stop(self) -> None:
        """End what runs, start nothing more."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()

    def pause(self, seconds: float) -> bool:
        """Wait; `False` when told to stop meanwhile."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._is_stopping, timeout=seconds)

    def run(self, command: Sequence[str], *, deadline: float) -> Ended:
        """Run a command to its end, at most `deadline` seconds.

        Raises:
            OSError: it cannot be started.
        """
        with self._changed:
            if self._is_stopping:
                return Ended(code=None, by="stop")
            child = self._start(command)
        _log.info("schedule.child pid=%s command=%s", child.pid, shlex.join(command))
        watcher = threading.Thread(target=self._watch, args=(child,), daemon=True)
        watcher.start()
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_stopping or child.returncode is not None, timeout=deadline
            )
            code, by = child.returncode, self._why()
        if code is None:
            self._end(child)
            watcher.join()
            return Ended(code=child.returncode, by=by)
        _signal_group(child.pid, signal.SIGKILL)  # nothing that it left behind outlives the run
        return Ended(code=code)

    def _why(self) -> EndedBy:
        return "stop" if self._is_stopping else "deadline"

    def _watch(self, child: Child) -> None:
        child.wait()
        with self._changed:
            self._changed.notify_all()

    def _end(self, child: Child) -> None:
        """Ask the whole group to end, then make it."""
        _signal_group(child.pid, signal.SIGTERM)
        for _ in range(max(1, round(self._patience / _LOOK))):
            if not _signal_group(child.pid, 0):
                return
            self._sleep(_LOOK)
        _signal_group(child.pid, signal.SIGKILL)


def _signal_group(leader: int, number: int) -> bool:
    """Signal a group (0 only asks); whether anybody is there."""
    with suppress(ProcessLookupError, PermissionError):
        # macOS answers EPERM for a group of which only a corpse is left.
        os.killpg(leader, number)
        return True
    return False


def _signal_name(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"
