"""Every operation that changes what lies below a folder, counted, and one of them struck.

It stands where Python meets the kernel: `os` for calls on names and handles, and a raw file below
`io`'s buffers, so that each write counts that really goes to the kernel. What it counts is compared
with the interpreter's own audit events and with `strace` in `test_points.py`.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import re
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ONE_NAME = ("mkdir", "unlink", "remove", "rmdir", "truncate")
TWO_NAMES = ("rename", "replace", "link", "symlink")
AUDITED = frozenset({"os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.rename", "os.link"})
BY_HANDLE = ("fsync", "fdatasync", "ftruncate")
UNFINISHED = re.compile(r"(?:.*/)?\.[^/]+?(?:\.\d+\.part|\.tmp)")
HOLDER = ".holder.json"
"""Names of files that are not finished, and of the note for people who holds a lock."""
ERRORS = {
    "open": (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT),
    "write": (errno.ENOSPC, errno.EIO, errno.EDQUOT),
    "fsync": (errno.EIO, errno.ENOSPC),
    "mkdir": (errno.ENOSPC, errno.EROFS),
    "replace": (errno.ENOSPC, errno.EIO),
}
"""What a disk says to each operation; others are refused as on a read-only disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """What happens at operation `at`, counted from 0.

    `kill`: SIGKILL before it. `half`: SIGKILL when half of the bytes are written. `once`: this
    operation fails. `full`: from here on nothing new fits: a first write is cut short. `readonly`:
    from here on nothing can be changed.
    """

    at: int = -1
    how: str = "none"
    error: int = 0
    """Number of the error of `once`."""


class Disk:
    """The operations of this process below `root`, once `watch` was called."""

    def __init__(
        self, root: Path, strike: Strike, between: Callable[[int, str], Strike | None]
    ) -> None:
        self.operations: list[tuple[str, str]] = []
        """Name and path below the root of each."""
        self.audited: list[tuple[str, str]] = []
        """What the interpreter reports of names: `open`, `os.rename`, ..."""
        self.peeped: list[str] = []
        """Unfinished files that were opened for reading: nobody should."""
        self.is_opening = False
        """Whether `open` is on its way through here, which reports the same open twice."""
        self.struck = 0
        """How many operations were made to fail."""
        self._root = str(root)
        self._strike = strike
        self._between = between
        self._real: dict[str, Any] = {}

    def watch(self) -> None:
        """From now on, until the process ends."""
        names = ("open", "write", *ONE_NAME, *TWO_NAMES, *BY_HANDLE)
        self._real = {name: getattr(os, name) for name in names}
        os.open, os.write = self._open, self._write
        for name in ONE_NAME:
            setattr(os, name, self._on_name(name))
        for name in TWO_NAMES:
            setattr(os, name, self._on_names(name))
        for name in BY_HANDLE:
            setattr(os, name, self._on_handle(name))
        for name in ("pwrite", "writev", "pwritev", "sendfile", "copy_file_range"):
            setattr(os, name, self._unforeseen(name))
        self._file = io.open
        io.open = builtins.open = self._file_open
        sys.addaudithook(self._audit)

    def told(self) -> dict[str, Any]:
        """What it counted, as JSON has it."""
        return {
            "operations": self.operations,
            "audited": self.audited,
            "struck": self.struck,
            "peeped": self.peeped,
        }

    def _open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & WRITING and (where := self._below(path, dir_fd)):
            self._count("open", where)
        return self._real["open"](path, flags, mode, dir_fd=dir_fd)

    def _write(self, handle: int, data: Any) -> int:
        if where := self._below_handle(handle):
            self._ask(len(self.operations), where)
            view = memoryview(data).cast("B")
            half = view[: len(view) // 2]
            if self._is_now("half"):
                self._real["write"](handle, half)
                os.kill(os.getpid(), signal.SIGKILL)
            if self._is_now("full") and len(half):
                self.operations.append(("write", where))
                self.struck += 1
                return self._real["write"](handle, half)
            self._count("write", where)
        return self._real["write"](handle, data)

    def _on_name(self, name: str) -> Any:
        def call(path: Any, *args: Any, dir_fd: int | None = None, **more: Any) -> Any:
            if where := self._below(path, dir_fd):
                self._count(name, where)
            more |= {} if dir_fd is None else {"dir_fd": dir_fd}
            return self._real[name](path, *args, **more)

        return call

    def _on_names(self, name: str) -> Any:
        def call(source: Any, target: Any, *args: Any, **more: Any) -> Any:
            if where := self._below(target, more.get("dst_dir_fd")):
                self._count(name, where)
            return self._real[name](source, target, *args, **more)

        return call

    def _on_handle(self, name: str) -> Any:
        def call(handle: int, *args: Any) -> Any:
            if where := self._below_handle(handle):
                self._count(name, where)
            return self._real[name](handle, *args)

        return call

    def _unforeseen(self, name: str) -> Any:
        def call(*_: Any) -> Any:
            raise AssertionError(f"os.{name} is used: count it, too")

        return call

    def _file_open(self, file: Any, mode: str = "r", buffering: int = -1, *args: Any, **more: Any):
        where = self._below_handle(file) if isinstance(file, int) else self._below(file, None)
        if not where or not set(mode) & set("wax+"):
            return self._file(file, mode, buffering, *args, **more)
        how = {name: more.pop(name) for name in ("closefd", "opener") if name in more}
        raw = _Counted(file, mode.replace("b", "").replace("t", ""), self, how)
        if "+" in mode:
            raise AssertionError("a file is opened for reading and writing: count that, too")
        buffered = io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, *args, **more)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        is_open = event == "open" and isinstance(args[2], int) and args[2] & WRITING
        is_name = isinstance(args[0], str | bytes) if args else False
        if event == "open" and is_name and not is_open and _is_private(os.fsdecode(args[0])):
            self.peeped.append(os.fsdecode(args[0]))
        is_ours = is_open and args[1] is not None and self.is_opening
        if (is_open and not is_ours) or event in AUDITED:
            name = os.fsdecode(args[0])
            if not name.startswith("/") or self._relative(name) is not None:
                self.audited.append((event, name.rpartition("/")[2]))

    def _count(self, name: str, where: str) -> None:
        number = len(self.operations)
        if name != "write":
            self._ask(number, where)
        self.operations.append((name, where))
        strike = self._strike
        if number == strike.at and strike.how in ("kill", "half"):
            os.kill(os.getpid(), signal.SIGKILL)
        if number == strike.at and strike.how == "once":
            self._refuse(strike.error, where)
        if strike.how == "full" and number >= strike.at and name in ("open", "write", "mkdir"):
            self._refuse(errno.ENOSPC, where)
        if strike.how == "readonly" and number >= strike.at:
            is_open_file = name in ("write", "fsync", "fdatasync")
            self._refuse(errno.EIO if is_open_file else errno.EROFS, where)

    def _ask(self, number: int, where: str) -> None:
        self._strike = self._between(number, where) or self._strike

    def _refuse(self, number: int, where: str) -> None:
        self.struck += 1
        raise OSError(number, os.strerror(number), where)

    def _is_now(self, how: str) -> bool:
        return self._strike.how == how and len(self.operations) == self._strike.at

    def _below(self, path: Any, folder: int | None) -> str | None:
        name = os.fsdecode(path)
        if not name.startswith("/"):
            above = str(Path.cwd()) if folder is None else _name_of(folder)
            name = f"{above}/{name}"
        return self._relative(name)

    def _below_handle(self, handle: int) -> str | None:
        return self._relative(_name_of(handle))

    def _relative(self, name: str) -> str | None:
        if name == self._root:
            return "."
        return name[len(self._root) + 1 :] if name.startswith(self._root + "/") else None


class _Counted(io.FileIO):
    """A raw file whose calls to the kernel are counted."""

    def __init__(self, file: Any, mode: str, disk: Disk, how: dict[str, Any]) -> None:
        self._disk = disk
        disk.is_opening = True
        try:
            how.setdefault("opener", lambda path, flags: os.open(path, flags, 0o666))
            super().__init__(file, mode, **how)
        finally:
            disk.is_opening = False

    def write(self, data: Any) -> int:
        return self._disk._write(self.fileno(), data)


def _name_of(handle: int) -> str:
    return os.readlink(f"/proc/self/fd/{handle}")  # noqa: PTH115 - thousands of them


def _is_private(name: str) -> bool:
    return UNFINISHED.fullmatch(name) is not None or name.endswith(HOLDER)
