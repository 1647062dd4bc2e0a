from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from pipeline.doctor import places

NOW = datetime(2027, 1, 5, 3, 17, tzinfo=UTC)


def test_folders_that_are_still_to_be_made_are_fine(configured):
    assert [f.state for f in places.folders(configured())] == ["ok", "ok"]


def test_a_file_in_the_place_of_a_folder_is_wrong(configured, tmp_path):
    (tmp_path / "output").write_text("")
    found = list(places.folders(configured()))
    assert [f.state for f in found] == ["wrong", "wrong"]
    assert "mend its permissions" in found[0].what


def test_a_full_disk_is_wrong(configured, monkeypatch):
    full = SimpleNamespace(free=1000)
    monkeypatch.setattr(places.shutil, "disk_usage", lambda _: full)
    found = list(places.folders(configured()))
    assert {f.state for f in found} == {"wrong"}
    assert "make room" in found[0].what


@pytest.mark.parametrize("deep", [False, True])
def test_no_history_is_a_note(tmp_path, deep):
    (found,) = places.history(tmp_path / "history", now=NOW, deep=deep)
    assert found.state == "note"
    assert "refresh` begins it" in found.what


def test_a_history_of_which_nothing_can_be_read_is_wrong(tmp_path):
    (tmp_path / "manifest.json").write_text('{"schema": 99}')
    found = list(places.history(tmp_path, now=NOW, deep=False))
    assert "wrong" in {f.state for f in found}
