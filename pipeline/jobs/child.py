"""One refresh in a process of its own: its document, its log, its exit code.

The log goes on line by line while it runs, without secrets and without anything that a runner
would take for a command.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.jobs.github import harmless
from spiders.redact import redact

_LAST = 3
_NOT_ITS_OWN = ("GITHUB_TOKEN", "SCHOLAR_METRICS_GIT_TOKEN")
"""What the process that opens providers' pages has no use for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh left behind."""

    exit_code: int
    """Negative when a signal ended it."""
    document: dict[str, Any] | None
    """What `refresh --json` printed; `None` when it printed none."""
    last_lines: tuple[str, ...]
    """End of its log: the reason, when there is no document."""


def refresh(
    config: Path,
    *,
    authors: Sequence[str] = (),
    dry_run: bool = False,
    say: Callable[[str], None],
    secrets: Iterable[str] = (),
) -> Refreshed:
    """Run `scholar-metrics refresh` and wait for it.

    Args:
        config: Configuration file.
        authors: Keys of the only authors to ask for; empty for all.
        dry_run: Whether nothing may be written.
        say: Takes the lines of its log.
        secrets: What must not be in them.
    """
    # The job took the branch's history already, with a token that this child is not given.
    command = [*program(), "refresh", "--json", "--no-branch", f"--config={config}"]
    command += [f"--author={key}" for key in authors]
    command += ["--dry-run"] if dry_run else ["--notify"]
    known = tuple(secrets)
    last: deque[str] = deque(maxlen=_LAST)
    with (
        tempfile.TemporaryFile() as out,
        subprocess.Popen(  # noqa: S603 - our own program, and arguments as a list
            command,
            stdout=out,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={k: v for k, v in os.environ.items() if k not in _NOT_ITS_OWN},
        ) as process,
    ):
        if process.stderr is None:  # pragma: no cover - it is a pipe
            raise RuntimeError("no pipe")
        try:
            for raw in process.stderr:
                line = harmless(redact(raw.decode("utf-8", "replace"), known))
                last.append(line)
                say(line)
            code = process.wait()
        except BaseException:  # an end of ours ends it too
            process.terminate()
            raise
        out.seek(0)
        return Refreshed(exit_code=code, document=_document(out.read()), last_lines=tuple(last))


def program() -> list[str]:
    """The program, such that no folder called `pipeline` in the caller's repository is run."""
    return [sys.executable, "-P", "-m", "pipeline"]


def _document(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "figures" in found else None
