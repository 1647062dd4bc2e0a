"""What publishing changes on the branch, as values: computed from both sides, nothing touched.

Files of others stay, and so do files of ours that are no longer made: a page may show them. Only
a file of the history goes, when what it held lies in another one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.errors import PublishRefused
from pipeline.history.manifest import COPY, NAME, SUMMARY, is_ours

HISTORY = "history/"

_SLUG = r"[a-z0-9_][a-z0-9._-]*"
_SET = r"gs_data(?:_[a-z0-9_]+)?\.json|citations\.yml|metrics\.json|works\.(?:csv|parquet|bib)"
_ARTIFACT = re.compile(
    rf"run\.json|scholar-metrics\.js|(?:(?:authors|groups)/{_SLUG}/)?(?:{_SET})"
    rf"|badges/{_SLUG}/(?:papers/|repositories/)?{_SLUG}\.(?:json|svg)"
    rf"|report/{_SLUG}\.html|report/charts/{_SLUG}\.(?:json|svg)"
)
_TRAIL = frozenset({"run.json", *(HISTORY + name for name in (NAME, COPY, SUMMARY))})
"""Files that every run writes, also one with nothing new."""


class Kind(StrEnum):
    """What happens to a path."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One path of the branch."""

    kind: Kind
    path: str
    """Relative to the root of the branch."""
    data: bytes = field(default=b"", repr=False)
    """The new content; nothing when it is removed."""


def is_artifact(path: str) -> bool:
    """Whether the catalogue of artifacts has this path."""
    return _ARTIFACT.fullmatch(path) is not None


def is_history(path: str) -> bool:
    """Whether a file of the history lies there on the branch."""
    name = path.removeprefix(HISTORY)
    return name != path and (name in (NAME, COPY) or is_ours(name))


def is_publishable(path: str) -> bool:
    """Whether this path may be written on the branch: nothing else ever leaves the machine."""
    return is_artifact(path) or is_history(path)


def compute_operations(
    ours: Mapping[str, bytes], theirs: Mapping[str, str], *, superseded: Collection[str] = ()
) -> tuple[Operation, ...]:
    """What leads from the branch's files to the union with ours, sorted by path.

    Args:
        ours: content by path.
        theirs: git's id of the content by path, for every file of the branch.
        superseded: paths of the branch's history whose rows lie in other files of ours.

    Raises:
        PublishRefused: a path is none of ours, or stands in the way of somebody's file.
    """
    for path in ours:
        if not is_publishable(path):
            raise PublishRefused(f"refused to publish {path!r}: it is no artifact; report it")
    _check_room(ours, theirs)
    found = [
        Operation(kind=Kind.CHANGE if path in theirs else Kind.ADD, path=path, data=data)
        for path, data in ours.items()
        if not is_same(data, theirs.get(path))
    ]
    found += [
        Operation(kind=Kind.REMOVE, path=path)
        for path in superseded
        if path in theirs and path not in ours and is_history(path)
    ]
    return tuple(sorted(found, key=lambda o: o.path))


def is_material(operation: Operation) -> bool:
    """Whether it is news; the trace that every run leaves is none."""
    return operation.path not in _TRAIL and not operation.path.startswith(HISTORY + "runs/")


def is_same(data: bytes, blob: str | None) -> bool:
    """Whether git would give this content that id."""
    if not blob:
        return False
    hashed = hashlib.new("sha256" if len(blob) == 64 else "sha1", usedforsecurity=False)  # noqa: PLR2004  SHA-256 repositories have 64 digits
    hashed.update(b"blob %d\0" % len(data) + data)
    return hashed.hexdigest() == blob


def _check_room(ours: Mapping[str, bytes], theirs: Mapping[str, str]) -> None:
    """No file of ours may replace a folder of the branch, nor a folder a file."""
    folders = {"/".join(p.split("/")[:n]) for p in theirs for n in range(1, p.count("/") + 1)}
    for path in ours:
        above = ["/".join(path.split("/")[:n]) for n in range(1, path.count("/") + 1)]
        taken = [path] if path in folders else [a for a in above if a in theirs]
        if taken:
            raise PublishRefused(
                f"the branch has something else in the place of {taken[0]}: remove it there, or "
                "publish with --branch OTHER"
            )
