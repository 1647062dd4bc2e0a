from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from pipeline.errors import Locked, StorageError
from pipeline.history import History

PROJECT = Path(__file__).parents[3]

HOLD = """
import sys
from pathlib import Path
from pipeline.history import History
with History(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.readline()
"""

RUNS = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pipeline.errors import Locked
from pipeline.history import History
from pipeline.model import Collected
from spiders.items import AuthorRecord, WorkRecord
root, name, runs = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
at, done = datetime(2026, 3, 2, tzinfo=UTC), 0
while done < runs:
    history = History(root)
    try:
        with history.lock():
            works = (WorkRecord(provider="p", record_id="r", title=None, cited_by_count=done),)
            author = AuthorRecord(provider="p", author_id="a")
            answer = Collected(author_key=name, provider="p", author=author, works=works)
            plan = history.plan([answer], at=at)
            history.commit(plan, outcomes=(), run_id=f"{name}{done}", at=at)
            done += 1
    except Locked:
        pass
    assert not history.problems, history.problems
"""


def started(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_another_process_is_told_who_holds_the_history(kit, root):
    with started(HOLD, root) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Locked) as caught, History(root).lock():
            pass
        message = str(caught.value)
        assert f"process {other.pid} on {socket.gethostname()}, since 20" in message
        assert "\n" not in message
        assert caught.value.exit_code == 5
        with pytest.raises(Locked):
            kit.run(History(root), kit.answer({1: 1}))
        other.stdin.write("\n")
    with History(root).lock():
        pass


def test_a_dead_process_holds_nothing(kit, root):
    with started(HOLD, root) as other:
        other.stdout.readline()
        other.kill()
    kit.run(History(root), kit.answer({1: 1}))
    assert not (root / ".holder.json").exists()


def test_two_processes_at_once_lose_no_run(root):
    with started(RUNS, root, "ada", 8) as one, started(RUNS, root, "bob", 8) as two:
        assert (one.wait(), two.wait()) == (0, 0)
    history = History(root)
    assert sorted(r.run_id for r in history.runs()) == sorted(
        f"{name}{number}" for name in ("ada", "bob") for number in range(8)
    )
    assert {r.sequence for r in history.runs()} == set(range(1, 17))
    assert len(history.series()) == 16
    assert history.verify() == []


def test_whoever_holds_the_lock_may_take_it_again(kit, history):
    with history.lock():
        with history.lock():
            kit.run(history, kit.answer({1: 1}))
        with pytest.raises(Locked), History(history.root).lock():
            pass
    with History(history.root).lock():
        pass


def test_the_lock_is_free_after_an_error(history):
    with pytest.raises(RuntimeError), history.lock():
        raise RuntimeError
    with History(history.root).lock():
        pass


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"pid": 1}'])
def test_an_unreadable_name_of_the_holder_is_left_out(root, said):
    with History(root).lock():
        (root / ".holder.json").write_text(said)
        with pytest.raises(Locked, match="another run holds the history"), History(root).lock():
            pass


def test_the_holder_is_named_while_it_holds(root):
    with History(root).lock():
        holder = json.loads((root / ".holder.json").read_text())
        assert holder["pid"] == os.getpid()
    assert not (root / ".holder.json").exists()


def test_a_folder_that_cannot_be_written_is_one_line(root, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system", str(root))

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    with (
        pytest.raises(StorageError, match="taking the lock of the history: Read-only"),
        History(root).lock(),
    ):
        pass
