"""The sentence: look at the branch -> merge -> compute -> commit -> push, again if need be."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import PublishRefused
from pipeline.history import History
from pipeline.publish import figures, local, past, urls
from pipeline.publish.branch import Branch, Tip, opened
from pipeline.publish.figures import Changed
from pipeline.publish.operations import (
    HISTORY,
    Operation,
    compute_operations,
    is_artifact,
    is_material,
)
from pipeline.publish.owner import check_owner
from pipeline.publish.target import Target, resolve
from pipeline.writers.acadhomepage import DATA
from pipeline.writers.badges import folder as badges_of

TRIES = 5
"""How often a commit is made anew because another writer was first."""
HEARTBEAT = timedelta(days=7)
"""Age of the branch's last commit at which a run without news is published all the same."""

_RUN = "run.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was, or would be, done."""

    repository: str
    """Address or folder, without a user's name."""
    branch: str
    commit: str | None
    """`None` when nothing was committed."""
    operations: tuple[Operation, ...]
    """Empty when no commit was due."""
    changed: tuple[Changed, ...]
    """Badges that say something else now."""
    urls: Mapping[str, Mapping[str, str]]
    """Where the published files can be read, by path and kind of address."""
    message: str
    """Of the commit."""
    notes: tuple[str, ...] = ()
    """What a person should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merged:
    """Both sides, put together."""

    operations: tuple[Operation, ...]
    changed: tuple[Changed, ...]
    message: str
    notes: tuple[str, ...]


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def publish(
    config: Config,
    *,
    base: Path,
    repo: str | None = None,
    branch: str | None = None,
    dry_run: bool = False,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Published:
    """Put the results on the data branch, in one commit on top of whatever is there.

    Args:
        config: what is published, and where.
        base: folder of the configuration file.
        repo: folder or address, instead of the configured one.
        branch: instead of the configured one.
        dry_run: compute everything and change nothing, here or there.
        environ: the environment, with tokens in it.
        clock: the time, for the commit and the heartbeat.
        sleep: waits between two tries.

    Raises:
        ConfigError: no repository is named and none is around.
        PublishRefused: the branch is not ours, or was not taken; says why, and the way out.
        StorageError: something here cannot be read; `Locked` while a run holds the history.
    """
    target = resolve(config, base=base, environ=environ, repo=repo, branch=branch)
    with opened(target, environ=environ) as data_branch, _history(config, dry_run) as history:
        for number in range(TRIES):
            tip = data_branch.tip()
            merged = _merge(
                config, target, history=history, branch=data_branch, tip=tip, at=clock()
            )
            done = _published(config, target, merged)
            if dry_run or not merged.operations:
                return done
            commit = data_branch.commit(merged.operations, tip, message=merged.message, at=clock())
            if data_branch.push(commit, tip):
                return replace(done, commit=commit)
            sleep((0.2 + secrets.randbelow(1000) / 1000) * 2**number)
    raise PublishRefused(
        f"other writers were first on {target.branch} {TRIES} times: publish again, and let their "
        "schedules differ"
    )


def _merge(
    config: Config, target: Target, *, history: History, branch: Branch, tip: Tip, at: datetime
) -> _Merged:
    """Ours on top of what the branch has."""
    seen = [p for p in tip.files if _is_read(p)]
    theirs = branch.read(tip, seen)
    check_owner(config, theirs.get(DATA), branch=target.branch)
    artifacts, past_files, notes = _ours(config, history, branch=branch, tip=tip)
    if _is_later(theirs.get(_RUN), artifacts.get(_RUN), at=at):
        notes.append(
            "the branch holds a later run than this folder: its figures stay, and the history was "
            "joined; `scholar-metrics refresh`, then publish, to show newer ones"
        )
        artifacts = {p: data for p, data in artifacts.items() if p not in tip.files}
    ours = past.with_ids(artifacts, theirs) | past_files
    stored = theirs.get(f"{HISTORY}manifest.json")
    gone = past.superseded(ours, tip, stored)
    operations = compute_operations(ours, tip.files, superseded=gone)
    if not any(map(is_material, operations)) and not _is_due(tip, at):
        operations = ()
    return _Merged(
        operations=operations,
        changed=figures.changed(ours, theirs) if operations else (),
        message=figures.message(ours, theirs),
        notes=tuple(notes),
    )


def _ours(
    config: Config, history: History, *, branch: Branch, tip: Tip
) -> tuple[dict[str, bytes], dict[str, bytes], list[str]]:
    """Artifacts and history of this machine, with the branch's runs taken into the latter."""
    if not history.root.is_dir() or not history.files():
        return _artifacts(config), {}, []
    with history.lock():
        artifacts = _artifacts(config)
        files = local.history_files(history)
        if not past.lacks(files, tip):
            return artifacts, files, []
        taken = past.absorb(history, branch, tip)
        notes = [f"history: {p.path}: {p.what}" for p in history.problems]
        if taken:
            notes.append(f"the history took {taken} runs of the branch")
        return artifacts, local.history_files(history), notes


def _artifacts(config: Config) -> dict[str, bytes]:
    found = local.artifacts(config.output)
    if not found:
        raise PublishRefused(
            f"there is nothing to publish in {config.output}: run `scholar-metrics refresh` first"
        )
    return found


@contextmanager
def _history(config: Config, dry_run: bool) -> Iterator[History]:
    """The history; a copy of it when nothing may change."""
    history = History(config.history_path)
    if not dry_run or not history.root.is_dir():
        yield history
        return
    with tempfile.TemporaryDirectory(prefix="scholar-metrics-history-") as name:
        for path in history.files():
            place = Path(name) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(history.root / path, place, follow_symlinks=False)
        yield History(Path(name))


def _is_read(path: str) -> bool:
    is_page = is_artifact(path) and path.rpartition("/")[2] == DATA
    return is_page or figures.is_badge(path) or path in (_RUN, f"{HISTORY}manifest.json")


def _is_later(theirs: bytes | None, ours: bytes | None, *, at: datetime) -> bool:
    """Whether the branch's run ended after ours; one of the future (a wrong clock) does not."""
    there, here = past.finished_at(theirs), past.finished_at(ours)
    return there is not None and here is not None and here < there <= at


def _is_due(tip: Tip, at: datetime) -> bool:
    return tip.committed_at is None or at - tip.committed_at > HEARTBEAT


def _published(config: Config, target: Target, merged: _Merged) -> Published:
    folder = badges_of(config.authors[0].key)
    badges = [p.name for p in sorted((config.output / folder).glob("*.json"))]
    return Published(
        repository=target.shown,
        branch=target.branch,
        commit=None,
        operations=merged.operations,
        changed=merged.changed,
        urls=urls.urls(target.address, target.branch, [folder + name for name in badges]),
        message=merged.message,
        notes=merged.notes,
    )
