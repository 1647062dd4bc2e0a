"""One child, a deadline, and an end for all that it started. Processes are real, waits short."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from pipeline.schedule.runner import Ended, Runner, start

STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.write(int(sys.argv[1]), b"%d\\n" % os.getpid())
    time.sleep(60)
else:
    os.write(int(sys.argv[1]), b"%d\\n" % os.getpid())
    time.sleep(60)
"""


class Pipe:
    """Children hold its other end, so that its end of file says that all of them are gone."""

    def __init__(self):
        self.read_end, self.write_end = os.pipe()
        os.set_inheritable(self.write_end, True)
        self.file = os.fdopen(self.read_end)

    def command(self, code):
        return [sys.executable, "-c", code, str(self.write_end)]

    def starting(self, *, ready):
        """Starts a child, and gives it when it (with its own) has said so many lines."""

        def start(command):
            child = subprocess.Popen(
                command, start_new_session=True, pass_fds=[self.write_end], stdout=2
            )
            self.release()
            for _ in range(ready):
                assert self.file.readline()
            return child

        return start

    def release(self):
        if self.write_end is not None:
            os.close(self.write_end)
            self.write_end = None

    def close(self):
        self.release()
        self.file.close()


@pytest.fixture
def pipe():
    made = Pipe()
    yield made
    made.close()


def run_python(code, **options):
    return Runner(**options).run([sys.executable, "-c", code], deadline=20)


def test_the_exit_code_is_the_childs():
    assert run_python("raise SystemExit(3)") == Ended(code=3)


def test_a_child_leads_a_session_of_its_own():
    code = "import os; raise SystemExit(0 if os.getsid(0) == os.getpid() else 1)"
    assert run_python(code).code == 0


def test_what_a_child_prints_goes_to_stderr(capfd):
    run_python("print('figures')")
    printed = capfd.readouterr()
    assert printed.out == ""
    assert "figures" in printed.err


def test_a_child_that_somebody_kills_is_told():
    ended = run_python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert ended.code == -9
    assert ended.problem == "ended by somebody with SIGKILL"


def test_a_signal_without_a_name_is_told_by_its_number():
    assert Ended(code=-99).problem == "ended by somebody with signal 99"


def test_a_child_that_ends_by_itself_has_no_problem():
    assert Ended(code=1).problem is None


def test_at_the_deadline_a_child_and_its_child_are_ended_even_when_they_will_not(pipe):
    runner = Runner(start=pipe.starting(ready=2), patience=0.1)
    ended = runner.run(pipe.command(STUBBORN), deadline=0.1)
    assert ended == Ended(code=-signal.SIGKILL, by="deadline")
    assert "deadline" in ended.problem
    assert pipe.file.read() == ""  # the end of file: both are gone


def test_a_child_that_obeys_is_not_killed(pipe):
    code = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "os.write(int(sys.argv[1]), b'ready\\n'); time.sleep(60)"
    )
    ended = Runner(start=pipe.starting(ready=1)).run(pipe.command(code), deadline=0.1)
    assert ended == Ended(code=7, by="deadline")


def test_the_group_has_its_whole_patience_when_only_the_child_obeys(pipe):
    code = """
import os, signal, sys, time
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.write(int(sys.argv[1]), b"ready\\n")
    time.sleep(60)
time.sleep(60)
"""
    slept = []
    runner = Runner(start=pipe.starting(ready=1), patience=0.5, sleep=slept.append)
    ended = runner.run(pipe.command(code), deadline=0.1)
    assert ended == Ended(code=-signal.SIGTERM, by="deadline")
    assert sum(slept) == pytest.approx(0.5)
    assert pipe.file.read() == ""


def test_stop_ends_what_runs_and_starts_nothing_more(pipe):
    begun, found = threading.Event(), []
    starting = pipe.starting(ready=2)

    def start_and_tell(command):
        child = starting(command)
        begun.set()
        return child

    runner = Runner(start=start_and_tell, patience=0.1)
    command = pipe.command(STUBBORN)
    thread = threading.Thread(target=lambda: found.append(runner.run(command, deadline=60)))
    thread.start()
    assert begun.wait(20)
    runner.stop()
    thread.join(10)
    assert found == [Ended(code=-signal.SIGKILL, by="stop")]
    assert pipe.file.read() == ""
    assert runner.run(["no such command"], deadline=1) == Ended(code=None, by="stop")
    assert found[0].problem == "ended together with the scheduler"


def test_what_a_child_leaves_behind_does_not_outlive_it(pipe):
    code = """
import os, sys, time
ready, told = os.pipe()
if os.fork() == 0:
    os.write(told, b"x")
    time.sleep(60)
os.read(ready, 1)
"""
    runner = Runner(start=pipe.starting(ready=0))
    assert runner.run(pipe.command(code), deadline=20) == Ended(code=0)
    assert pipe.file.read() == ""


def test_a_command_that_is_not_there_raises():
    with pytest.raises(FileNotFoundError):
        Runner().run(["no-such-command-anywhere"], deadline=1)


def test_a_pause_lasts_unless_stopped():
    runner = Runner()
    assert runner.pause(0.01)
    runner.stop()
    assert not runner.pause(60)


def test_the_group_of_a_corpse_is_nobody(monkeypatch):
    def refuse(leader, number):
        raise PermissionError  # macOS, of a group that nobody is left of

    monkeypatch.setattr(os, "killpg", refuse)
    assert run_python("") == Ended(code=0)


def test_start_gives_no_input():
    child = start([sys.executable, "-c", "import sys; sys.exit(len(sys.stdin.read()))"])
    assert child.wait() == 0
