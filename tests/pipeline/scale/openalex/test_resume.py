"""Killed anywhere and started again: nothing is parsed twice, and the result is the same."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]

# Each child goes on where the one before was killed; the last one is left alone.
KILLER = """
import json, os, signal, sys
from pathlib import Path
from pipeline.scale import buckets
from pipeline.scale.openalex import Request, extract, measure_snapshot, partition, result
import pandas, pyarrow.csv, pyarrow.json, pyarrow.parquet

root, folder = map(Path, sys.argv[1:])
output, extracts = folder / "killed.parquet", folder / "killed.work" / "extracts"
request = Request(snapshot=root, output=output, now_year=2026, threads=1)

def dying(function, calls):
    left = [calls]
    def wrapped(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return wrapped

PLACES = {
    "parsing": (extract, "_table", 3),
    "naming an extract": (Path, "replace", 2),
    "partitioning": (buckets.BucketWriter, "add", 1),
    "noting what was counted": (partition, "durable", 0),
    "measuring": (sys.modules["pipeline.scale.openalex.run"], "measure_buckets", 0),
    "writing": (result, "_with_span", 1),
    "naming the result": (result, "synced", 0),
    "nowhere": (result, "synced", 9),
}
found = {}
for place, (owner, name, calls) in PLACES.items():
    child = os.fork()
    if not child:
        setattr(owner, name, dying(getattr(owner, name), calls))
        measure_snapshot(request, tell=lambda line: None)
        os._exit(0)
    found[place] = {
        "status": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]),
        "result": output.exists(),
        "extracts": {p.name: p.stat().st_mtime_ns for p in extracts.glob("[!.]*")},
    }
print(json.dumps(found))
"""
PLACES = [
    "parsing",
    "naming an extract",
    "partitioning",
    "noting what was counted",
    "measuring",
    "writing",
    "naming the result",
    "nowhere",
]


@pytest.fixture(scope="module")
def killed(tmp_path_factory, maker):
    """What was seen after each kill, and the folder."""
    folder = tmp_path_factory.mktemp("killed")
    maker.make(folder / "snapshot", maker.Plan(works=400, format="mixed", part=100))
    command = [sys.executable, "-c", KILLER, str(folder / "snapshot"), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout.splitlines()[-1])


def test_a_killed_run_goes_on_without_parsing_a_finished_file_again(killed):
    folder, found = killed
    files = len(list((folder / "snapshot").rglob("part_*")))
    assert [found[place]["status"] for place in PLACES] == [-9] * 7 + [0]
    assert [len(found[place]["extracts"]) for place in PLACES] == [3, 5, *[files] * 6]
    for before, after in itertools.pairwise(PLACES):
        kept = found[before]["extracts"]
        assert kept.items() <= found[after]["extracts"].items()


def test_a_killed_run_leaves_nothing_half_written_under_a_final_name(killed):
    _, found = killed
    assert [place for place in PLACES if found[place]["result"]] == PLACES[-2:]


def test_the_result_is_the_same_as_if_nobody_had_killed_it(killed, measured):
    folder, _ = killed
    measured(folder / "snapshot", folder / "whole.parquet")
    for ending in ("parquet", "years.parquet"):
        whole = (folder / f"whole.{ending}").read_bytes()
        assert (folder / f"killed.{ending}").read_bytes() == whole


def test_what_killed_runs_left_behind_is_gone_after_the_next_one(killed):
    folder, _ = killed
    work = folder / "killed.work"
    assert {p.name for p in work.iterdir()} == {"buckets", "counted.json", "extracts", "lock"}
    assert not [p for p in folder.rglob("*.part") if "snapshot" not in p.parts]


def test_an_unchanged_snapshot_is_only_measured_again(tmp_path, maker, measured):
    maker.make(tmp_path / "snapshot", maker.Plan(works=300, part=100))
    first, _, before = measured(tmp_path / "snapshot", tmp_path / "a.parquet")
    again, _, after = measured(tmp_path / "snapshot", tmp_path / "a.parquet")
    assert again == first
    assert (after.document["files_parsed"], after.document["buckets_kept"]) == (0, True)
    same = {"works", "works_read", "works_without_authors", "authorships", "authors"}
    assert {k: after.document[k] for k in same} == {k: before.document[k] for k in same}


def test_only_what_changed_is_parsed_again(tmp_path, lines, work, measured):
    root = lines([work(1, 11)]).parents[3]
    lines([work(2, 11)], part="part_0001.gz")
    measured(root, tmp_path / "a.parquet")
    lines([work(2, 12), work(3, 12)], part="part_0001.gz")
    lines([work(1, 13)], day="2026-02-01")
    authors, _, report = measured(root, tmp_path / "a.parquet")
    assert report.document["files_parsed"] == 2
    assert {a: row["papers"] for a, row in authors.items()} == {12: 2, 13: 1}


def test_a_file_of_another_time_is_parsed_again(tmp_path, lines, work, measured):
    path = lines([work(1, 11)])
    lines([work(2, 11)], part="part_0001.gz")
    measured(path.parents[3], tmp_path / "a.parquet")
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    _, _, report = measured(path.parents[3], tmp_path / "a.parquet")
    assert (report.document["files_parsed"], report.document["buckets_kept"]) == (1, False)


def test_a_work_that_was_deleted_since_drops_out_without_a_parse(tmp_path, lines, work, measured):
    path = lines([work(1, 11), work(2, 11)])
    measured(path.parents[3], tmp_path / "a.parquet")
    log = path.parents[1] / "deleted_ids.csv"
    log.write_text("work_id,deleted_date\nhttps://openalex.org/W2,2026-08-14\n")
    authors, _, report = measured(path.parents[3], tmp_path / "a.parquet")
    assert (authors[11]["papers"], report.document["files_parsed"]) == (1, 0)


def test_the_extract_of_a_file_that_went_is_removed(tmp_path, lines, work, measured):
    path = lines([work(1, 11)])
    later = lines([work(2, 12)], day="2026-02-01")
    measured(path.parents[3], tmp_path / "a.parquet")
    later.unlink()
    authors, _, _ = measured(path.parents[3], tmp_path / "a.parquet")
    assert set(authors) == {11}
    assert len(list((tmp_path / "a.work" / "extracts").iterdir())) == 1


def test_a_damaged_extract_is_named(tmp_path, maker, measured):
    from pipeline.errors import StorageError

    maker.make(tmp_path / "snapshot", maker.Plan(works=300, updates=0, part=1000))
    measured(tmp_path / "snapshot", tmp_path / "a.parquet")
    (tmp_path / "a.work" / "counted.json").unlink()
    for path in (tmp_path / "a.work" / "extracts").iterdir():
        data = bytearray(path.read_bytes())
        data[100] ^= 1
        path.write_bytes(data)
    with pytest.raises(StorageError, match=r"extract\.parquet: damaged .* run again"):
        measured(tmp_path / "snapshot", tmp_path / "a.parquet")


def test_two_runs_do_not_share_a_work_folder(tmp_path, lines, work, measured):
    from filelock import FileLock

    from pipeline.errors import Locked

    (tmp_path / "a.work").mkdir()
    with FileLock(tmp_path / "a.work" / "lock"), pytest.raises(Locked, match="another run"):
        measured(lines([work(1, 11)]).parents[3], tmp_path / "a.parquet")
