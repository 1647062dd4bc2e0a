"""What the branch knows and this machine does not: runs of the history, ids of papers.

Two machines that publish to one branch have each a part of the past; neither loses it to the other.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.errors import StorageError
from pipeline.history import History
from pipeline.history import manifest as listing
from pipeline.history.manifest import DATA, NAME, Manifest, Unreadable
from pipeline.publish.branch import Branch, Tip
from pipeline.publish.figures import document
from pipeline.publish.operations import HISTORY, is_history, is_same
from pipeline.writers.acadhomepage import DATA as GS_DATA
from pipeline.writers.acadhomepage import carried
from pipeline.writers.formatting import json_line
from pipeline.writers.names import slug

_MANIFEST = HISTORY + NAME


def lacks(ours: Mapping[str, bytes], tip: Tip) -> bool:
    """Whether the branch's history has files of runs that ours has not."""
    return any(
        is_history(path)
        and DATA.fullmatch(path.removeprefix(HISTORY)) is not None
        and (path not in ours or not is_same(ours[path], blob))
        for path, blob in tip.files.items()
    )


def absorb(history: History, branch: Branch, tip: Tip) -> int:
    """Takes the runs of the branch's history that ours lacks into ours; says how many.

    Raises:
        StorageError: they cannot be taken; `Locked` while a run holds the history.
    """
    with laid_out(branch, tip) as root:
        return history.absorb(root)


@contextmanager
def laid_out(branch: Branch, tip: Tip) -> Iterator[Path]:
    """The branch's history in a folder of its own, for as long as this."""
    with tempfile.TemporaryDirectory(prefix="scholar-metrics-history-") as name:
        root = Path(name)
        for path, data in branch.read(tip, filter(is_history, tip.files)).items():
            place = root / path.removeprefix(HISTORY)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        yield root


def superseded(ours: Mapping[str, bytes], tip: Tip, stored: bytes | None) -> tuple[str, ...]:
    """Files of the branch's history that ours replaces: no row of theirs is missing in ours.

    Args:
        ours: content by path, with our history in it.
        tip: the branch.
        stored: the branch's manifest.
    """
    new, old = _manifest(ours.get(_MANIFEST)), _manifest(stored)
    if new is None or old is None:
        return ()
    if any(_rows(new, kind) < _rows(old, kind) for kind in ("changes", "runs")):
        return ()
    return tuple(path for path in tip.files if is_history(path) and path not in ours)


def with_ids(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Ours, each `gs_data.json` with the ids that the branch's had for the same person."""
    found = dict(ours)
    for path, data in ours.items():
        if path.rpartition("/")[2] != GS_DATA:
            continue
        known = document(data)
        own = f"authors/{slug(str(known.get('author_key')))}/{GS_DATA}"
        added: dict[str, Any] = {}
        for earlier in dict.fromkeys((path, own, GS_DATA)):
            added = carried(known, theirs.get(earlier)) | added
        added = {key: entry for key, entry in added.items() if key not in known["publications"]}
        if added:
            known["publications"] |= added
            found[path] = json_line(known)
    return found


def finished_at(run: bytes | None) -> datetime | None:
    """When the run of a `run.json` ended; `None` when that cannot be told."""
    try:
        found = datetime.fromisoformat(json.loads(run or b"")["finished_at"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return found if found.tzinfo else None


def _manifest(data: bytes | None) -> Manifest | None:
    try:
        return listing.load(data) if data is not None else None
    except (Unreadable, StorageError):
        return None


def _rows(manifest: Manifest, kind: str) -> int:
    return sum(manifest.files[path].rows for path in manifest.of(kind))
