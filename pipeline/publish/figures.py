"""What a publication says in words: figures before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.writers.acadhomepage import BADGE, DATA
from pipeline.writers.formatting import clean, cut

_WORDS = {"citedby": "citations", "hindex": "h-index", "i10index": "i10-index"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A badge that will say something else."""

    path: str
    label: str
    old: str | None
    """Its message on the branch; `None` when it is not there yet."""
    new: str


def document(data: bytes | None) -> dict[str, Any]:
    """A JSON object; an empty one for everything else."""
    try:
        found = json.loads(data or b"")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_badge(path: str) -> bool:
    """Whether a path holds a badge's message."""
    is_index = path.endswith("/index.json")
    return path == BADGE or (path.startswith("badges/") and path.endswith(".json") and not is_index)


def changed(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> tuple[Changed, ...]:
    """Every badge whose message differs, by path.

    Args:
        ours: what is to be published.
        theirs: what the branch has at those paths.
    """
    return tuple(_changed(ours, theirs))


def message(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> str:
    """What changed, for the commit: `citations 405 -> 410, h-index 9`."""
    new, old = document(ours.get(DATA, theirs.get(DATA))), document(theirs.get(DATA))
    said = []
    for key, word in _WORDS.items():
        now, before = new.get(key), old.get(key)
        if type(now) is not int:
            continue
        moved = type(before) is int and before != now
        said.append(f"{word} {before} -> {now}" if moved else f"{word} {now}")
    return ", ".join(said) or "Results of a run"


def _changed(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> Iterator[Changed]:
    for path in sorted(filter(is_badge, ours)):
        new, old = document(ours[path]), document(theirs.get(path))
        said = new.get("message")
        if isinstance(said, str) and said != old.get("message"):
            before = old.get("message")
            yield Changed(
                path=path,
                label=clean(str(new.get("label", ""))),
                old=cut(clean(before)) if isinstance(before, str) else None,
                new=clean(said),
            )
