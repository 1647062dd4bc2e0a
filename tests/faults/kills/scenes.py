"""From where to where a run goes: a home before it, and what it and the next one make of it."""

from __future__ import annotations

import gc
import io
import json
import os
import resource
import secrets
import shutil
import signal
import traceback
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import canned
from interposer import Disk, Strike

import pipeline.refresh
from pipeline import cli
from pipeline.history import History

LIMIT = 60
"""Seconds after which a run that hangs is ended."""
_write = os.write

Between = Callable[[int, str], Strike | None]
Tree = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A refresh on one day."""

    day: int
    answers: int
    """The day whose answers the providers give."""
    hour: int = 0
    """Hours after the day's usual moment."""
    token: str = "00"
    """What tells two runs of one moment apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was run before, the run that is struck, and the one after it."""

    before: tuple[Run, ...]
    struck: Run
    after: Run
    damaged: str | None = None
    """A file whose content is lost before the run."""


PLANS = {
    "first": Plan(before=(), struck=Run(day=0, answers=0), after=Run(day=1, answers=1)),
    "changed": Plan(
        before=(Run(day=0, answers=0),), struck=Run(day=1, answers=1), after=Run(day=2, answers=2)
    ),
    "same": Plan(
        before=(Run(day=0, answers=0),), struck=Run(day=1, answers=0), after=Run(day=2, answers=1)
    ),
    "month_closes": Plan(
        before=(Run(day=1, answers=0), Run(day=2, answers=1)),
        struck=Run(day=3, answers=1),
        after=Run(day=4, answers=2),
    ),
    "damaged": Plan(
        before=(Run(day=0, answers=0), Run(day=1, answers=1)),
        struck=Run(day=2, answers=1),
        after=Run(day=3, answers=2),
        damaged="kept/state/records.parquet",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The homes that a plan leads to when nothing is struck."""

    plan: Plan
    start: Path
    old: Tree
    new: Tree
    after_old: Tree
    """After the next run when the struck one had never been."""
    after_new: Tree
    """After the next run when the struck one had ended well."""
    past_old: str
    """All that the history tells, see `past`."""
    past_new: str
    past_after_old: str
    past_after_new: str
    operations: tuple[tuple[str, str], ...]
    """What the struck run does to the disk."""
    audited: tuple[tuple[str, str], ...]
    exit_code: int


class Stage:
    """Makes scenes, and runs on copies of their homes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._copies = 0
        self.seen: dict[str, dict[Any, list[str]]] = {}
        """What the next run made of each home that was left, by scene: nothing is run twice."""
        self.scene = cache(self._scene)

    def home(self, start: Path | None = None) -> Path:
        """A copy; what a run replaces is replaced in the copy alone."""
        self._copies += 1
        home = self.root / f"home{os.getpid()}-{self._copies}"
        home.mkdir()
        if start is None:
            (home / "scholar-metrics.toml").write_text(canned.CONFIG)
            return home
        for folder, folders, names in os.walk(start):
            place = f"{home}{folder[len(str(start)) :]}"
            for name in folders:
                os.mkdir(f"{place}/{name}")  # noqa: PTH102 - thousands of them
            for name in names:
                if name == ".lock":  # what is locked is the file, whatever its name
                    Path(place, name).touch()
                else:
                    os.link(f"{folder}/{name}", f"{place}/{name}")
        return home

    def fill(self, home: Path, start: Path) -> None:
        """Makes a home of another file system what this one is."""
        shutil.copytree(start, home, dirs_exist_ok=True)

    def _scene(self, name: str) -> Scene:
        plan = PLANS[name]
        start = self.home()
        for run in plan.before:
            _fine(refresh(start, run))
        if plan.damaged:
            (start / plan.damaged).write_bytes(b"PAR1 nothing PAR1")
        new = self.home(start)
        done = refresh(new, plan.struck)
        after_new = self.home(new)
        _fine(refresh(after_new, plan.after))
        after_old = self.home(start)
        refresh(after_old, plan.after)
        old = tree(start)
        probe = self.home(start)
        found = Scene(
            plan=plan,
            start=start,
            old=old,
            new=tree(new),
            after_old=tree(after_old),
            after_new=tree(after_new),
            past_old=past(probe),
            past_new=past(new),
            past_after_old=past(after_old),
            past_after_new=past(after_new),
            operations=tuple(map(tuple, done["operations"])),
            audited=tuple(map(tuple, done["audited"])),
            exit_code=done["code"],
        )
        assert tree(start) == old
        return found


def _fine(done: dict[str, Any]) -> None:
    assert done.get("code") == 0, done


def refresh(home: Path, run: Run) -> dict[str, Any]:
    """`scholar-metrics refresh` in a child."""
    return in_child(lambda: refresh_here(home, run))


def refresh_here(home: Path, run: Run, between: Between = lambda _number, _where: None) -> Any:
    """The same in this process, which is good for nothing else afterwards."""
    moment = canned.DAYS[run.day] + timedelta(hours=run.hour)
    secrets.token_hex = lambda _: run.token
    pipeline.refresh.ask = lambda _config, _request, targets, *_, **__: canned.collection(
        run.answers, targets
    )
    pipeline.refresh.refresh.__kwdefaults__["clock"] = lambda: moment
    disk = Disk(home, Strike(), between)
    disk.watch()
    return {**command(home, "refresh"), **disk.told()}


def command(home: Path, *args: str) -> dict[str, Any]:
    """A command in this process: its exit code and what it says."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run([*args, "--config", str(home / "scholar-metrics.toml")])
    return {"code": code, "out": out.getvalue(), "err": err.getvalue().splitlines()}


def limited(home: Path, run: Run, size: int) -> dict[str, Any]:
    """A refresh that may write no file of more bytes than this: the kernel itself refuses."""

    def work() -> dict[str, Any]:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        return refresh_here(home, run)

    return in_child(work)


def in_child(work: Callable[[], Any]) -> dict[str, Any]:
    """What it gives, from a process of its own; `{"signal": N}` when that was killed."""
    child = Child(work)
    found = child.line()
    _, status = os.waitpid(child.pid, 0)
    return json.loads(found) if found else {"signal": os.WTERMSIG(status)}


class Child:
    """Work in a process of its own, which writes a line of JSON when it is done."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._reader, writer = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self._reader)
            gc.disable()  # it ends soon, and looking for garbage would take a tenth of its time
            signal.alarm(LIMIT)
            try:
                answer = json.dumps(work())
            except BaseException:  # noqa: BLE001 - whatever it is, the test wants to see it
                answer = json.dumps({"crash": traceback.format_exc()})
            data = answer.encode() + b"\n"
            while data:
                data = data[_write(writer, data) :]
            os._exit(0)
        os.close(writer)
        self._file = open(self._reader, "rb")  # noqa: PTH123, SIM115 - a handle

    def line(self) -> bytes:
        """The next line that it, or a fork of it, writes; waits for it."""
        return self._file.readline()


def tree(home: Path) -> dict[str, bytes]:
    """Every file with its bytes; folders end with a slash."""
    found = {}
    for folder, folders, names in os.walk(home):
        where = f"{folder}/"[len(str(home)) + 1 :]
        found |= {f"{where}{name}/": b"" for name in folders}
        for name in names:
            with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123 - thousands of them
                found[where + name] = file.read()
    return found


def past(home: Path) -> str:
    """All that a fresh look at the history tells, but for what is damaged."""
    return str(in_child(lambda: {"past": past_here(home)})["past"])


def past_here(home: Path) -> str:
    """The same, looked at in this process."""
    history = History(home / "kept")
    return repr((history.states(), history.series(), history.runs(), history.summary()))
