"""What must hold after a fault at each operation of a run, and the loops that try them all.

After each: every file is wholly the old or wholly the new one, none that was there is missing, the
history tells all of the old or all of the new, the next run ends with 0 and leaves exactly the home
that it would have left undisturbed, byte by byte. Two faults that leave the same home (but for the
content of unfinished files, which nobody reads: that is looked at, too) share one next run.
"""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import canned
import forking
from interposer import ERRORS, HOLDER, UNFINISHED, Disk, Strike
from scenes import (
    Child,
    Run,
    Scene,
    Stage,
    Tree,
    command,
    in_child,
    limited,
    past,
    past_here,
    refresh,
    refresh_here,
    tree,
)

from pipeline.history import History
from pipeline.notify import state
from pipeline.schedule import journal

RUN = "out/run.json"
READERS = ("status", "history", "check")
HOLDER_SIZE = 200
"""Bytes that the note of who holds the lock never has."""


class Trial:
    """One scene under many strikes."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.scene: Scene = stage.scene(name)
        self.breaches: list[str] = []
        self.count: Counter[str] = Counter()
        self._seen = stage.seen.setdefault(name, {})

    def strike(self, strikes: Sequence[Strike]) -> dict[str, Any]:
        """Run with each of them, and look at what is left."""
        scene = self.scene
        places = forking.stops(scene.operations)
        for found in forking.struck(self.stage, scene.start, scene.plan.struck, strikes, places):
            self.judge(*found)
        assert tree(scene.start) == scene.old
        return self.told()

    def told(self) -> dict[str, Any]:
        """The result, as JSON has it."""
        return {"breaches": self.breaches, "count": self.count}

    def judge(self, strike: Strike, home: Path, done: dict[str, Any]) -> None:
        self.count[strike.how] += 1
        wrong = [*self._ended(done, strike), *self._left(home, done)]
        where = self.scene.operations[strike.at] if strike.at < len(self.scene.operations) else ""
        self.breaches += [f"{strike.how} at {strike.at} {where}: {what}" for what in wrong]
        _forget(home)

    def _ended(self, done: dict[str, Any], strike: Strike) -> Iterator[str]:
        if strike.how in ("kill", "half"):
            if done != {"signal": signal.SIGKILL}:
                yield f"it was not killed: {done}"
            return
        if "code" not in done:
            yield f"it did not end: {done}"
            return
        if not done["struck"]:
            yield "nothing was struck"
        if done["code"] not in (5, 0):
            yield f"exit {done['code']}: {done['err']}"
        if done["code"] == 5:
            errors = {strike.error, errno.ENOSPC, errno.EROFS, errno.EIO} - {0}
            causes = [os.strerror(number) for number in errors]
            named = [line for line in done["err"] if any(cause in line for cause in causes)]
            if not named or len(named) != len(done["err"]):
                yield f"the cause is not named: {done['err']}"
        if done["code"] == 0 and done["err"]:
            yield f"exit 0, and it says {done['err']}"
        self.count[f"exit {done['code']}"] += 1

    def _left(self, home: Path, done: dict[str, Any]) -> list[str]:
        scene, found = self.scene, tree(home)
        wrong = list(_whole(found, scene.old, scene.new))
        if done.get("code") == 0:
            wrong += _same(found, scene.new)
        is_new = done.get("code") == 0
        key = (is_new, frozenset(_canonical(found).items()))
        if key not in self._seen:
            self._seen[key] = list(self._next(home, is_new=is_new))
            self.count["next runs"] += 1
        return wrong + self._seen[key]

    def _next(self, home: Path, *, is_new: bool) -> Iterator[str]:
        scene, plan = self.scene, self.scene.plan
        done, told = {}, ""
        if plan.damaged:  # a look sets aside what is damaged
            told = past(self.stage.home(home))
            done = refresh(home, plan.after)
        else:
            done = in_child(lambda: {"past": past_here(home), **refresh_here(home, plan.after)})
            told = done.get("past", "")
        if told not in (scene.past_old, scene.past_new):
            yield "the history tells neither the old nor the new"
        if is_new and told != scene.past_new:
            yield "the history does not tell what it acknowledged"
        if plan.damaged and done.get("code") == 5:
            if not all(Path(plan.damaged).name in line for line in done["err"]):
                yield f"the damage is not named: {done['err']}"
            done = refresh(home, replace(plan.after, day=plan.after.day + 1))
        if done.get("code") != 0 or done["err"] or done["peeped"]:
            yield f"the next run: {done.get('code')} {done.get('err', done)}"
            return
        yield from self._after(home, is_new=told == scene.past_new)

    def _after(self, home: Path, *, is_new: bool) -> Iterator[str]:
        scene, found = self.scene, tree(home)
        wanted = scene.after_new if is_new else scene.after_old
        if not list(_same(found, wanted)) and _names(found) == _names(wanted):
            return
        self.count["other files"] += 1
        yield from _same(_part(found, "out/"), _part(wanted, "out/"))
        if litter := [name for name in found if _is_litter(name)]:
            yield f"left behind: {litter}"
        wanted_past = scene.past_after_new if is_new else scene.past_after_old
        if not scene.plan.damaged and past(home) != wanted_past:
            yield "the history tells something else after the next run"
        problems = in_child(lambda: {"found": repr(History(home / "kept").verify())})["found"]
        if problems != "[]" and not (scene.plan.damaged and problems.count("Problem(") == 1):
            yield f"the history is not in order after the next run: {problems}"


def kills(stage: Stage, scene: str) -> dict[str, Any]:
    """SIGKILL before each operation, and in the middle of each write."""
    trial = Trial(stage, scene)
    points = list(enumerate(trial.scene.operations))
    strikes = [Strike(at=at, how="kill") for at, _ in points]
    strikes += [Strike(at=at, how="half") for at, (name, _) in points if name == "write"]
    return trial.strike(sorted(strikes, key=lambda strike: strike.at))


def refusals(stage: Stage, scene: str, how: str) -> dict[str, Any]:
    """An error at each operation: of that one alone (`once`), or of all from there on."""
    trial = Trial(stage, scene)
    strikes = []
    for at, (name, _) in enumerate(trial.scene.operations):
        errors = ERRORS.get(name, (errno.EROFS,))
        if how == "once":
            strikes.append(Strike(at=at, how=how, error=errors[at % len(errors)]))
        elif how == "readonly" or name in ("open", "write", "mkdir"):
            strikes.append(Strike(at=at, how=how))
    return trial.strike(strikes)


def operations(stage: Stage, scene: str) -> dict[str, Any]:
    """What the run of a scene does to the disk, and what the interpreter reports of it."""
    found = stage.scene(scene)
    return {"operations": found.operations, "audited": found.audited}


def alone(stage: Stage, scene: str, home: str) -> dict[str, Any]:
    """The run of a scene in this very process, on a home that is made there: for a tracer."""
    place = Path(home)
    stage.fill(place, stage.scene(scene).start)
    os.mkdir(place / "BEGIN")  # noqa: PTH102 - marks in the trace
    done = refresh_here(place, stage.scene(scene).plan.struck)
    return {"operations": done["operations"], "code": done["code"]}


def homes(stage: Stage, scene: str, folder: str) -> dict[str, Any]:
    """The homes of a scene as they are undisturbed, laid out below a folder."""
    found = stage.scene(scene)
    for name in ("old", "new", "after_old", "after_new"):
        for path, data in getattr(found, name).items():
            place = Path(folder, name, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            if not path.endswith("/"):
                place.write_bytes(data)
    return {"exit_code": found.exit_code}


def small(stage: Stage, what: str, folder: str) -> dict[str, Any]:
    """SIGKILL at each operation of a small file that is replaced as a whole."""
    root, count, wrong = Path(folder), Counter[str](), []
    store, read = {
        "journal": (_journal, lambda place: str((journal.read(place) or {}).get("last_run"))),
        "notify": (_notify, lambda place: str(state.load(place, now=canned.DAYS[-1]))),
    }[what]
    in_child(lambda: store(root, 1))
    old = read(root)
    points = in_child(lambda: _watched(root, store, 2, Strike()))["operations"]
    new = read(root)
    strikes = [Strike(at=at, how="kill") for at in range(len(points))]
    strikes += [Strike(at=at, how="half") for at, (name, _) in enumerate(points) if name == "write"]
    for strike in strikes:
        in_child(lambda: store(root, 1))
        done = in_child(lambda strike=strike: _watched(root, store, 2, strike))
        count[strike.how] += 1
        if done != {"signal": signal.SIGKILL} or read(root) not in (old, new):
            wrong.append(f"{strike}: {done} {read(root)}")
    in_child(lambda: store(root, 2))
    if read(root) != new or old == new:
        wrong.append(f"the next write gives {read(root)}")
    return {"breaches": wrong, "count": count}


def _watched(root: Path, store: Callable[[Path, int], Any], day: int, strike: Strike) -> Any:
    disk = Disk(root, Strike(), lambda _number, _where: strike)
    disk.watch()
    store(root, day)
    return disk.told()


def _journal(root: Path, day: int) -> None:
    journal.Journal(root).update_run(reason=f"day {day}")


def _notify(root: Path, day: int) -> None:
    state.store(state.State(digest_at=canned.DAYS[day]), root, now=canned.DAYS[day])


def small_files(stage: Stage, scene: str) -> dict[str, Any]:
    """A limit of the kernel to the size of files, one for each size that the run writes."""
    trial = Trial(stage, scene)
    found = trial.scene
    changed = [data for name, data in found.new.items() if found.old.get(name) != data]
    for size in sorted({len(data) - 1 for data in changed if len(data) > HOLDER_SIZE}):
        home = stage.home(found.start)
        done = limited(home, found.plan.struck, size)
        strike = Strike(at=size, how="limit", error=errno.EFBIG)
        trial.judge(strike, home, done | {"struck": 1})
    return trial.told()


def small_disk(stage: Stage, scene: str, kilobytes: list[int]) -> dict[str, Any]:
    """A real file system of each of these sizes; `skipped` says why where there can be none."""
    trial = Trial(stage, scene)
    place = stage.root / "disk"
    place.mkdir()
    for size in kilobytes:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(place)]
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
        if mounted.returncode:
            return {"skipped": mounted.stderr.strip() or "mount is refused"}
        try:
            home = place / "home"
            stage.fill(home, trial.scene.start)
            done = refresh(home, trial.scene.plan.struck)
            left = stage.home()
            stage.fill(left, home)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            trial.count["too small for a home"] += 1
            continue
        finally:
            subprocess.run(["umount", str(place)], check=True)
        strike = Strike(at=size, how="disk", error=errno.ENOSPC)
        trial.judge(strike, left, done | {"struck": 1})
    return trial.told()


def meetings(stage: Stage, scene: str) -> dict[str, Any]:
    """A second run, and readers, while a run stands still before each operation under its lock."""
    found, count, wrong = stage.scene(scene), Counter[str](), []
    home = stage.home(found.start)
    stops = range(forking.stops(found.operations)[0] + 1, len(found.operations))
    readings = {name: [_read(place)[name] for place in _both(stage, found)] for name in READERS}
    waiting, last = forking.Waiting(home, found.plan.struck, list(stops)), None
    for stop in stops:
        waiting.arrive()
        where = f"at {stop} {found.operations[stop]}"
        before = tree(home)
        done = refresh(home, found.plan.after)
        count["second runs"] += 1
        line = " ".join(done["err"])
        if done["code"] != 5 or len(done["err"]) != 1 or "another run" not in line:
            wrong.append(f"{where}: the second run: {done}"[:500])
        if tree(home) != before:
            wrong.append(f"{where}: the second run changed something")
        if _canonical(before) != last:
            last = _canonical(before)
            count["readings"] += len(READERS)
            told = _read(home)
            wrong += [f"{where}: {n} is torn" for n in READERS if told[n] not in readings[n]]
        waiting.go_on()
    waiting.end()
    if list(_same(tree(home), found.new)):
        wrong.append("the first run did not end as it would have")
    return {"breaches": wrong, "count": count}


def races(stage: Stage, rounds: int) -> dict[str, Any]:
    """Two runs let loose on one home, and a reader beside them."""
    home, count, wrong = stage.home(stage.scene("changed").start), Counter[str](), []
    for number in range(1, rounds + 1):
        runs = [
            Run(day=1, answers=min(4, 1 + number // 5), hour=number, token=who)
            for who in ("aa", "bb")
        ]
        children = [Child(lambda run=run: refresh_here(home, run)) for run in runs]
        reader = Child(lambda: _read(home))
        ended = [json.loads(child.line()) for child in (*children, reader)]
        for child in (*children, reader):
            os.waitpid(child.pid, 0)
        codes = sorted(done.get("code", -1) for done in ended[:2])
        count[f"exits {codes}"] += 1
        lines = [line for done in ended[:2] for line in done.get("err", ["none"])]
        if codes not in ([0, 0], [0, 5]) or len(lines) != codes.count(5):
            wrong.append(f"round {number}: {codes} {lines}")
        if any("another run" not in line for line in lines):
            wrong.append(f"round {number}: {lines}")
        if set(ended[2]) != set(READERS) or any(part["err"] for part in ended[2].values()):
            wrong.append(f"round {number}: a reader says {ended[2]}"[:500])
    wrong += [name for name in tree(home) if _is_litter(name)]
    count["runs kept"] = in_child(lambda: {"n": len(History(home / "kept").runs())})["n"] // 4
    problems = in_child(lambda: {"found": repr(History(home / "kept").verify())})["found"]
    return {"breaches": wrong + [problems] * (problems != "[]"), "count": count}


def _both(stage: Stage, found: Scene) -> Iterator[Path]:
    yield stage.home(found.start)
    home = stage.home(found.start)
    refresh(home, found.plan.struck)
    yield home


def _read(home: Path) -> dict[str, Any]:
    """What each command that only reads says, without the record of the last run."""

    def look() -> dict[str, Any]:
        told = {name: command(home, name, "--json") for name in READERS}
        for done in told.values():
            document = json.loads(done["out"].replace(str(home), "home"))
            if isinstance(document, dict):
                document.pop("last_run", None)
            done["out"] = document
        return told

    return in_child(look)


def _whole(found: Tree, old: Tree, new: Tree) -> Iterator[str]:
    """I1: every published file is the old or the new one, and none is missing."""
    for name, data in found.items():
        if name.startswith("out/") and not UNFINISHED.fullmatch(name) and not name.endswith("/"):
            if name == RUN and data != new.get(name) and _tells_of_problems(data):
                continue
            if data not in (old.get(name), new.get(name)):
                yield f"{name} is neither the old nor the new one"
    for name in old:
        if name.startswith("out/") and name not in found:
            yield f"{name} is gone"


def _tells_of_problems(data: bytes) -> bool:
    run = json.loads(data)
    return run["exit_code"] == 5 and bool(run["problems"])


def _same(found: Tree, wanted: Tree) -> Iterator[str]:
    for name in sorted({*found, *wanted}):
        if name != RUN and not name.endswith(HOLDER) and found.get(name) != wanted.get(name):
            yield f"{name} is not what it would have been"


def _is_litter(name: str) -> bool:
    return name.endswith((".new", HOLDER)) or UNFINISHED.fullmatch(name) is not None


def _names(found: Tree) -> frozenset[str]:
    return frozenset(found)


def _part(found: Tree, start: str) -> dict[str, bytes]:
    return {name: data for name, data in found.items() if name.startswith(start)}


def _canonical(found: Tree) -> dict[str, bytes]:
    """A home without what no run reads: content of unfinished files, and whose they are."""
    return {
        re.sub(r"\.\d+\.part$", ".part", name): b"" if UNFINISHED.fullmatch(name) else data
        for name, data in found.items()
        if not name.endswith(HOLDER)
    }


def _forget(home: Path) -> None:
    for folder, folders, names in os.walk(home, topdown=False):
        for name in names:
            os.unlink(f"{folder}/{name}")  # noqa: PTH108 - thousands of them
        for name in folders:
            os.rmdir(f"{folder}/{name}")  # noqa: PTH106
    home.rmdir()
