"""Changes column by column: the same as values, made where they are looked at."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.errors import StorageError
from pipeline.history import Change, History, columns, tables, timeline
from pipeline.history import manifest as listing
from pipeline.history.dated import Runs
from pipeline.history.manifest import COPY, NAME
from pipeline.history.timeline import Timeline

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def change(sequence, record="r:1", value: int | None = 1, **said):
    moment = NOON + timedelta(days=sequence)
    said = {
        "author_key": "ada", "provider": "openalex", "metric": "cited_by_count",
        "date": moment.date(), "at": moment, "run_id": f"run{sequence}",
    } | said  # fmt: skip
    return Change(record_id=record, value=value, sequence=sequence, **said)


def drawn(count):
    """Changes in which everything repeats, and everything that may be unknown is so at times."""
    draw = random.Random(count)
    return [
        change(
            draw.randrange(6),
            draw.choice(["", "r:1", "r:2"]),
            draw.choice([None, 0, 7, 2**63 - 1]),
            author_key=draw.choice(["ada", "bob"]),
            provider=draw.choice(["openalex", "crossref"]),
            metric=draw.choice(["cited_by_count", "h_index"]),
            date=draw.choice([date.min, date(1969, 12, 31), date(2026, 3, 2), date.max]),
            at=draw.choice([None, NOON, datetime.max.replace(tzinfo=UTC)]),
            run_id=draw.choice(["", "x", "y"]),
        )
        for _ in range(count)
    ]


CHANGES = drawn(60)


@pytest.mark.parametrize("found", [[], CHANGES[:1], CHANGES])
def test_changes_come_back_exactly(found):
    whole = Timeline.of(found)
    assert whole.to_list() == list(whole) == found
    assert repr(whole) == repr(found)
    assert [whole[n] for n in range(-len(found), len(found))] == [*found, *found]
    assert whole[1:50:2] == found[1:50:2]
    assert Timeline.of(whole) is whole


@pytest.mark.parametrize("parts", [[], [[]], [CHANGES[:7], [], CHANGES[7:9], drawn(20)]])
def test_timelines_follow_each_other(parts):
    found = Timeline.together(map(Timeline.of, parts))
    assert found == [c for part in parts for c in part]


def test_a_timeline_equals_the_same_changes_and_no_others():
    whole = Timeline.of(CHANGES)
    assert whole == CHANGES == whole == tuple(CHANGES)
    assert whole != CHANGES[1:]
    assert whole != [*CHANGES[:-1], replace(CHANGES[-1], metric="i10_index")]
    assert whole != "changes"


def test_every_column_is_that_field_of_each():
    whole = Timeline.of(CHANGES)
    for name in ("author_key", "provider", "record_id", "metric", "run_id"):
        assert whole.column(name) == [getattr(c, name) for c in CHANGES]
    assert whole.values() == [c.value for c in CHANGES]
    assert whole.dates() == [c.date for c in CHANGES]
    assert whole.moments() == [c.at for c in CHANGES]
    assert whole.figures().values() == [(c.record_id, c.metric) for c in CHANGES]


@pytest.mark.parametrize(
    "asked",
    [{"author_key": "bob"}, {"provider": "crossref"}, {"metric": "h_index", "record_id": ""},
     {"run_id": "x"}, {"record_id": "r:1", "run_id": ""}, {"author_key": "nobody"}, {}],
)  # fmt: skip
def test_picking_gives_the_changes_of_what_is_named(asked):
    wanted = [c for c in CHANGES if all(getattr(c, name) == value for name, value in asked.items())]
    assert Timeline.of(CHANGES).where(**asked) == wanted


def test_what_is_read_is_picked_by_the_run_that_saw_it(kit, history):
    for day in range(2):
        kit.run(history, kit.answer({1: day}, cited_by_count=9 + day), day=day)
    whole = history.series()
    assert whole.where(run_id="run2") == [c for c in whole if c.run_id == "run2"] == whole[2:]


def test_runs_are_picked_by_their_numbers():
    found = Timeline.of(CHANGES).up_to(3)
    assert found == [c for c in CHANGES if c.sequence <= 3]


def test_pairs_stand_in_the_order_in_which_they_begin():
    pairs: dict[tuple[str, str], list[Change]] = {}
    for one in CHANGES:
        pairs.setdefault((one.author_key, one.provider), []).append(one)
    got = Timeline.of(CHANGES).by_pair()
    assert got == pairs
    assert list(got) == list(pairs)
    assert Timeline.of([]).by_pair() == {}


def test_a_day_ends_where_another_begins_whatever_the_clock_did():
    days = [5, 5, 6, 5]
    found = Timeline.of([change(n, date=date(2026, 3, day)) for n, day in enumerate(days)])
    assert found.ends_of_days() == [
        (date(2026, 3, 5), 2), (date(2026, 3, 6), 3), (date(2026, 3, 5), 4),
    ]  # fmt: skip
    assert Timeline.of([]).ends_of_days() == []


def test_one_change_stands_for_a_run():
    found = [change(1), change(1, "r:2"), change(2), change(4, "r:2"), change(4)]
    assert Timeline.of(found).last_of_each_run() == [found[1], found[2], found[4]]
    assert Timeline.of([]).last_of_each_run() == []


def test_a_figure_of_0_is_none_that_is_unknown():
    whole = Timeline.of([change(1, value=0), change(2, value=None)])
    assert whole.values() == [0, None]
    assert [c.value for c in whole] == [0, None]


def test_a_place_outside_is_refused():
    with pytest.raises(IndexError):
        Timeline.of([change(1)])[1]


def test_what_is_read_makes_a_value_only_of_what_is_looked_at(kit, history, monkeypatch):
    kit.run(history, kit.answer({1: 1, 2: 2, 3: 3}, cited_by_count=54))
    counts = []
    real = timeline.made
    monkeypatch.setattr(
        timeline, "made", lambda kind, count, of: counts.append(count) or real(kind, count, of)
    )
    whole = history.series()
    assert len(whole) == 4
    assert whole.where(record_id="", metric="cited_by_count").values() == [54]
    assert counts == []
    assert whole[-1].value == 3
    assert counts == [1]


def test_runs_that_lie_in_two_files_are_put_in_order():
    rows = [(run, f"r:{n}", metric) for run in (2, 1) for n in (2, 1) for metric in ("h", "c")]
    found = [
        change(run, record, metric=metric, author_key=key)
        for key in ("bob", "ada")
        for run, record, metric in rows
    ]
    got = timeline.in_order(Timeline.of(found), is_sorted=False)
    assert got == sorted(
        found, key=lambda c: (c.sequence, c.author_key, c.provider, c.record_id, c.metric)
    )


@pytest.mark.parametrize("numbers", [[3, 1, 2, 1], [2**40, 1, 2**40, 7]])
def test_changes_of_one_run_stay_in_their_order(numbers):
    found = [change(1, f"r:{n}") for n in range(4)]
    found = [replace(c, sequence=number) for c, number in zip(found, numbers, strict=True)]
    got = timeline.in_order(Timeline.of(found), is_sorted=True)
    assert got == sorted(found, key=lambda c: c.sequence)


def test_columns_of_other_types_read_the_same():
    rows = [("ada", "p", "r:1", "c", 1, date(2026, 3, 2), None), ("bob", "p", "", "h", 2, None, 0)]
    content = columns.table(tables.CHANGES, rows)
    small = content.set_column(4, "run", content.column("run").cast("int16"))
    for found in (content, small):
        got = timeline.read(found, Runs(list))
        assert got.column("author_key") == ["ada", "bob"]
        assert got.sequences.tolist() == [1, 2]
        assert got.values() == [None, 0]
        assert got.moments() == [None, None]


def test_a_table_without_a_column_is_of_another_version():
    content = columns.table(tables.CHANGES[:3], [("ada", "p", "r:1")])
    with pytest.raises(StorageError, match="no column metric: it was written by another version"):
        timeline.read(content, Runs(list))
    with pytest.raises(StorageError, match="no column run"):
        _ = Runs(lambda: [content]).known


def test_a_text_that_is_not_there_is_not_the_one_that_is_asked_for():
    rows = [("ada", "p", work, "c", 1, date(2026, 3, 2), 1) for work in ("r:1", None, "r:2", "r:1")]
    data = columns.pack(tables.CHANGES, columns.table(tables.CHANGES, rows), mark={})
    got = timeline.read(columns.unpack(data, repeated=("work",)), Runs(list))
    assert got.column("record_id") == ["r:1", None, "r:2", "r:1"]
    assert len(got.where(record_id="r:1")) == 2
    assert len(timeline.in_order(got, is_sorted=False)) == 4


def test_of_two_rows_of_a_run_the_last_one_dates_it():
    rows = [(n, run_id, NOON) for n, run_id in ((1, "a"), (2, "b"), (2, "c"))]
    parts = [columns.table(tables.RUNS[:3], part) for part in (rows[:2], rows[2:])]
    runs = Runs(lambda: parts)
    changes = [("ada", "p", "r:1", "c", run, date(2026, 3, 2), 1) for run in (2, 1, 3)]
    got = timeline.read(columns.table(tables.CHANGES, changes), runs)
    assert got.column("run_id") == ["c", "a", ""]
    assert got.moments() == [NOON, NOON, None]


def test_a_file_of_runs_that_is_none_is_told_when_a_moment_is_asked_for(kit, history, root):
    kit.run(history, kit.answer({1: 1}))
    (path,) = (root / "runs").rglob("*.parquet")
    path.write_bytes(b"no parquet")
    text = (root / NAME).read_bytes()
    listed = listing.load(text)
    name = path.relative_to(root).as_posix()
    entry = replace(listed.files[name], sha256=listing.digest(b"no parquet"))
    body = listing.dump(replace(listed, files={**listed.files, name: entry}))
    (root / NAME).write_bytes(body)
    (root / COPY).write_bytes(body)
    fresh = History(root)
    assert [(c.value, c.at, c.run_id) for c in fresh.series()] == [(1, None, "")]
    assert [p.path for p in fresh.problems] == [name]
