"""Two schedulers on one output: the second ends at once and says who is first."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from pipeline.errors import Locked, StorageError
from pipeline.schedule.journal import Journal
from pipeline.schedule.lock import NAME, own

HOLDER = """
import os, signal, sys
from pathlib import Path
from pipeline.schedule.lock import own
with own(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.communicate()


def test_the_second_says_who_is_first(tmp_path, holder):
    at = datetime(2026, 11, 20, 3, 17, tzinfo=UTC)
    Journal(tmp_path).begin(cron="* * * * *", timezone="UTC", at=at)
    with pytest.raises(Locked) as caught, own(tmp_path):
        pass
    assert f"process {os.getpid()} on " in str(caught.value)
    assert "since 2026-11-20T03:17:00+00:00" in str(caught.value)
    assert caught.value.exit_code == 5


def test_a_holder_that_nobody_knows_is_not_named(tmp_path, holder):
    with pytest.raises(Locked, match="another scheduler serves"), own(tmp_path):
        pass


def test_a_killed_holder_holds_nothing(tmp_path, holder):
    holder.kill()
    holder.wait()
    with own(tmp_path):
        pass


def test_it_is_given_back_after_an_error(tmp_path):
    with pytest.raises(ValueError, match="x"), own(tmp_path / "made"):
        raise ValueError("x")
    with own(tmp_path / "made"):
        assert (tmp_path / "made" / NAME).exists()


def test_a_folder_that_cannot_be_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot write to"), own(tmp_path / "file" / "out"):
        pass
