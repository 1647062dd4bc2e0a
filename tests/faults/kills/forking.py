"""One run, forked again and again on its way: each fork goes on to meet a fault of its own.

Most of a refresh is thinking, and the disk is touched hundreds of times: so the run waits before
each file that it begins, and a fork of it is struck there or a little later. Whatever the fork
did to the home is then looked at and undone, and the run goes on to the next file.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from interposer import HOLDER, UNFINISHED, Strike
from scenes import LIMIT, Child, Run, Stage, in_child, refresh_here

Struck = tuple[Strike, Path, dict[str, Any]]
"""How it was struck, the home as that left it, and what the run said or `{"signal": 9}`."""


def struck(
    stage: Stage, start: Path, run: Run, strikes: list[Strike], stops: list[int]
) -> Iterator[Struck]:
    """What each strike leaves of a home; the caller removes what it was given.

    Args:
        stage: makes homes.
        start: the home before the run; it stays as it is.
        run: what is run.
        strikes: by rising `at`.
        stops: operations at which the run waits, rising; what comes before is run from the start.
    """
    for strike in strikes:
        if strike.at < stops[0]:
            home = stage.home(start)
            yield strike, home, _from_the_start(home, run, strike)
    home = stage.home(start)
    waiting = Waiting(home, run, stops)
    for number, stop in enumerate(stops):
        waiting.arrive()
        until = stops[number + 1] if number + 1 < len(stops) else None
        kept = stage.home(home)
        for strike in strikes:
            if stop <= strike.at and (until is None or strike.at < until):
                done = waiting.fork(strike)
                left = stage.home(home)
                waiting.own_up(left)
                yield strike, left, done
                restore(home, kept)
        waiting.go_on()
    waiting.end()


def _from_the_start(home: Path, run: Run, strike: Strike) -> dict[str, Any]:
    return in_child(lambda: refresh_here(home, run, lambda _number, _where: strike))


class Waiting:
    """A run in a process of its own, which waits at every stop to be forked or to go on."""

    def __init__(self, home: Path, run: Run, stops: list[int]) -> None:
        ours, self._told = os.pipe()
        self._heard, theirs = os.pipe()
        waits, mine = set(stops), [self._told, self._heard]
        real_read, real_write, real_fork, real_wait = os.read, os.write, os.fork, os.waitpid
        real_close = os.close

        def between(number: int, _where: str) -> Strike | None:
            if number not in waits:
                return None
            while mine:  # the other side's: an end of it must be heard
                real_close(mine.pop())
            real_write(theirs, b"%08d" % number)
            while True:
                asked = json.loads(_frame(real_read, ours))
                if asked is None:
                    return None
                pid = real_fork()
                if not pid:
                    waits.clear()
                    signal.alarm(LIMIT)
                    return Strike(**asked)
                _, status = real_wait(pid, 0)
                real_write(theirs, b"%08d%08d" % (status, pid))

        self._child = Child(lambda: refresh_here(home, run, between))
        os.close(ours)
        os.close(theirs)

    def arrive(self) -> None:
        """Waits until it is at its next stop."""
        self._hear()

    def fork(self, strike: Strike) -> dict[str, Any]:
        """What becomes of a fork that meets it."""
        asked = {"at": strike.at, "how": strike.how, "error": strike.error}
        self._tell(json.dumps(asked))
        status, self.forked = self._hear(), self._hear()
        if os.WIFSIGNALED(status):
            return {"signal": os.WTERMSIG(status)}
        found: dict[str, Any] = json.loads(self._child.line())
        return found

    def own_up(self, home: Path) -> None:
        """What the fork left under the name of the one that waits and lives, gets its own name."""
        for path in home.rglob(f".*.{self._child.pid}.part"):
            path.rename(path.with_name(path.name.replace(f"{self._child.pid}", f"{self.forked}")))

    def go_on(self) -> None:
        """To the next stop."""
        self._tell("null")

    def end(self) -> None:
        """After the last stop: the run ends as if nothing had been."""
        done = json.loads(self._child.line())
        os.waitpid(self._child.pid, 0)
        os.close(self._told)
        os.close(self._heard)
        assert "code" in done, done

    def _hear(self) -> int:
        heard = os.read(self._heard, 8)
        if not heard:
            raise AssertionError(f"the run ended before its time: {self._child.line()!r}")
        return int(heard)

    def _tell(self, text: str) -> None:
        os.write(self._told, f"{len(text):08}{text}".encode())


def _frame(read: Callable[[int, int], bytes], handle: int) -> bytes:
    return read(handle, int(read(handle, 8)))


def restore(home: Path, kept: Path) -> None:
    """Makes a home what its copy is, name by name: what both have is the same file."""
    # Thousands of times: with names as text, for paths as objects take half of it.
    for folder, folders, names in os.walk(home, topdown=False):
        other = f"{kept}{folder[len(str(home)) :]}"
        for name in names:
            with suppress(FileNotFoundError):
                if os.path.samefile(f"{folder}/{name}", f"{other}/{name}"):  # noqa: PTH121
                    continue
            os.unlink(f"{folder}/{name}")  # noqa: PTH108
        for name in folders:
            if not os.path.isdir(f"{other}/{name}"):  # noqa: PTH112
                os.rmdir(f"{folder}/{name}")  # noqa: PTH106
    for folder, _, names in os.walk(kept):
        other = f"{home}{folder[len(str(kept)) :]}"
        with suppress(FileExistsError):
            os.mkdir(other)  # noqa: PTH102
        for name in names:
            if not os.path.lexists(f"{other}/{name}"):
                os.link(f"{folder}/{name}", f"{other}/{name}")


def stops(operations: Sequence[tuple[str, str]]) -> list[int]:
    """Where a run may wait: before it begins a file, when it holds the lock and writes no other."""
    return [n for n, (name, where) in enumerate(operations) if name == "open" and _begins(where)]


def _begins(where: str) -> bool:
    return where.endswith(HOLDER) or UNFINISHED.fullmatch(where) is not None
