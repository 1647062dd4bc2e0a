"""A machine without a history takes it from the branch before it begins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.history import History
from pipeline.model import Artifact
from pipeline.publish import past
from pipeline.publish.branch import opened
from pipeline.publish.operations import is_artifact, is_history
from pipeline.publish.owner import check_owner
from pipeline.publish.target import resolve
from pipeline.writers import save
from pipeline.writers.acadhomepage import DATA


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken from the branch."""

    commit: str | None
    """The branch's commit; `None`: there is no such branch yet."""
    runs: int
    """Runs of the history that were taken."""
    outputs: tuple[str, ...]
    """Outputs that were missing here."""
    problems: tuple[str, ...]
    """What is damaged in the branch's history, and what becomes of it."""


def take_history(
    config: Config, *, base: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Taken | None:
    """Takes history and ids from `publish.repository`, if there is no history here.

    Args:
        config: where everything lies.
        base: folder whose git settings hold for an address; the working directory by default.
        environ: the environment.

    Returns:
        `None` when nothing had to be asked: no repository is configured, or a history is here.

    Raises:
        PublishRefused: the branch cannot be reached, or holds another person's figures.
        ConfigError: the environment's token is none.
        StorageError: nothing of the branch's history can be read, or the disk refuses; `Locked`
            while another run holds the history.
    """
    history = History(config.history_path)
    if config.publish.repository is None or history.files():
        return None
    target = resolve(config, base=base or Path.cwd(), environ=environ)
    with opened(target, environ=environ) as branch:
        tip = branch.tip()
        pages = [p for p in tip.files if is_artifact(p) and p.rpartition("/")[2] == DATA]
        theirs = branch.read(tip, pages)
        check_owner(config, theirs.get(DATA), branch=target.branch)
        has_history = any(map(is_history, tip.files))
        runs = past.absorb(history, branch, tip) if has_history else 0
    missing = [p for p in sorted(theirs) if not (config.output / p).exists()]
    saved = save((Artifact(path=p, data=theirs[p]) for p in missing), config.output)
    problems = tuple(f"{p.path}: {p.what}" for p in history.problems)
    return Taken(commit=tip.commit, runs=runs, outputs=saved.written, problems=problems)
