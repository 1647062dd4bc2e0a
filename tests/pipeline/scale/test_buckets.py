import json
import subprocess
import sys
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ConfigError, StorageError
from pipeline.scale.buckets import MANIFEST, Buckets, BucketWriter, bucket_of

AUTHORS = np.array([7, 5_000_000_001, 7, 1 << 60, -3, 7], dtype=np.int64)
COUNTS = np.array([1, 2, 3, 4, 5, 6])
YEARS = np.array([2001, 2002, 2003, 2004, 2005, 2006], dtype=np.int16)


def write(folder, *, buckets=4, times=1, **given):
    with BucketWriter(folder, buckets=buckets, made_of={"from": "here"}, rows_a_group=4) as writer:
        for _ in range(times):
            writer.add(AUTHORS, COUNTS, YEARS, **given)
    return Buckets.open(folder)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def rows(buckets):
    tables = [pq.read_table(path) for files in buckets.files for path in files]
    return sorted(
        pa.concat_tables(tables).to_pylist(), key=lambda row: (row["author_id"], str(row))
    )


def test_the_bucket_of_an_id_never_changes():
    ids = np.array([0, 1, 5_000_000_001, -1])

    assert bucket_of(ids, 64).tolist() == bucket_of(ids.view(np.uint64), 64).tolist()
    assert bucket_of(ids, 64).tolist() == [0, 56, 3, 2]


def test_neighbouring_ids_are_spread_evenly():
    found = np.bincount(bucket_of(np.arange(5_000_000_000, 5_000_064_000), 64), minlength=64)

    assert found.min() > 800
    assert found.max() < 1200


def test_all_rows_come_back_and_those_of_an_author_are_together(tmp_path):
    buckets = write(tmp_path / "b", times=3)

    assert buckets.total_rows == sum(buckets.rows) == 18
    assert [row["cited_by_count"] for row in rows(buckets)] == [
        5, 5, 5, 1, 1, 1, 3, 3, 3, 6, 6, 6, 2, 2, 2, 4, 4, 4,
    ]  # fmt: skip
    for number, files in enumerate(buckets.files):
        owners = pq.read_table(files[0])["author_id"].to_numpy()
        assert set(bucket_of(owners, 4).tolist()) <= {number}
        assert len(owners) == buckets.rows[number]


def test_the_unknown_are_nulls_and_others_are_not(tmp_path):
    gaps = np.array([True, False, False, False, True, False])

    found = rows(
        write(
            tmp_path / "b",
            unknown=gaps,
            unknown_year=~gaps,
            others={"authors_count": (COUNTS + 1, None)},
        )
    )

    assert [row["cited_by_count"] for row in found] == [None, 3, 6, None, 2, 4]
    assert [row["year"] for row in found] == [2005, None, None, 2001, None, None]
    assert sorted(row["authors_count"] for row in found) == [2, 3, 4, 5, 6, 7]


def test_gaps_that_come_late_do_not_reach_back(tmp_path):
    with BucketWriter(tmp_path / "b", buckets=1, made_of={}, rows_a_group=64) as writer:
        writer.add(AUTHORS, COUNTS, None)
        writer.add(AUTHORS, COUNTS, None, unknown=COUNTS == 6)
        writer.add(AUTHORS, COUNTS, None)

    found = rows(Buckets.open(tmp_path / "b"))

    assert [row["cited_by_count"] for row in found].count(None) == 1


def test_a_writer_without_rows_makes_empty_buckets(tmp_path):
    with BucketWriter(tmp_path / "b", buckets=3, made_of={}):
        pass

    assert Buckets.open(tmp_path / "b").rows == (0, 0, 0)


def test_nothing_stands_there_before_the_end(tmp_path):
    with BucketWriter(tmp_path / "b", buckets=2, made_of={}) as writer:
        writer.add(AUTHORS, COUNTS, None)
        assert not (tmp_path / "b").exists()

    assert (tmp_path / "b" / MANIFEST).exists()


def test_an_error_leaves_what_was_there(tmp_path):
    before = write(tmp_path / "b")

    with suppress(ZeroDivisionError), BucketWriter(tmp_path / "b", buckets=2, made_of={}) as writer:
        writer.add(AUTHORS, COUNTS, None)
        raise ZeroDivisionError

    assert Buckets.open(tmp_path / "b") == before
    assert names(tmp_path) == ["b"]


def test_new_buckets_replace_old_ones(tmp_path):
    write(tmp_path / "b", buckets=4)

    assert len(write(tmp_path / "b", buckets=2)) == 2
    assert names(tmp_path) == ["b"]


def test_what_a_killed_writer_left_is_swept_by_the_next(tmp_path):
    program = (
        "import numpy as np, os, signal\n"
        "from pathlib import Path\n"
        "from pipeline.scale.buckets import BucketWriter\n"
        f"writer = BucketWriter(Path({str(tmp_path)!r}) / 'b', buckets=2, made_of={{}})\n"
        "writer.add(np.arange(9), np.arange(9), None)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    left = names(tmp_path)

    write(tmp_path / "b")

    assert len(left) == 1
    assert left[0].startswith(".b.making-")
    assert names(tmp_path) == ["b"]


def test_a_writer_at_work_is_not_swept(tmp_path):
    with BucketWriter(tmp_path / "b", buckets=2, made_of={}) as slow:
        write(tmp_path / "b", buckets=3)
        slow.add(AUTHORS, COUNTS, None)

    assert len(Buckets.open(tmp_path / "b")) == 2


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").touch()

    with pytest.raises(ConfigError, match="holds something else; name a new or empty folder"):
        BucketWriter(tmp_path, buckets=2, made_of={})


def test_columns_that_change_midway_are_refused(tmp_path):
    writer = BucketWriter(tmp_path / "b", buckets=2, made_of={})
    writer.add(AUTHORS, COUNTS, YEARS)

    with pytest.raises(ValueError, match="cited_by_count after cited_by_count, year"):
        writer.add(AUTHORS, COUNTS, None)

    writer.discard()
    assert names(tmp_path) == []


@pytest.mark.parametrize("buckets", [0, 513])
def test_a_number_of_buckets_that_no_machine_opens_is_refused(tmp_path, buckets):
    with pytest.raises(ValueError, match="give 1 to 512"):
        BucketWriter(tmp_path / "b", buckets=buckets, made_of={})


def test_a_cut_file_is_named(tmp_path):
    path = write(tmp_path / "b").files[1][0]
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(ConfigError, match=r"bucket-0001\.parquet: has \d+ bytes, not \d+; make"):
        Buckets.open(tmp_path / "b")


def test_a_missing_file_is_named(tmp_path):
    write(tmp_path / "b").files[0][0].unlink()

    with pytest.raises(ConfigError, match=r"bucket-0000\.parquet: is missing; make the buckets"):
        Buckets.open(tmp_path / "b")


def test_a_changed_manifest_is_refused(tmp_path):
    write(tmp_path / "b")
    path = tmp_path / "b" / MANIFEST
    found = json.loads(path.read_text())
    found["files"].pop()
    path.write_text(json.dumps(found))

    with pytest.raises(ConfigError, match="changed, or of another version; make the buckets again"):
        Buckets.open(tmp_path / "b")


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense"])
def test_a_damaged_manifest_is_one_line(tmp_path, text):
    write(tmp_path / "b")
    (tmp_path / "b" / MANIFEST).write_text(text)

    with pytest.raises(ConfigError, match="make the buckets again"):
        Buckets.open(tmp_path / "b")


def test_a_folder_without_buckets_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"no buckets\.json in it; make the buckets first"):
        Buckets.open(tmp_path)


def test_parts_put_together_hold_all_rows_of_a_bucket(tmp_path):
    parts = [write(tmp_path / "a"), write(tmp_path / "b", times=2)]

    both = Buckets.together(parts)

    assert both.total_rows == 18
    assert both.rows == tuple(3 * count for count in parts[0].rows)
    assert {len(files) for files in both.files} == {2}


def test_parts_that_differ_are_not_put_together(tmp_path):
    with pytest.raises(ValueError, match="parts of one number of buckets"):
        Buckets.together([write(tmp_path / "a"), write(tmp_path / "b", buckets=2)])


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.scale.shelf.sync_file", full)

    with pytest.raises(StorageError, match=r"the disk is full.*make room"):
        write(tmp_path / "b")

    assert names(tmp_path) == []
