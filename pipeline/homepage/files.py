"""The page's file: read whole, and replaced whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError, StorageError

_LARGEST = 4 * 2**20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One page on the disk."""

    path: Path
    """Where it lies, links followed."""
    is_link: bool
    """Whether it was named by a link."""
    body: bytes
    mode: int
    owner: tuple[int, int]


def read(path: Path) -> File:
    """The page.

    Raises:
        ConfigError: it is missing, no file, no text, or too large.
    """
    try:
        real = path.resolve(strict=True)
        handle = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise ConfigError(f"{path}: is no file; name the page itself")
            body = file.read(_LARGEST + 1)
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path}: cannot be read ({why}); name a page") from None
    if len(body) > _LARGEST:
        raise ConfigError(f"{path}: has more than 4 MB; name a page")
    if b"\0" in body or body.startswith(_UTF16):
        raise ConfigError(f"{path}: is no text, or in UTF-16; name a page, saved as UTF-8")
    return File(
        path=real,
        is_link=path.is_symlink(),
        body=body,
        mode=stat.S_IMODE(about.st_mode),
        owner=(about.st_uid, about.st_gid),
    )


def replace(file: File, body: bytes) -> None:
    """Put other bytes in a page's place, in one step; its mode and owner stay.

    Raises:
        StorageError: it cannot be written, or was changed meanwhile; the earlier file is there.
    """
    part = file.path.with_name(f".{file.path.name}.{os.getpid()}.part")
    try:
        if not file.mode & 0o222:
            raise PermissionError(0, "it is write-protected")
        _write(part, body, file)
        if file.path.read_bytes() != file.body:
            raise StorageError(f"{file.path}: was changed meanwhile, and left alone; run again")
        part.replace(file.path)
    except OSError as error:
        raise StorageError(
            f"{file.path}: cannot be written ({error.strerror or error}); the page is as it was: "
            "mend that and run again"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    with contextlib.suppress(OSError):
        _sync(file.path.parent)


def _write(part: Path, body: bytes, file: File) -> None:
    handle = os.open(
        part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    with os.fdopen(handle, "wb") as out:
        out.write(body)
        out.flush()
        with contextlib.suppress(OSError):
            os.fchown(handle, *file.owner)
        os.fchmod(handle, file.mode)
        os.fsync(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
