"""Running by itself: the schedule's zone, notifications, and GitHub's habits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.doctor.finding import Finding, note, ok, wrong

if TYPE_CHECKING:
    from pipeline.config import Config

_FIELDS = 5


def schedule(cron: str, timezone: str, *, now: datetime) -> Iterator[Finding]:
    """Whether the schedule's times are what they seem."""
    if len(cron.split()) != _FIELDS:
        yield wrong(
            f"schedule: cron {cron!r} has not five fields: minute, hour, day, month, weekday, e.g. "
            "'17 3 * * *'"
        )
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield wrong(f"schedule: there is no time zone {timezone!r}: use UTC, or a name like it has")
        return
    offsets = {(now + timedelta(days=30 * n)).astimezone(zone).utcoffset() for n in range(13)}
    if len(offsets) > 1:
        yield note(
            f"schedule: {timezone} has daylight saving time: one night a year is skipped or run "
            "twice when `cron` falls into the change; UTC has none"
        )


def notifications(
    config: Config, environ: Mapping[str, str], *, has_apprise: bool | None = None
) -> Iterator[Finding]:
    """Whether messages can be sent, where they are wanted."""
    if config.notify is None:
        return
    name = config.notify.urls_env
    if not (find_spec("apprise") is not None if has_apprise is None else has_apprise):
        yield wrong(
            "notify: apprise is not installed, so nothing is sent: `pipx inject scholar-metrics "
            "apprise`, or `uv tool install --with apprise scholar-metrics`"
        )
    lines = [line.strip() for line in environ.get(name, "").splitlines()]
    count = sum(bool(line) and not line.startswith("#") for line in lines)
    if count:
        yield ok(f"notify: {count} addresses in {name}")
    else:
        yield note(
            f"notify: {name} is empty here: put apprise addresses into it, one a line, wherever "
            "runs take place"
        )


def workflows(folder: Path) -> Iterator[Finding]:
    """What a scheduled workflow beside the configuration has to reckon with."""
    for path in sorted((folder / ".github" / "workflows").glob("*.y*ml")):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if "scholar-metrics" in text and "schedule:" in text:
            yield note(
                f"{path.name}: GitHub switches schedules off after 60 days without activity in a "
                "public repository, and they are off in forks: look at the Actions page at times"
            )
