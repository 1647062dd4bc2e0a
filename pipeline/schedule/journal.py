"""What the scheduler did and will do next, in one small file beside the results.

`<output>/.schedule.json` begins with a dot, so it is never published. It is replaced as a whole;
`read` is what `status` shows, and takes no damage from a damaged one. A disk that refuses the
journal does not stop the scheduler.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NAME = ".schedule.json"
KEPT = 20
"""How many mishaps are remembered."""
_RUN = ("started_at", "finished_at", "refresh_exit", "publish_exit", "reason", "problem")
_TEXTS = ("host", "cron", "timezone", "started_at", "next_run_at")
_log = logging.getLogger(__name__)


def read(output: Path) -> dict[str, Any] | None:
    """The journal of an output folder; `None` where there is none, or it cannot be understood.

    Keys: `schema`, `pid`, `host`, `cron`, `timezone`, `started_at`, `next_run_at`, `last_run`
    (`None`, or `started_at`, `finished_at`, `refresh_exit`, `publish_exit`, `reason`, `problem`),
    `missed` (`at`, `kind`, `detail`; oldest first), all as they stand in the file; and
    `is_running`: whether that process is there, `None` when it is another machine's.
    """
    try:
        text = (output / NAME).read_bytes()
        known = json.loads(text)
        if known["schema"] != 1:
            return None
        last = known.get("last_run")
        run = None if last is None else {key: last.get(key) for key in _RUN}
        entries = [one for one in known.get("missed", []) if isinstance(one, dict)]
        pid, texts = _pid(known.get("pid")), {key: _text(known.get(key)) for key in _TEXTS}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return {
        "schema": 1,
        "pid": pid,
        **texts,
        "last_run": run,
        "missed": entries[-KEPT:],
        "is_running": _is_running(pid, texts["host"]),
    }


def last_run_at(output: Path) -> datetime | None:
    """When the last run of any kind began: the record of the run, else this journal.

    A scheduler that waited and saw no run at all gives the moment when it began to wait.
    """
    try:
        run = json.loads((output / "run.json").read_bytes())
        if at := _moment(run.get("started_at")):
            return at
    except (OSError, ValueError, AttributeError, RecursionError):
        pass
    known = read(output)
    if known is None:
        return None
    return _moment((known["last_run"] or {}).get("started_at")) or _moment(known["started_at"])


def iso(at: datetime) -> str:
    """A moment as the journal writes it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


class Journal:
    """The scheduler's own hand on the file; safe from several threads."""

    def __init__(self, output: Path) -> None:
        self._path = output / NAME
        self._guard = threading.Lock()
        earlier = read(output) or {}
        self._known: dict[str, Any] = {
            "schema": 1,
            "pid": None,
            "host": None,
            "cron": None,
            "timezone": None,
            "started_at": None,
            "next_run_at": None,
            "last_run": earlier.get("last_run"),
            "missed": earlier.get("missed", []),
        }

    def begin(self, *, cron: str, timezone: str, at: datetime) -> None:
        """This process serves the output from now on."""
        self.update(
            pid=os.getpid(),
            host=socket.gethostname(),
            cron=cron,
            timezone=timezone,
            started_at=iso(at),
        )

    def update(self, **changes: Any) -> None:
        """Replace some keys."""
        with self._guard:
            self._known |= changes
            self._write()

    def update_run(self, **changes: Any) -> None:
        """Replace some keys of the last run."""
        with self._guard:
            self._known["last_run"] = (self._known["last_run"] or dict.fromkeys(_RUN)) | changes
            self._write()

    def mishap(self, kind: str, *, at: datetime, detail: str) -> None:
        """Remember what did not happen as planned: `missed`, `overlap`, `error` or `off`."""
        with self._guard:
            entry = {"at": iso(at), "kind": kind, "detail": detail}
            self._known["missed"] = [*self._known["missed"], entry][-KEPT:]
            self._write()

    def _write(self) -> None:
        from pipeline.history.disk import Batch

        data = json.dumps(self._known, indent=2, ensure_ascii=False) + "\n"
        try:
            batch = Batch(self._path.parent)
            batch.write(self._path, data.encode())
            batch.sync()
        except OSError as error:
            _log.warning("schedule.journal_not_written path=%s why=%s", self._path, error)


def _pid(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def _is_running(pid: int | None, host: str | None) -> bool | None:
    if pid is None:
        return False
    if host != socket.gethostname():
        return None
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
