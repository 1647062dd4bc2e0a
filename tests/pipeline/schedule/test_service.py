"""The service on a clock of our own: misfires, overlap, mishaps, catching up, ending.

APScheduler's own clock is replaced too, so a night passes by setting it; nothing sleeps.
"""

import logging
import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
)
from apscheduler.executors import base as executors
from apscheduler.schedulers import base as schedulers

from pipeline.schedule import plan as plans
from pipeline.schedule.journal import Journal, read
from pipeline.schedule.runner import Ended, Runner
from pipeline.schedule.service import Service, Work

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
REFRESH, PUBLISH = ("refresh",), ("publish",)


class Clock:
    """What all parts take for now."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def set(self, text):
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)


class Runs:
    """Commands end as they were told to: by a code, an exception, or something to call."""

    def __init__(self):
        self.asked = []
        self.pauses = []
        self.script = []
        self.is_stopped = False
        self.may_pause = True

    def run(self, command, *, deadline):
        self.asked.append(command)
        answer = self.script.pop(0) if self.script else 0
        if callable(answer):
            answer = answer()
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Ended) else Ended(code=answer)

    def pause(self, seconds):
        self.pauses.append(seconds)
        return self.may_pause

    def stop(self):
        self.is_stopped = True


class Night:
    """A service under test; `act` is what happens while it serves, then the signal comes."""

    def __init__(self, output, clock):
        self.output = output
        self.clock = clock
        self.runs = Runs()
        self.journal = Journal(output)
        self.zone = "UTC"
        self.cron = "17 3 * * *"
        self.publish = None
        self.grace = 12 * 3600
        self.ended = threading.Semaphore(0)
        self.signal = signal.SIGTERM

    def serve(self, act=lambda: None, *, at_once=None, runs=None, times=None):
        work = Work(refresh=REFRESH, publish=self.publish, deadline=60, grace=self.grace)
        times = times or plans.make(self.cron, self.zone)
        self.journal.begin(cron=self.cron, timezone=self.zone, at=self.clock())
        service = Service(
            times, work, runs=runs or self.runs, journal=self.journal, clock=self.clock
        )
        self.wake = service._scheduler.wakeup
        # The service's own listener came first, so what it journals is there.
        ends = EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        service._scheduler.add_listener(lambda event: self.ended.release(), ends)

        def wait(seconds):
            act()
            return self.signal

        return service.serve(wait, at_once=at_once)

    def until(self, text):
        """The clock jumps, and the service looks at it."""
        self.clock.set(text)
        self.wake()

    def settle(self, count=1):
        """Wait for so many runs (or what became of them)."""
        for _ in range(count):
            assert self.ended.acquire(timeout=10)

    @property
    def known(self):
        return read(self.output)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()

    class Now(datetime):
        @classmethod
        def now(cls, tz=None) -> datetime:
            return made.now.astimezone(tz)

    monkeypatch.setattr(schedulers, "datetime", Now)
    monkeypatch.setattr(executors, "datetime", Now)
    return made


@pytest.fixture
def night(tmp_path, clock):
    return Night(tmp_path, clock)


def test_a_run_starts_when_it_is_due_and_not_before(night):
    def act():
        night.until("2026-11-21 03:16:59")
        assert night.runs.asked == []
        night.until("2026-11-21 03:17:00")
        night.settle()
        assert night.runs.asked == [REFRESH]
        last = night.known["last_run"]
        assert last == {
            "started_at": "2026-11-21T03:17:00+00:00",
            "finished_at": "2026-11-21T03:17:00+00:00",
            "refresh_exit": 0,
            "publish_exit": None,
            "reason": "schedule",
            "problem": None,
        }
        assert night.known["next_run_at"] == "2026-11-22T03:17:00+00:00"

    assert night.serve(act) == 0


def test_each_night_has_its_run(night):
    def act():
        for day in range(21, 29):
            night.until(f"2026-11-{day} 03:17:00")
            night.settle()

    night.serve(act)
    assert night.runs.asked == [REFRESH] * 8


def test_the_next_run_is_known_from_the_start(night):
    def act():
        assert night.known["next_run_at"] == "2026-11-21T03:17:00+00:00"
        assert night.known["pid"] == os.getpid()

    night.serve(act)


def test_a_run_that_is_late_within_the_grace_is_made_up_for(night):
    def act():
        night.until("2026-11-21 15:00:00")
        night.settle()

    night.serve(act)
    assert night.runs.asked == [REFRESH]
    assert night.known["missed"] == []


def test_a_run_that_is_later_than_the_grace_is_left_for_the_next_night_and_told(night, caplog):
    def act():
        night.until("2026-11-21 15:17:01")
        night.settle()
        assert night.runs.asked == []
        assert night.known["next_run_at"] == "2026-11-22T03:17:00+00:00"
        night.until("2026-11-22 03:17:00")
        night.settle()

    night.serve(act)
    assert night.runs.asked == [REFRESH]
    (one,) = night.known["missed"]
    assert (one["kind"], one["at"]) == ("missed", "2026-11-21T15:17:01+00:00")
    assert "due 2026-11-21T03:17:00+00:00, 12.0 h late" in one["detail"]
    assert "schedule.missed" in caplog.text


def test_nights_that_a_sleeping_machine_missed_are_one_run(night):
    def act():
        night.until("2026-11-28 09:00:00")
        night.settle()

    night.serve(act)
    assert night.runs.asked == [REFRESH]


@pytest.mark.parametrize(
    ("before", "runs"),
    [
        ("2027-03-26 12:00", ["2027-03-27 01:30", "2027-03-28 01:30", "2027-03-29 00:30"]),
        ("2027-10-29 12:00", ["2027-10-30 00:30", "2027-10-31 00:30", "2027-11-01 01:30"]),
    ],
    ids=["spring", "autumn"],
)
def test_when_clocks_change_each_night_has_exactly_one_run(night, before, runs):
    night.cron, night.zone = "30 2 * * *", "Europe/Berlin"
    night.clock.set(before)
    hour = timedelta(hours=1)
    seen = []

    def act():
        while night.clock.now < datetime.fromisoformat(runs[-1]).replace(tzinfo=UTC) + hour:
            next_at = datetime.fromisoformat(night.known["next_run_at"])
            at = min(night.clock.now + hour, next_at)
            night.until(at.replace(tzinfo=None).isoformat())
            if at == next_at:
                night.settle()
                seen.append(f"{at:%Y-%m-%d %H:%M}")

    night.serve(act)
    assert seen == runs
    assert night.runs.asked == [REFRESH] * 3


def test_a_run_that_is_due_while_one_is_under_way_is_left_out_and_told(night, caplog):
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert go_on.wait(10)
        return 0

    night.runs.script = [slow]

    def act():
        night.until("2026-11-21 03:17:00")
        assert begun.wait(10)
        night.until("2026-11-22 03:17:00")
        night.settle()  # the one that was left out
        assert night.known["missed"][0]["kind"] == "overlap"
        go_on.set()
        night.settle()
        night.until("2026-11-23 03:17:00")
        night.settle()

    night.serve(act)
    assert night.runs.asked == [REFRESH] * 2
    assert "schedule.overlap" in caplog.text


@pytest.mark.parametrize(
    ("raised", "says"),
    [
        (OSError(11, "no\nprocess"), "BlockingIOError: [Errno 11] no process"),
        (SystemExit(3), "SystemExit: 3"),
    ],
)
def test_what_is_raised_in_a_run_is_told_and_the_next_night_runs(night, caplog, raised, says):
    night.runs.script = [raised]

    def act():
        night.until("2026-11-21 03:17:00")
        night.settle()
        assert night.known["last_run"]["problem"] == says
        assert night.known["last_run"]["finished_at"] is not None
        (one,) = night.known["missed"]
        assert (one["kind"], one["detail"]) == ("error", says)
        night.until("2026-11-22 03:17:00")
        night.settle()

    night.serve(act)
    assert len(night.runs.asked) == 2
    assert night.known["last_run"]["problem"] is None
    errors = [r.getMessage() for r in caplog.records if r.name.startswith("pipeline")]
    assert f"schedule.error {says}" in errors


@pytest.mark.parametrize("code", [0, 1])
def test_what_is_fresh_at_least_in_part_is_published(night, code):
    night.publish = PUBLISH
    night.runs.script = [code, 5]

    night.serve(night.settle, at_once="run_now")
    assert night.runs.asked == [REFRESH, PUBLISH]
    last = night.known["last_run"]
    assert (last["refresh_exit"], last["publish_exit"]) == (code, 5)


@pytest.mark.parametrize("code", [2, 3, 4, -9, None])
def test_without_anything_new_nothing_is_published(night, code):
    night.publish = PUBLISH
    night.runs.script = [code]
    night.serve(night.settle, at_once="run_now")
    assert night.runs.asked == [REFRESH]
    assert night.known["last_run"]["publish_exit"] is None


def test_a_manual_run_beside_it_is_waited_for_once(night):
    night.publish = PUBLISH

    def act_of_pause(seconds):
        night.runs.pauses.append((seconds, night.known["next_run_at"]))
        return True

    night.runs.pause = act_of_pause
    night.runs.script = [5, 0, 0]
    night.serve(night.settle, at_once="run_now")
    assert night.runs.pauses == [(600.0, "2026-11-20T12:10:00+00:00")]
    assert night.runs.asked == [REFRESH, REFRESH, PUBLISH]
    assert night.known["last_run"]["refresh_exit"] == 0


def test_a_manual_run_that_lasts_leaves_it_to_the_next_night(night):
    night.runs.script = [5, 5]

    def act():
        night.settle()
        assert night.known["next_run_at"] == "2026-11-21T03:17:00+00:00"

    night.serve(act, at_once="run_now")
    assert night.runs.asked == [REFRESH, REFRESH]
    assert night.known["last_run"]["refresh_exit"] == 5


def test_who_is_stopped_while_waiting_tries_no_more(night):
    night.runs.script = [5]
    night.runs.may_pause = False
    night.serve(night.settle, at_once="run_now")
    assert night.runs.asked == [REFRESH]


def test_a_killed_child_is_told_and_the_next_night_runs(night, caplog):
    night.runs.script = [Ended(code=-9)]

    def act():
        night.settle()
        last = night.known["last_run"]
        assert last["refresh_exit"] == -9
        assert last["problem"] == "refresh ended by somebody with SIGKILL"
        night.until("2026-11-21 03:17:00")
        night.settle()

    night.serve(act, at_once="catch_up")
    assert night.runs.asked == [REFRESH] * 2
    assert "ended by somebody with SIGKILL" in caplog.text


def test_a_run_at_once_is_one_and_the_plan_goes_on(night):
    def act():
        night.settle()
        assert night.known["last_run"]["reason"] == "catch_up"
        night.until("2026-11-21 03:17:00")
        night.settle()
        assert night.known["last_run"]["reason"] == "schedule"

    night.serve(act, at_once="catch_up")
    assert night.runs.asked == [REFRESH] * 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_cleanly(night, number, code):
    night.signal = number
    assert night.serve() == code
    assert night.runs.is_stopped
    assert (night.known["pid"], night.known["next_run_at"]) == (None, None)
    assert not [t for t in threading.enumerate() if "APScheduler" in t.name]


def test_a_run_under_way_ends_with_it(night):
    runs = Runner(patience=0.1)
    begun = threading.Event()
    real = runs.run

    def run(command, *, deadline):
        code = "import time; time.sleep(60)"
        threading.Timer(0.1, begun.set).start()
        return real([sys.executable, "-c", code], deadline=deadline)

    runs.run = run
    night.serve(lambda: begun.wait(10), at_once="run_now", runs=runs)
    assert night.known["last_run"]["problem"] == "refresh ended together with the scheduler"
    assert night.known["last_run"]["finished_at"] is not None


def test_a_waiting_service_looks_at_the_clock_again(night):
    looks = iter([None, None, signal.SIGTERM])
    woken = []
    work = Work(refresh=REFRESH, publish=None, deadline=60, grace=60)
    service = Service(
        plans.make("17 3 * * *", "UTC"), work, runs=Runs(), journal=night.journal, clock=night.clock
    )
    service._scheduler.wakeup = lambda: woken.append(1)
    service._scheduler.start = lambda: None
    service._scheduler.shutdown = lambda **_: None
    assert service.serve(lambda seconds: next(looks)) == 0
    assert len(woken) == 2


class EverySoOften:
    """A plan for tests that have no time."""

    def next_after(self, at):
        return at + timedelta(seconds=0.15)


def test_real_children_by_the_real_clock_survive_that_one_is_killed(tmp_path, caplog):
    caplog.set_level(logging.INFO, logger="pipeline.schedule")
    (tmp_path / "first").touch()
    code = (
        "import os, pathlib, signal; p = pathlib.Path('first');\n"
        "if p.exists(): p.unlink(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = (sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r})\n{code}")
    work = Work(refresh=command, publish=None, deadline=20, grace=60)
    output = tmp_path / "out"
    output.mkdir()
    seen = []
    enough = threading.Event()

    class Watched(Runner):
        def run(self, command, *, deadline):
            ended = super().run(command, deadline=deadline)
            seen.append(ended.code)
            if len(seen) == 3:
                enough.set()
            return ended

    service = Service(EverySoOften(), work, runs=Watched(), journal=Journal(output))

    def wait(seconds):
        assert enough.wait(20)
        return signal.SIGTERM

    assert service.serve(wait) == 0
    assert seen[:3] == [-9, 0, 0]
