"""Handles of the folders below one root: reached without following a link, kept while in use.

What a killed run left half written is swept once from every folder that is come to.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER = _ROOT | os.O_NOFOLLOW
_LEFT_OVER = re.compile(r"\..+\.(\d+)\.part")


class Folders:
    """One way down from the root: the handles of a folder and of those above it.

    Args:
        root: made with its parents at the first use; it may be a link itself.
    """

    def __init__(self, root: Path) -> None:
        self.touched: set[str] = set()
        """Folders in which a name is new: they are to be synced."""
        self._root = root
        self._names: list[str] = []
        self._handles: list[int] = []
        self._folder: str | None = None
        self._swept: set[str] = set()

    def root(self) -> int:
        """Handle of the root."""
        if not self._handles:
            self._root.mkdir(parents=True, exist_ok=True)
            self._handles.append(os.open(self._root, _ROOT))
        return self._handles[0]

    def at(self, folder: str) -> int:
        """Handle of a folder below the root ("" is the root), made where it is missing.

        It is good until the next call.
        """
        if folder != self._folder:
            self.root()
            self._folder = None
            self._go(folder.split("/") if folder else [])
            self._folder = folder
        return self._handles[-1]

    def is_swept(self, folder: str) -> bool:
        """Whether a folder was swept, or found as it was left, since this was made."""
        return folder in self._swept

    def hold_swept(self, folder: str) -> None:
        """Nothing is left half written in this folder."""
        self._swept.add(folder)

    def sweep(self, folder: str) -> None:
        """Removes what a killed run left half written, once; a living one's is left alone."""
        if folder in self._swept:
            return
        handle = self.at(folder)
        for name in os.listdir(handle):  # noqa: PTH208 - pathlib has no handles
            found = _LEFT_OVER.fullmatch(name)
            if found and not is_alive(int(found[1])):
                with contextlib.suppress(OSError):
                    os.unlink(name, dir_fd=handle)
        self._swept.add(folder)

    def close(self) -> None:
        """Lets go of every handle."""
        while self._handles:
            os.close(self._handles.pop())
        self._names.clear()
        self._folder = None

    def _go(self, names: list[str]) -> None:
        same = 0
        while same < min(len(names), len(self._names)) and names[same] == self._names[same]:
            same += 1
        while len(self._names) > same:
            self._names.pop()
            os.close(self._handles.pop())
        for name in names[same:]:
            self._handles.append(self._below(name))
            self._names.append(name)

    def _below(self, name: str) -> int:
        above = self._handles[-1]
        try:
            return os.open(name, _FOLDER, dir_fd=above)
        except FileNotFoundError:
            os.mkdir(name, dir_fd=above)
            self.touched.add("/".join(self._names))
            return os.open(name, _FOLDER, dir_fd=above)


def is_alive(pid: int) -> bool:
    """Whether another process has this id; our own is a former one's, as containers reuse ids."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
