"""`scholar-metrics schedule` as it is typed: a service in a process of its own, and its texts."""

import json
import os
import plistlib
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

NEVER_SOON = "0 0 29 2 *"


class Serving:
    """The command, running; `until` reads its stderr up to a line."""

    def __init__(self, home, *args, env=None):
        self.child = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "schedule", *args],
            cwd=home.root,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )
        self.lines = []
        self._late = threading.Timer(60, self.child.kill)
        self._late.start()

    def until(self, pattern):
        for line in self.child.stderr:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"no {pattern!r} in {''.join(self.lines)}")

    def end(self, number=signal.SIGTERM):
        with suppress(ProcessLookupError):
            self.child.send_signal(number)
        out, err = self.child.communicate()
        self._late.cancel()
        self.lines += err.splitlines(keepends=True)
        assert out == ""
        return self.child.returncode


@pytest.fixture
def serving(home):
    made = []

    def start(*args, **options):
        made.append(Serving(home, *args, **options))
        return made[-1]

    yield start
    for one in made:
        if one.child.poll() is None:
            one.end(signal.SIGKILL)


def journal(home):
    return json.loads((home.output / ".schedule.json").read_text())


def ran(home, at):
    """The record of an earlier run."""
    home.output.mkdir(exist_ok=True)
    record = json.dumps({"started_at": at.isoformat(timespec="seconds")})
    (home.output / "run.json").write_text(record)


def test_a_run_now_fills_the_outputs_and_a_signal_ends_it_cleanly(home, serving):
    home.configure("openalex", extra=f'[schedule]\ncron = "{NEVER_SOON}"')
    one = serving("--run-now")
    one.until("schedule.ended refresh=0 publish=None")
    assert home.read("gs_data.json")["citedby"] == 291
    known = journal(home)
    assert (known["pid"], known["cron"]) == (one.child.pid, NEVER_SOON)
    assert known["last_run"]["reason"] == "run_now"
    assert known["next_run_at"].endswith("-02-29T00:00:00+00:00")
    assert one.end() == 0
    known = journal(home)
    assert (known["pid"], known["next_run_at"]) == (None, None)
    assert known["last_run"]["refresh_exit"] == 0


def test_it_outlives_a_child_that_is_killed(home, serving):
    home.configure("openalex", extra=f'[schedule]\ncron = "{NEVER_SOON}"')
    one = serving("--run-now")
    child = int(one.until(r"schedule.child pid=(\d+)")[1])
    os.kill(child, signal.SIGKILL)
    one.until("schedule.ended refresh=-9 .*SIGKILL")
    assert one.child.poll() is None
    assert journal(home)["last_run"]["refresh_exit"] == -9
    assert one.end(signal.SIGINT) == 130


def test_a_signal_ends_the_run_under_way(home, serving):
    home.configure("openalex")
    one = serving("--run-now")
    child = int(one.until(r"schedule.child pid=(\d+)")[1])
    assert one.end() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert journal(home)["last_run"]["problem"] == "refresh ended together with the scheduler"


def test_a_second_one_says_who_is_first(home, serving):
    home.configure("openalex")
    one = serving("--cron", NEVER_SOON)
    one.until("schedule.begun")
    second = home.run("schedule")
    assert second.returncode == 5
    assert second.stderr.count("\n") == 1
    assert f"process {one.child.pid} on " in second.stderr
    assert one.child.poll() is None


def test_nights_that_were_missed_are_made_up_for_once(home, serving):
    home.configure("openalex")
    ran(home, datetime.now(UTC) - timedelta(days=9))
    one = serving()
    one.until("schedule.off due .* to .*made up for by one run")
    one.until("schedule.run .*reason=catch_up")
    one.until("schedule.ended refresh=0")
    assert one.end() == 0
    assert sum("schedule.child" in line for line in one.lines) == 1
    assert [m["kind"] for m in journal(home)["missed"]] == ["off"]


def test_one_missed_night_is_named_by_its_time(home, serving):
    home.configure("openalex")
    now = datetime.now(UTC)
    due = now - timedelta(hours=1)
    ran(home, now - timedelta(hours=2))
    one = serving("--cron", f"{due.minute} {due.hour} * * *")
    detail = one.until(r"schedule.off (.*)")[1]
    assert detail.startswith(f"due {due:%Y-%m-%dT%H:%M}:00+00:00, while no scheduler ran")


def test_what_was_served_is_not_run_again(home, serving):
    home.configure("openalex")
    now = datetime.now(UTC)
    due = now - timedelta(hours=1)
    ran(home, now - timedelta(minutes=30))
    one = serving("--cron", f"{due.minute} {due.hour} * * *")
    one.until("schedule.begun")
    one.end()
    assert not any("schedule.run " in line for line in one.lines)


def test_with_a_repository_it_publishes(home, serving):
    subprocess.run(["git", "init", "-q", "--bare", home.root / "site.git"], check=True)
    home.configure("openalex", extra='[publish]\nrepository = "site.git"')
    one = serving("--run-now", "--cron", NEVER_SOON)
    found = one.until(r"schedule.child pid=\d+ command=.* publish --config (.*)")
    assert Path(found[1]) == home.root / "scholar-metrics.toml"
    one.until(r"schedule.ended refresh=0 publish=\d")
    assert journal(home)["last_run"]["publish_exit"] is not None


def test_a_folder_of_the_homepage_called_pipeline_is_not_run(home, serving):
    home.configure("openalex")
    decoy = home.root / "decoy" / "pipeline"
    decoy.mkdir(parents=True)
    (decoy / "__init__.py").touch()
    (decoy / "__main__.py").write_text("raise SystemExit(99)")
    script = Path(sys.executable).with_name("scholar-metrics")
    child = subprocess.Popen(
        [script, "schedule", "--run-now", "--config", home.root / "scholar-metrics.toml"],
        cwd=home.root / "decoy",
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = next(one for one in child.stderr if "schedule.ended" in one)
    finally:
        child.terminate()
        child.communicate()
    assert "refresh=0" in line


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--cron", "61 * * * *"], "'61' is no minute"),
        (["--timezone", "Mars/Base"], "no time zone 'Mars/Base'"),
        (["--print", "cron", "--run-now"], "exclude each other"),
        (["--print", "windows"], "'windows' is not one of"),
        (["--config", "nowhere.toml"], "no such file"),
    ],
)
def test_a_wrong_option_is_one_line(home, args, says):
    home.configure("openalex")
    done = home.run("schedule", *args)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_configuration_is_checked_as_the_options_are(home):
    home.configure("openalex", extra='[schedule]\ncron = "daily"\ntimezone = "UTC"')
    done = home.run("schedule")
    assert (done.returncode, done.stdout) == (2, "")
    assert "five fields are wanted" in done.stderr


def test_a_zone_that_changes_its_clocks_is_warned_of_once(home):
    home.configure("openalex", extra='[schedule]\ntimezone = "Europe/Berlin"')
    done = home.run("schedule", "--print", "systemd")
    assert done.stderr.count("\n") == 1
    assert "be skipped or happen twice; UTC is exact" in done.stderr
    assert home.run("schedule", "--timezone", "UTC", "--print", "systemd").stderr == ""


def test_people_are_told_by_the_runs_where_the_configuration_names_them(home):
    home.configure("openalex")
    assert "--notify" not in home.run("schedule", "--print", "cron").stdout
    home.configure("openalex", extra="[notify]")
    assert "--notify" in home.run("schedule", "--print", "cron").stdout


def test_the_service_itself_warns_of_an_hour_off(home, serving):
    home.configure("openalex")
    one = serving("--cron", NEVER_SOON, "--timezone", "Europe/Berlin")
    one.until("may come an hour off; UTC is exact")
    one.until("schedule.begun")


@pytest.mark.parametrize("kind", ["systemd", "cron", "launchd"])
def test_a_text_names_the_command_and_the_configuration_by_absolute_paths(home, kind):
    home.configure("openalex", extra='[schedule]\ncron = "5 4 * * *"')
    done = home.run("schedule", "--print", kind)
    assert done.returncode == 0
    script = Path(sys.executable).with_name("scholar-metrics")
    assert str(script) in done.stdout
    assert str(home.root / "scholar-metrics.toml") in done.stdout
    assert "publish" not in done.stdout
    assert ("machine's own zone" in done.stderr) == (kind == "launchd")
    assert not home.output.exists()


def test_a_text_publishes_where_that_is_configured(home):
    home.configure("openalex", extra='[publish]\nrepository = "site"')
    made = home.run("schedule", "--print", "launchd").stdout
    assert " publish --config " in plistlib.loads(made.encode())["ProgramArguments"][2]


def test_without_a_script_the_text_names_the_interpreter(monkeypatch, tmp_path):
    from pipeline.cli import schedule

    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert schedule._program() == (str(tmp_path / "python"), "-P", "-m", "pipeline")
