"""The folder of kept pages: bounded, and never a reason for a run to fail.

    pages/PROVIDER/KEY.page                pages with a validator, for conditional requests
    unfinished/PROVIDER/AUTHOR-KEY.page    pages of runs that have not ended, for the next one

A disk that refuses costs the keeping, not the run. Files are renamed into place and not synced:
what a crash leaves half written fails its checksum, and is fetched anew. One run uses a folder at
a time: whoever holds the history holds this too.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import stat
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from spiders.cache.entry import MAX_BODY, MAX_HEAD, Damaged, Entry, dump, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

log = logging.getLogger(__name__)

MAX_PAGES = 200 * 1024 * 1024
"""Bytes of pages with validators; beyond, those go that were confirmed longest ago."""
MAX_UNFINISHED = 1024 * 1024 * 1024
"""Bytes of pages of one run; beyond, no more are kept, and a stop costs them."""
RESUME_WITHIN = 24 * 3600.0
"""Seconds for which a page of a stopped run is as good as a new one."""
_PAGES, _UNFINISHED = "pages", "unfinished"
_LARGEST = MAX_HEAD + MAX_BODY + MAX_BODY // 100 + 1024
_MARKS = {
    ".gitignore": "*\n",
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# Pages that scholar-metrics keeps: may be removed at any time.\n",
}


class Store:
    """The pages below one folder."""

    def __init__(self, root: Path, *, writes: bool = True) -> None:
        self.root = root
        self._writes = writes
        self._used: int | None = None
        """Bytes of unfinished pages, once they were counted."""
        self._made: set[Path] = set()
        """Folders that are there."""

    def page(self, provider: str, *, key: str, url: str) -> Entry | None:
        """A page that can be asked for on condition."""
        return self._load(self._page(provider, key), provider=provider, key=key, url=url)

    def unfinished(self, provider: str, author: str, *, key: str, url: str) -> Entry | None:
        """A page that a stopped run has fetched for an author."""
        path = self._unfinished(provider, author, key)
        return self._load(path, provider=provider, key=key, url=url)

    def keep(self, entry: Entry, *, author: str) -> None:
        """Keep a page until its run ends."""
        if not self._writes:
            return
        data = dump(entry)
        if self._used is None:
            self._used = sum(size for _, size, _ in self._files(self.root / _UNFINISHED))
        if self._used + len(data) > MAX_UNFINISHED:
            return
        try:
            self._write(self._unfinished(entry.provider, author, entry.key), data)
            self._used += len(data)
        except OSError as error:
            self._writes = False
            log.warning("cache off why=%s", error.strerror or error)

    def forget(self, provider: str, author: str) -> None:
        """An author is read from the start: nothing of a stopped run is served any more."""
        if self._writes:
            beginning = f"{named(author)}-"
            found = self._files(self.root / _UNFINISHED / provider)
            _remove(path for path, _, _ in found if path.name.startswith(beginning))

    def finish(self, ended: Iterable[tuple[str, str]]) -> None:
        """The run has ended for authors: their pages with validators stay, the others go.

        Args:
            ended: Provider and author key of each.
        """
        if not self._writes:
            return
        authors = {(provider, named(author)) for provider, author in ended}
        for path, _, _ in [*self._files(self.root / _UNFINISHED)]:
            author, _, key = path.stem.partition("-")
            if (path.parent.name, author) not in authors:
                continue
            try:
                if _has_validator(path):
                    target = self._page(path.parent.name, key)
                    self._refuse_links(target)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    path.replace(target)
                else:
                    path.unlink(missing_ok=True)
            except OSError as error:
                log.warning("cache off why=%s", error.strerror or error)
                return

    def prune(self, *, now: float) -> None:
        """Hold the folder to its bounds, and leave no empty folders behind.

        Args:
            now: POSIX time, which files are dated by.
        """
        if not self._writes or not self.root.is_dir():
            return
        stale = now - RESUME_WITHIN
        _remove(p for p, _, at in self._files(self.root / _UNFINISHED) if at < stale)
        found = sorted(self._files(self.root / _PAGES), key=lambda f: (f[2], f[0]), reverse=True)
        used = 0
        for path, size, _ in found:
            used += size
            if used > MAX_PAGES:
                _remove([path])
        for folder, _, _ in os.walk(self.root, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()
        if self.root.is_dir() and {p.name for p in self.root.iterdir()} <= _MARKS.keys():
            _remove(self.root / name for name in _MARKS)
            with suppress(OSError):
                self.root.rmdir()

    def count(self, *, now: float) -> Counter[tuple[str, str]]:
        """How many pages of a stopped run are there, and new enough, by provider and name.

        `named` gives the name of an author.
        """
        found = self._files(self.root / _UNFINISHED)
        return Counter(
            (path.parent.name, path.stem.partition("-")[0])
            for path, _, at in found
            if now - at < RESUME_WITHIN
        )

    def _page(self, provider: str, key: str) -> Path:
        return self.root / _PAGES / provider / f"{key}.page"

    def _unfinished(self, provider: str, author: str, key: str) -> Path:
        return self.root / _UNFINISHED / provider / f"{named(author)}-{key}.page"

    def _load(self, path: Path, *, provider: str, key: str, url: str) -> Entry | None:
        try:
            self._refuse_links(path)
            data = _read(path)
            entry = load(data, key=key, provider=provider, url=url)
            entry.body()
        except FileNotFoundError:
            return None
        except (OSError, Damaged) as error:
            log.info("cache dropped page=%s why=%s", path.name, error)
            if self._writes:
                _remove([path])
            return None
        return entry

    def _write(self, path: Path, data: bytes) -> None:
        if path.parent not in self._made:
            self._refuse_links(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            for name, text in _MARKS.items():
                (self.root / name).write_text(text)
            self._made.add(path.parent)
        beside = path.with_suffix(".tmp")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK
            with os.fdopen(os.open(beside, flags, 0o600), "wb") as file:
                file.write(data)
            beside.replace(path)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise

    def _files(self, folder: Path) -> Iterator[tuple[Path, int, float]]:
        """Path, bytes and time of every file below a folder; links are not followed."""
        with suppress(OSError):
            self._refuse_links(folder / "x")
            for where, _, names in os.walk(folder):
                for name in names:
                    path = Path(where) / name
                    with suppress(OSError):
                        found = path.lstat()
                        yield path, found.st_size, found.st_mtime

    def _refuse_links(self, path: Path) -> None:
        """A link in the place of a folder below the root leads out of it; the root may be one."""
        for folder in path.parents:
            if folder == self.root:
                return
            if folder.is_symlink():
                raise OSError(errno.ELOOP, "a link lies in the place of a folder", str(folder))


def named(author: str) -> str:
    """An author's key as part of a file's name: it may be longer than such a name can be."""
    return hashlib.sha256(author.encode()).hexdigest()[:16]


def _read(path: Path) -> bytes:
    """A file's bytes; nothing is followed, waited for, or read beyond the largest page."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            raise OSError("no page of ours")
        return file.read(_LARGEST)


def _has_validator(path: Path) -> bool:
    """Whether the first line names one; the checksum is looked at when the page is used."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as file:
        line = file.readline(MAX_HEAD + 1).lower()
    return b'["etag", ' in line or b'["last-modified", ' in line


def _remove(paths: Iterable[Path]) -> None:
    for path in [*paths]:
        with suppress(OSError):
            path.unlink(missing_ok=True)
