"""Artifacts -> file operations -> one fast-forward commit on the data branch.

What is on the branch is merged, never overwritten: files of others, runs of other machines and ids
that a page once named survive. When another writer was first, everything is computed again on what
that one left. Without news there is no commit, but for one a week that shows that we live.
"""

from __future__ import annotations

from pipeline.publish.flow import HEARTBEAT, TRIES, Published, publish
from pipeline.publish.operations import Kind, Operation, compute_operations
from pipeline.publish.taking import Taken, take_history

__all__ = [
    "HEARTBEAT",
    "TRIES",
    "Kind",
    "Operation",
    "Published",
    "Taken",
    "compute_operations",
    "publish",
    "take_history",
]
