from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.doctor import machine

NOW = datetime(2027, 1, 5, 3, 17, tzinfo=UTC)


@dataclass
class Row:
    asked_at: datetime | None
    checked_at: datetime | None = None


def states(findings):
    return [f.state for f in findings]


def test_our_own_packages_are_fine():
    owners = {"pipeline": ["scholar-metrics"], "spiders": ["scholar-metrics"]}
    assert states(machine.installation(owners, python=(3, 12, 1))) == ["ok"]


def test_another_owner_of_our_names_is_named():
    owners = {"pipeline": ["scholar-metrics", "other-pipeline"]}
    found = list(machine.installation(owners, python=(3, 12, 1)))
    assert states(found) == ["ok", "wrong"]
    assert "other-pipeline" in found[1].what
    assert "pipx" in found[1].what


def test_an_old_python_is_refused():
    found = list(machine.installation({}, python=(3, 10, 9)))
    assert found[0].state == "wrong"
    assert "3.10.9" in found[0].what


def test_a_clock_before_the_release_is_wrong_and_one_on_that_day_is_not():
    assert machine.clock(machine.RELEASED - timedelta(seconds=1)).state == "wrong"
    assert machine.clock(machine.RELEASED).state == "ok"


def test_a_clock_behind_the_newest_run_is_wrong():
    rows = [Row(NOW - timedelta(days=3)), Row(None), Row(NOW + timedelta(hours=1))]
    found = list(machine.clock_and_runs(NOW, rows))
    assert states(found) == ["wrong"]
    assert "2027-01-05 04:17" in found[0].what


def test_a_clock_a_little_behind_the_newest_run_is_fine():
    assert not list(machine.clock_and_runs(NOW, [Row(NOW + timedelta(minutes=2))]))
    assert not list(machine.clock_and_runs(NOW, []))


def test_a_clock_that_another_machine_contradicts_is_wrong():
    far = machine.clock_and_others(NOW, NOW + timedelta(minutes=6), host="api.example.org")
    near = machine.clock_and_others(NOW, NOW + timedelta(minutes=4), host="api.example.org")
    assert (far.state, near.state) == ("wrong", "ok")
    assert "api.example.org" in far.what
