"""Snapshot in, artifacts out: every file that a run leaves, as values.

Writers are pure: the same snapshot (and the same earlier files) gives the same bytes. Only
`pipeline.writers.save` touches the output folder. Adding a consumer adds a module and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TypeAlias

from pipeline.errors import ConfigError
from pipeline.model import Artifact, Snapshot
from pipeline.writers.run_json import run_document, save_run
from pipeline.writers.save import Saved, save

__all__ = ["WRITERS", "Previous", "Saved", "Writer", "run_document", "save", "save_run", "write"]

Previous: TypeAlias = Callable[[str], bytes | None]
"""Content of an earlier artifact by path, `None` when there is none."""
Writer: TypeAlias = Callable[[Snapshot, Previous], Iterator[Artifact]]

WRITERS: Mapping[str, str] = MappingProxyType(
    {
        "acadhomepage": "pipeline.writers.acadhomepage:artifacts",
        "scholarbot": "pipeline.writers.scholarbot:artifacts",
        "badges": "pipeline.writers.badges:artifacts",
        "svg": "pipeline.writers.svg:artifacts",
        "alfolio": "pipeline.writers.alfolio:artifacts",
        "metrics_json": "pipeline.writers.metrics_json:artifacts",
        "works": "pipeline.writers.works:artifacts",
        "bibtex": "pipeline.writers.bibtex:artifacts",
        "report": "pipeline.writers.report:artifacts",
        "script": "pipeline.writers.script:artifacts",
    }
)
"""Every writer by name, as `module:function`; imported when it is used."""


def write(
    snapshot: Snapshot,
    *,
    previous: Previous = lambda path: None,  # noqa: ARG005 - nothing earlier
) -> Iterator[Artifact]:
    """Every artifact of a snapshot, writer by writer; no path comes twice.

    Args:
        snapshot: What is known.
        previous: Reads an earlier artifact: ids that a homepage names stay in `gs_data.json`.

    Raises:
        ConfigError: Two authors have the same key.
    """
    seen: set[str] = set()
    earlier = _first_read(previous)
    for target in WRITERS.values():
        for artifact in writer(target)(snapshot, earlier):
            if artifact.path in seen:
                raise ConfigError(
                    f"two authors would share {artifact.path}: give each [[authors]] its own key"
                )
            seen.add(artifact.path)
            yield artifact


def _first_read(previous: Previous) -> Previous:
    """Keeps root files as first read: they may be replaced while artifacts are still made."""
    kept: dict[str, bytes | None] = {}

    def read(path: str) -> bytes | None:
        if "/" in path:
            return previous(path)
        if path not in kept:
            kept[path] = previous(path)
        return kept[path]

    return read


def writer(target: str) -> Writer:
    """The function that `module:function` names."""
    module, _, function = target.partition(":")
    found: Writer = getattr(import_module(module), function)
    return found
