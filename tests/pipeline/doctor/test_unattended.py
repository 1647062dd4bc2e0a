from datetime import UTC, datetime

import pytest

from pipeline.doctor import unattended

NOW = datetime(2027, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "states"),
    [
        ("UTC", []),
        ("Asia/Tokyo", []),
        ("Europe/Berlin", ["note"]),
        ("Australia/Sydney", ["note"]),
        ("Europe/Berln", ["wrong"]),
        ("../etc/passwd", ["wrong"]),
    ],
)
def test_a_zone_with_daylight_saving_time_is_noted(zone, states):
    found = unattended.schedule("17 3 * * *", zone, now=NOW)
    assert [f.state for f in found] == states


def test_a_cron_of_six_fields_is_wrong():
    (found,) = unattended.schedule("0 17 3 * * *", "UTC", now=NOW)
    assert found.state == "wrong"
    assert "five fields" in found.what


def test_notifications_that_are_off_are_no_news(configured):
    assert not list(unattended.notifications(configured(), {}, has_apprise=False))


def test_notifications_without_apprise_are_wrong(configured):
    found = list(unattended.notifications(configured("notify = {}"), {}, has_apprise=False))
    assert [f.state for f in found] == ["wrong", "note"]
    assert "pipx inject scholar-metrics apprise" in found[0].what
    assert "SCHOLAR_METRICS_NOTIFY is empty" in found[1].what


def test_addresses_are_counted_and_not_shown(configured):
    environ = {"WHERE": "json://canary-a\n\n# canary-b\n mailto://canary-c \n"}
    config = configured('notify = {urls_env = "WHERE"}')
    (found,) = unattended.notifications(config, environ, has_apprise=True)
    assert found == ("ok", "notify: 2 addresses in WHERE")


def test_a_scheduled_workflow_comes_with_the_sixty_days(tmp_path):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text("on:\n  schedule:\njobs: scholar-metrics\n")
    (folder / "b.yaml").write_text("on:\n  schedule:\n")
    (found,) = unattended.workflows(tmp_path)
    assert found.state == "note"
    assert found.what.startswith("a.yml")
    assert "60 days" in found.what
