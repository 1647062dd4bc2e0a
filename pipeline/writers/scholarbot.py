"""The four badge files that pages made with GH-ScholarBot name; its `gs_data.json` is shared.

An unknown figure leaves its file as it was: there is no 0 for "not said".
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model import Artifact, Snapshot
from pipeline.writers import Previous
from pipeline.writers.acadhomepage import plain_message
from pipeline.writers.endpoint import Endpoint
from pipeline.writers.formatting import json_page
from pipeline.writers.names import places
from pipeline.writers.shown import shown

FILES = {
    "gs_data_total_citation.json": ("citations", "citations"),
    "gs_data_h_index.json": ("h-index", "h_index"),
    "gs_data_i10_index.json": ("i10-index", "i10_index"),
    "gs_data_total_publications.json": ("total-publications", "papers"),
}
"""Label and metric of each file."""


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:  # noqa: ARG001
    """The files whose figures are known, in every folder."""
    for place, author in places(snapshot):
        by = shown(author)
        if by is None:
            continue
        for name, (label, metric) in FILES.items():
            if by.integer(metric) is not None:
                badge = Endpoint(label=label, message=plain_message(by, metric))
                yield Artifact(path=place + name, data=json_page(badge.document()))
