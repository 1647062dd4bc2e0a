"""Interleaved timing: what is compared runs in turns, so that a busy machine slows all alike.

A ratio is the median of the ratios of each round, never of times from different runs.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent


def most_held() -> float:
    """Most megabytes that this process ever held.

    On Linux `getrusage` counts those of the process that started this one, too, up to that moment.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


Timed = Callable[[], float]
"""Does something once and returns the seconds it took; what it prepares is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a case must reach."""

    ratio: float | None = None
    """At most this many times the baseline."""
    seconds: float | None = None
    """Less than this."""


def process(argv: Callable[[], Sequence[str]], *, exit_codes: Sequence[int] = (0,)) -> Timed:
    """Time a whole process, from its start to its end.

    Args:
        argv: Makes the arguments after `python`, and whatever the process needs, untimed.
        exit_codes: Any other one is an error.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path}

    def once() -> float:
        command = [sys.executable, *argv()]
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False, env=environment, text=True)
        seconds = time.perf_counter() - started
        if done.returncode not in exit_codes:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        return seconds

    return once


def call(function: Callable[[], object]) -> Timed:
    """Time a call in this process."""

    def once() -> float:
        started = time.perf_counter()
        function()
        return time.perf_counter() - started

    return once


def interleaved(cases: Mapping[str, Timed], *, rounds: int) -> dict[str, list[float]]:
    """Run every case once to warm up, then in turns, each round beginning with another one."""
    names = list(cases)
    for name in names:
        cases[name]()
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            seconds[name].append(cases[name]())
    return seconds


def report(
    seconds: Mapping[str, Sequence[float]], *, baseline: str, goals: Mapping[str, Goal]
) -> int:
    """Print medians and ratios; the exit code is 1 when a goal is missed."""
    rounds = len(seconds[baseline])
    print(f"{rounds} rounds; each row's ratio is the median of its rounds (least to most)")
    missed = 0
    for name, times in seconds.items():
        ratios = sorted(own / base for own, base in zip(times, seconds[baseline], strict=True))
        line = f"{name:<34} {median(times) * 1000:9.2f} ms  x {median(ratios):6.2f}"
        line += f"  ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        if name in goals:
            words, is_met = _judge(goals[name], median(times), median(ratios))
            missed += not is_met
            line += f"  {words}"
        print(line)
    return 1 if missed else 0


def _judge(goal: Goal, seconds: float, ratio: float) -> tuple[str, bool]:
    words, is_met = [], True
    if goal.ratio is not None:
        words.append(f"x {goal.ratio:g} at most")
        is_met &= ratio <= goal.ratio
    if goal.seconds is not None:
        words.append(f"less than {goal.seconds * 1000:g} ms")
        is_met &= seconds < goal.seconds
    return f"goal: {', '.join(words)}: {'met' if is_met else 'MISSED'}", is_met
