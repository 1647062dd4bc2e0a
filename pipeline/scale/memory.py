"""How much memory there is: the least of what the machine, its container and its limits leave."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.errors import ConfigError

_ROW_BYTES = 8
_BESIDE = 300 << 20
"""The program, what is read ahead, and what is written."""
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_CGROUPS = Path("/sys/fs/cgroup")


def in_one_pass(rows: int, *, memory: int | None) -> bool:
    """Whether so many rows fit, at 8 bytes each, into `memory` or half of what is free."""
    room = free() // 2 if memory is None else memory - _BESIDE
    return rows * _ROW_BYTES <= room


def size(text: str) -> int:
    """Bytes of `500M`, `2G` or `2GiB`.

    Raises:
        ConfigError: it is no size.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", text.strip().lower())
    if not found:
        raise ConfigError(f"--memory {text}: not a size; write 500M or 2G")
    return int(float(found[1]) * _UNITS[found[2]])


def free() -> int:
    """Bytes that this process may still take."""
    return max(min(_rooms(), default=1 << 30), 0)


def _rooms() -> Iterator[int]:
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        line = next(line for line in lines if line.startswith("MemAvailable:"))
        yield int(line.split()[1]) << 10
    yield from _container()
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        most_bytes = resource.getrlimit(limit)[0]
        if most_bytes != resource.RLIM_INFINITY:
            yield most_bytes


def _container() -> Iterator[int]:
    """What the control groups above this process leave, pages of files not counted (cgroups(7))."""
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers not in ("", "memory"):
                continue
            root = _CGROUPS / controllers
            most, held = (
                ("memory.limit_in_bytes", "total_rss") if controllers else ("memory.max", "anon")
            )
            own = root / path.strip("/")
            for folder in (own, *own.parents):
                if folder != root and root not in folder.parents:
                    break
                with suppress(OSError, ValueError, KeyError):
                    stat = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
                    used = dict(each.split() for each in stat)[held]
                    yield int((folder / most).read_text(encoding="ascii")) - int(used)
