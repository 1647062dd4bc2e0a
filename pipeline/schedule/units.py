"""The same plan for schedulers that a machine has already: systemd, cron, launchd.

Each text runs `refresh`, and `publish` after it where that is configured, by absolute paths that
survive spaces, quotes, `%` and `&`. What a scheduler cannot say is refused, never approximated.
"""

from __future__ import annotations

import plistlib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from pipeline.errors import ConfigError
from pipeline.schedule.cron import Cron
from pipeline.schedule.plan import Plan

LABEL = "scholar-metrics"
_MOST = 500
_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What is to be run, and when."""

    plan: Plan
    refresh: tuple[str, ...]
    publish: tuple[str, ...] | None
    deadline: float
    """Seconds for each command."""


def text(kind: str, unit: Unit) -> str:
    """The text for `systemd`, `cron` or `launchd`.

    Raises:
        ConfigError: a path or a plan that cannot be said there.
    """
    for word in (*unit.refresh, *(unit.publish or ())):
        if any(ord(c) < ord(" ") or c == "\x7f" for c in word):
            raise ConfigError(f"{word!r} has a control character in it: move it to another folder")
    return KINDS[kind](unit)


def systemd(unit: Unit) -> str:
    """A service and a timer."""
    commands = [c for c in (unit.refresh, unit.publish) if c]
    calendar = [f"OnCalendar={line} {unit.plan.timezone}" for line in _calendar(unit.plan.cron)]
    is_rare = len(unit.plan.cron.minutes) == 1
    lines = [
        f"# ~/.config/systemd/user/{LABEL}.service",
        "[Unit]",
        "Description=Bring citation numbers up to date",
        "",
        "[Service]",
        "Type=oneshot",
        "# Keys of providers, one NAME=value a line; the file may be missing.",
        f"EnvironmentFile=-%h/.config/{LABEL}.env",
        *(f"ExecStart={_exec(command)}" for command in commands),
        "# 1: partly fresh, outputs kept and written.",
        "SuccessExitStatus=1",
        f"TimeoutStartSec={unit.deadline:.0f}",
        "TimeoutStopSec=10",
        "",
        f"# ~/.config/systemd/user/{LABEL}.timer",
        "# then: systemctl --user daemon-reload",
        f"#       systemctl --user enable --now {LABEL}.timer",
        "#       loginctl enable-linger   (so that it runs while you are not logged in)",
        "[Unit]",
        "Description=Bring citation numbers up to date, by the clock",
        "",
        "[Timer]",
        *calendar,
        "Persistent=true",
        f"RandomizedDelaySec={300 if is_rare else 0}",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return "\n".join(lines) + "\n"


def crontab(unit: Unit) -> str:
    """Lines for `crontab -e`."""
    lines = [
        "# Times are in the zone below where cron knows CRON_TZ (cronie); elsewhere they are the",
        "# machine's own.",
        f"CRON_TZ={unit.plan.timezone}",
        f"{unit.plan.cron.text} {_shell(unit, _cron_word)}",
    ]
    return "\n".join(lines) + "\n"


def launchd(unit: Unit) -> str:
    """A property list for ~/Library/LaunchAgents/scholar-metrics.plist."""
    command = list(unit.refresh)
    if unit.publish:
        command = ["/bin/sh", "-c", _shell(unit, shlex.quote)]
    document = {
        "Label": LABEL,
        "ProgramArguments": command,
        "ProcessType": "Background",
        "StartCalendarInterval": _intervals(unit.plan.cron),
    }
    return plistlib.dumps(document, sort_keys=False).decode()


KINDS: dict[str, Callable[[Unit], str]] = {
    "systemd": systemd,
    "cron": crontab,
    "launchd": launchd,
}


def _calendar(cron: Cron) -> list[str]:
    """OnCalendar expressions (systemd.time(7)), without a zone; several mean either."""
    time = f"{_numbers(cron.hours, 24)}:{_numbers(cron.minutes, 60)}:00"
    months = _numbers(cron.months, 12)
    weekdays = ",".join(_DAYS[day] for day in cron.weekdays)
    by_day = f"*-{months}-{_numbers(cron.days, 31)} {time}"
    if cron.is_either_day:
        return [by_day, f"{weekdays} *-{months}-* {time}"]
    return [by_day if cron.is_any_weekday else f"{weekdays} {by_day}"]


def _numbers(values: Sequence[int], all_of_them: int) -> str:
    return "*" if len(values) == all_of_them else ",".join(f"{value:02}" for value in values)


def _intervals(cron: Cron) -> list[dict[str, int]]:
    """Dictionaries of launchd.plist(5); any of them starts it, a missing key matches all."""
    if not (cron.is_either_day or cron.is_any_day or cron.is_any_weekday):
        raise ConfigError(
            f"schedule: launchd takes a day that matches day or weekday, {cron.text!r} wants both: "
            "leave one of them *"
        )
    times = [
        ("Minute", cron.minutes, 60),
        ("Hour", cron.hours, 24),
        ("Month", cron.months, 12),
    ]
    days = ("Day", cron.days, 31)
    weekdays = ("Weekday", cron.weekdays, 7)
    kinds = (
        [[*times, days], [*times, weekdays]] if cron.is_either_day else [[*times, days, weekdays]]
    )
    found = []
    for kind in kinds:
        fields = [(name, values) for name, values, whole in kind if len(values) < whole]
        names = [name for name, _ in fields]
        found += [
            dict(zip(names, one, strict=True)) for one in product(*(values for _, values in fields))
        ]
    if len(found) > _MOST:
        raise ConfigError(
            f"schedule: {cron.text!r} would be {len(found)} entries for launchd: use fewer times"
        )
    return found


def _exec(command: Sequence[str]) -> str:
    """A command line of systemd.service(5): quoted, `%` and `$` doubled.

    The program itself is never taken for a variable, so its `$` stays; and systemd refuses one
    with a quote or backslash in its path, which a shell starts instead.
    """
    program, *rest = command
    if set(program) & set("'\"\\"):
        program, rest = "/bin/sh", ["-c", 'exec "$0" "$@"', *command]
    words = [_systemd_word(program), *(_systemd_word(word).replace("$", "$$") for word in rest)]
    return " ".join(words)


def _systemd_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _shell(unit: Unit, quote: Callable[[str], str]) -> str:
    refresh = " ".join(quote(word) for word in unit.refresh)
    if unit.publish is None:
        return refresh
    publish = " ".join(quote(word) for word in unit.publish)
    return f"{refresh}; [ $? -le 1 ] && {publish}"


def _cron_word(word: str) -> str:
    """A word for the shell in a crontab: cron takes a bare `%` for the end of the line.

    Its backslash stands outside the shell's quotes: cron would take one that ends a quoted part
    for the protection of the `%` itself.
    """
    return "\\%".join(shlex.quote(part) if part else "" for part in word.split("%")) or "''"
