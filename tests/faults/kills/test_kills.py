"""A refresh may be killed before any operation of the disk, and in the middle of any write."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipeline.model import Artifact
from pipeline.notify import state
from pipeline.schedule import journal
from pipeline.writers import save

HERE = Path(__file__).parent
LEAST = {"first": 350, "changed": 330, "same": 50, "month_closes": 120, "damaged": 60}
"""Points that each scene has at least: fewer are no whole refresh."""
NAMES = {"unlink": "os.remove", "remove": "os.remove", "replace": "os.rename"}
BY_NAME = ("open", "mkdir", "unlink", "remove", "rmdir", "rename", "replace", "link", "truncate")


@pytest.mark.parametrize("scene", LEAST)
def test_a_kill_at_any_operation_leaves_old_or_new_and_the_next_run_makes_good(tried, scene):
    count = tried("kills", scene=scene)
    assert count["kill"] + count["half"] >= LEAST[scene]


@pytest.mark.parametrize("scene", ["first", "changed", "month_closes", "damaged"])
def test_an_undisturbed_run_of_each_scene_holds_the_invariants(
    machine, holds, tree, tmp_path, scene
):
    code = machine("homes", scene=scene, folder=str(tmp_path))["exit_code"]
    trees = {place.name: tree(place / "out", place / "kept") for place in tmp_path.iterdir()}
    assert code == (5 if scene == "damaged" else 0)
    if scene != "damaged":
        holds(trees["old"], trees["new"], exit_code=code, said="", new=trees["new"])
        holds(trees["new"], trees["after_new"], exit_code=0, said="")


@pytest.mark.parametrize("scene", ["changed", "month_closes", "damaged"])
def test_no_operation_on_a_name_escapes_the_count(machine, scene):
    found = machine("operations", scene=scene)
    counted = Counter(
        (NAMES.get(name, name if name == "open" else f"os.{name}"), where.rpartition("/")[2])
        for name, where in found["operations"]
        if name in BY_NAME and name not in ("rename", "replace")
    )
    renames = sum(name in ("rename", "replace") for name, _ in found["operations"])
    audited = Counter((event, name) for event, name in found["audited"] if event != "os.rename")
    assert audited == counted
    assert sum(event == "os.rename" for event, _ in found["audited"]) == renames


def test_the_kernel_sees_the_very_operations_that_are_counted(tmp_path):
    tracer = shutil.which("strace")
    if tracer is None:
        pytest.skip("strace is not installed: the count is compared with audit events alone")
    home, trace = tmp_path / "home", tmp_path / "trace"
    calls = "write,pwrite64,writev,fsync,fdatasync,/rename,/mkdir,/unlink,rmdir,/link,/truncate"
    calls += ",sync_file_range,copy_file_range,sendfile"
    job = json.dumps({"do": "alone", "scene": "changed", "home": str(home)})
    command = [tracer, "-f", "-y", "-qq", "-s", "0", "-e", f"trace={calls}", "-o", str(trace)]
    done = subprocess.run(
        [*command, sys.executable, str(HERE / "machine.py")],
        input=job + "\n",
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[2])},
    )
    if done.returncode and "ptrace" in done.stderr:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()[:200]}")
    assert done.returncode == 0, done.stderr
    lines = trace.read_text(errors="replace").partition(f'{home}/BEGIN"')[2].splitlines()[1:]
    seen = Counter(
        re.sub(r"at2?$|64$", "", call[1])
        for line in lines
        if str(home) in line and (call := re.match(r"\d+ +(\w+)\(", line))
    )
    names = {"replace": "rename", "remove": "unlink"}
    operations = json.loads(done.stdout)["operations"]
    counted = Counter(names.get(name, name) for name, _ in operations if name != "open")
    print(f"strace: {dict(seen)}")
    assert seen == counted


def test_what_a_killed_run_left_goes_even_where_the_next_one_writes_nothing(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    artifact = Artifact(path="badges/ada/x.json", data=b"1")
    save([artifact], tmp_path)
    left = tmp_path / "badges/ada" / f".x.json.{ended.pid}.part"
    left.write_bytes(b"half")
    assert save([artifact], tmp_path).unchanged == 1
    assert not left.exists()


@pytest.mark.parametrize("what", ["journal", "notify"])
def test_a_kill_leaves_the_small_files_of_the_scheduler_and_the_messages_whole(
    tried, tmp_path, what
):
    count = tried("small", what=what, folder=str(tmp_path))
    assert count["kill"] + count["half"] >= 6
    names = {"journal": [journal.NAME], "notify": [state.FILE]}
    assert [p.name for p in tmp_path.iterdir()] == names[what]
