"""The disk may refuse any operation of a refresh: once, from then on, or by a limit of its own."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import StorageError
from pipeline.refresh import _reader


@pytest.mark.parametrize(
    ("scene", "how", "least"),
    [
        ("changed", "once", 250),
        ("changed", "full", 120),
        ("month_closes", "once", 100),
        ("month_closes", "readonly", 100),
    ],
)
def test_a_refusal_at_any_operation_is_one_line_and_the_next_run_makes_good(
    tried, scene, how, least
):
    count = tried("refusals", scene=scene, how=how)
    assert count[how] >= least
    assert count["exit 5"] > 0.6 * count[how]


def test_a_limit_of_the_kernel_to_any_size_of_file_is_one_line(tried):
    assert tried("small_files", scene="changed")["exit 5"] >= 10


def test_a_file_system_that_is_really_full_is_one_line(tried):
    count = tried("small_disk", scene="changed", kilobytes=list(range(280, 360, 8)))
    assert count["exit 5"] >= 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_under_stdout_is_one_line(tmp_path):
    command = [sys.executable, "-m", "pipeline", "config", "schema"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 5
    assert "scholar-metrics: No space left on device" in done.stderr.splitlines()[0]


def test_an_earlier_page_that_the_disk_cannot_read_is_not_taken_for_none(tmp_path, monkeypatch):
    (tmp_path / "gs_data.json").write_text("{}")

    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    assert _reader(tmp_path)("gs_data.json") == b"{}"
    assert _reader(tmp_path)("none.json") is None
    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(StorageError, match=r"gs_data\.json cannot be read"):
        _reader(tmp_path)("gs_data.json")
