"""What was told when: `.notify.json` below the outputs.

It holds times and fingerprints only. Lost or broken, it begins anew: the worst that can come of
it is one message more.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.model import Artifact
from pipeline.writers import save

FILE = ".notify.json"
SCHEMA = 1
_KEPT = timedelta(days=60)
_SLACK = timedelta(hours=4)
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """When each thing was last told."""

    digest_at: datetime | None = None
    """Up to when changes were told; `None` before the first run with notifications."""
    failures: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """Fingerprint of a failure to when it was told."""
    stale: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """`author/provider` that is stale to when that was told."""

    @property
    def is_lost(self) -> bool:
        """Whether nothing is remembered."""
        return self.digest_at is None


def load(root: Path, *, now: datetime) -> State:
    """What was told before `now`; a file that cannot be understood counts as none.

    A time to come (the clock went back) counts as now, so that nothing is silent until then.
    """
    try:
        data = json.loads((root / FILE).read_bytes())
        if data["schema"] != SCHEMA:
            return State()
        at = data["digest_at"]
        return State(
            digest_at=_moment(at, now) if at is not None else None,
            failures=_moments(data["failures"], now),
            stale=_moments(data["stale"], now),
        )
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ):
        return State()


def store(state: State, root: Path, *, now: datetime) -> None:
    """Replaces the file, wholly or not at all.

    Raises:
        StorageError: the disk refuses.
    """
    failures = {key: at for key, at in state.failures.items() if now - at < _KEPT}
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "digest_at": state.digest_at.isoformat() if state.digest_at else None,
        "failures": _plain(failures),
        "stale": _plain(state.stale),
    }
    data = json.dumps(document, indent=2).encode() + b"\n"
    save([Artifact(path=FILE, data=data)], root)


def is_due(told: datetime | None, period: timedelta, *, now: datetime) -> bool:
    """Whether it was told so long ago that it may be told again.

    A nightly run is some minutes early or late: a little less than the period is enough.
    """
    return told is None or now - told >= period - min(_SLACK, period / 6)


def fingerprint(exit_code: int, reasons: Sequence[str]) -> str:
    """The same for the same reasons, whatever figures and times are in them."""
    text = "\n".join(sorted({_FIGURES.sub("#", reason) for reason in reasons}))
    return hashlib.sha256(f"{exit_code}\n{text}".encode(errors="replace")).hexdigest()[:16]


def _moments(values: Mapping[str, str], now: datetime) -> Mapping[str, datetime]:
    return MappingProxyType({str(key): _moment(at, now) for key, at in values.items()})


def _moment(text: str, now: datetime) -> datetime:
    return min(datetime.fromisoformat(text).astimezone(UTC), now)


def _plain(values: Mapping[str, datetime]) -> dict[str, str]:
    return {key: at.isoformat() for key, at in sorted(values.items())}
