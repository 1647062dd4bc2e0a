"""The quarantine: what is damaged is moved there and named, never deleted.

Nothing is moved that changed since it was found damaged, nor while another run holds the history.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.errors import Locked, StorageError
from pipeline.history import disk
from pipeline.history.lock import Lock
from pipeline.history.manifest import digest

QUARANTINE = "quarantine/"


class Quarantine:
    """The quarantine of one history.

    Args:
        root: folder of the history.
        lock: taken for each move.
        note: is told the path, and what was found and done.
    """

    def __init__(self, root: Path, lock: Lock, note: Callable[[str, str], None]) -> None:
        self._root = root
        self._lock = lock
        self._note = note

    def take(self, name: str, what: str, sha256: str | None) -> None:
        """Moves what is damaged, if it still is that and we may.

        Args:
            name: its path below the root.
            what: what is wrong with it.
            sha256: of its bytes; `None` for something that is no file.
        """
        source = self._root / name
        target = self._target(f"{name.replace('/', '__')}.{sha256[:8] if sha256 else 'odd'}")
        try:
            with self._lock.hold():
                if _is_still(source, sha256):
                    target.parent.mkdir(exist_ok=True)
                    source.replace(target)
        except Locked:
            self._note(name, f"{what}; it stays where it is while another run holds the history")
        except (OSError, StorageError) as error:
            self._note(name, f"{what}; it could not be set aside: {error}")
        else:
            self._note(name, f"{what}; set aside as {QUARANTINE}{target.name}")

    def take_odd(self, name: str) -> bool:
        """Moves what is no file from where one belongs; says whether there was such a thing."""
        if not disk.is_odd(self._root / name):
            return False
        self.take(name, "no file lies in its place, but something else", None)
        return True

    def _target(self, name: str) -> Path:
        """A name that nothing else has: what is no file cannot be renamed over another."""
        target, number = self._root / QUARANTINE / name, 1
        while disk.is_odd(target):
            number += 1
            target = target.with_name(f"{name}{number}")
        return target


def _is_still(source: Path, sha256: str | None) -> bool:
    if sha256 is None:
        return disk.is_odd(source)
    data = disk.read(source)
    return data is not None and digest(data) == sha256
