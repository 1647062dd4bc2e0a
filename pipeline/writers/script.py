"""`scholar-metrics.js`: fills the numbers into a page that has no script of its own for it.

The file is the one in `assets`, byte for byte; what it reads is `gs_data.json` beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.model import Artifact, Snapshot
from pipeline.writers import Previous
from pipeline.writers.shown import shown

FILE = "scholar-metrics.js"

_ASSET = Path(__file__).with_name("assets") / FILE


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:  # noqa: ARG001 - a writer's signature
    """The script, once there is a number that it can show."""
    if any(shown(author) for author in snapshot.authors):
        yield Artifact(path=FILE, data=_ASSET.read_bytes())
