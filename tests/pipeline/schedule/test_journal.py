"""The journal: whole or not there, and read without harm."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from pipeline.schedule import journal
from pipeline.schedule.journal import KEPT, Journal, last_run_at, read

NOW = datetime(2026, 11, 20, 3, 17, tzinfo=UTC)


@pytest.fixture
def begun(tmp_path):
    found = Journal(tmp_path)
    found.begin(cron="17 3 * * *", timezone="UTC", at=NOW)
    return found


def test_what_was_written_is_read(tmp_path, begun):
    begun.update(next_run_at="2026-11-21T03:17:00+00:00")
    begun.update_run(reason="schedule", refresh_exit=0)
    known = read(tmp_path)
    assert known["pid"] == os.getpid()
    assert known["is_running"] is True
    assert known["cron"] == "17 3 * * *"
    assert known["started_at"] == "2026-11-20T03:17:00+00:00"
    assert known["next_run_at"] == "2026-11-21T03:17:00+00:00"
    assert known["last_run"]["refresh_exit"] == 0
    assert known["last_run"]["publish_exit"] is None


def test_the_next_scheduler_keeps_the_last_run_and_the_mishaps(tmp_path, begun):
    begun.update_run(started_at="2026-11-20T03:17:00+00:00", refresh_exit=3)
    begun.mishap("missed", at=NOW, detail="late")
    Journal(tmp_path).begin(cron="0 4 * * *", timezone="UTC", at=NOW)
    known = read(tmp_path)
    assert known["cron"] == "0 4 * * *"
    assert known["last_run"]["refresh_exit"] == 3
    assert [one["detail"] for one in known["missed"]] == ["late"]


def test_only_the_last_mishaps_are_kept(tmp_path, begun):
    for number in range(KEPT + 5):
        begun.mishap("overlap", at=NOW, detail=str(number))
    details = [one["detail"] for one in read(tmp_path)["missed"]]
    assert details == [str(number) for number in range(5, KEPT + 5)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"schema": 2}',
        b'{"schema": 1, "last_run": 7}',
        b'{"schema": 1, "missed": 7}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_broken_file_is_none(tmp_path, data):
    (tmp_path / journal.NAME).write_bytes(data)
    assert read(tmp_path) is None
    assert last_run_at(tmp_path) is None
    assert Journal(tmp_path)._known["missed"] == []


def test_values_of_the_wrong_kind_are_left_out(tmp_path):
    data = {"schema": 1, "pid": True, "host": 7, "cron": [], "missed": [1, {"kind": "missed"}]}
    (tmp_path / journal.NAME).write_text(json.dumps(data))
    known = read(tmp_path)
    assert (known["pid"], known["host"], known["cron"]) == (None, None, None)
    assert known["missed"] == [{"kind": "missed"}]
    assert known["is_running"] is False


def test_no_file_is_none(tmp_path):
    assert read(tmp_path / "nowhere") is None


def test_a_process_that_is_gone_is_not_running(tmp_path, begun):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    begun.update(pid=child.pid)
    assert read(tmp_path)["is_running"] is False


def test_a_process_of_somebody_else_is_running(tmp_path, begun, monkeypatch):
    def forbid(pid, number):
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbid)
    assert read(tmp_path)["is_running"] is True


def test_of_another_machine_nothing_is_said(tmp_path, begun):
    begun.update(host="elsewhere.example")
    assert read(tmp_path)["is_running"] is None


def test_the_record_of_a_run_comes_first(tmp_path, begun):
    (tmp_path / "run.json").write_text('{"started_at": "2026-11-19T10:00:00+00:00"}')
    begun.update_run(started_at="2026-11-18T03:17:00+00:00")
    assert last_run_at(tmp_path) == datetime(2026, 11, 19, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["{", "7", "{}", '{"started_at": 7}', '{"started_at": "2026"}'])
def test_without_a_record_the_journal_tells_the_last_run(tmp_path, begun, text):
    (tmp_path / "run.json").write_text(text)
    begun.update_run(started_at="2026-11-18T03:17:00+00:00")
    assert last_run_at(tmp_path) == datetime(2026, 11, 18, 3, 17, tzinfo=UTC)


def test_a_scheduler_that_saw_no_run_tells_since_when_it_waited(tmp_path, begun):
    assert last_run_at(tmp_path) == NOW


def test_a_disk_that_refuses_does_not_stop_the_scheduler(tmp_path, caplog):
    (tmp_path / "out").write_text("a file where the folder should be")
    Journal(tmp_path / "out").begin(cron="* * * * *", timezone="UTC", at=NOW)
    assert "schedule.journal_not_written" in caplog.text


def test_nothing_is_left_beside_the_journal(tmp_path, begun):
    assert [p.name for p in tmp_path.iterdir()] == [journal.NAME]


def test_reading_imports_nothing_heavy():
    code = (
        "import sys; from pathlib import Path; from pipeline.schedule import journal;"
        "journal.read(Path('nowhere'));"
        "print([m for m in ('apscheduler', 'pyarrow', 'pandas', 'pydantic', 'scrapy', 'filelock')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
