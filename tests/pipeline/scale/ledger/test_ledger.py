"""A ledger beside plain dictionaries: every table that was taken can be had again, row for row."""

import datetime as dt

import numpy as np
import pytest

from pipeline.errors import ChecksFailed, ConfigError, StorageError
from pipeline.scale import BucketWriter
from pipeline.scale.ledger import compare
from pipeline.scale.ledger import counts as counts_module

FIRST = {(1, 10): 5, (1, 11): 0, (2, 10): 5, (2, 12): None}


def days(count, *, begin="2026-11-27", step=1):
    first = dt.date.fromisoformat(begin)
    return [(first + dt.timedelta(days=step * n)).isoformat() for n in range(count)]


@pytest.mark.parametrize(
    ("seed", "wide", "size"), [(1, False, 1000), (2, False, 30), (3, True, 1000), (4, True, 30)]
)
def test_any_table_comes_back_as_it_was_taken(
    keep, ledger, content, nights, monkeypatch, seed, wide, size
):
    """Over a change of month, in one part and in several, with ids of any width.

    Every other one comes in order, and is compared as it streams by, a few rows at a time.
    """
    monkeypatch.setattr(counts_module, "_ROWS_AT_ONCE", 7)
    monkeypatch.setattr(compare, "_BLOCK", 4)
    taken = {}
    dates = days(12, step=4)
    for number, counts in enumerate(nights(8, seed=seed, wide=wide)):
        ordered = dict(sorted(counts.items()))
        mixed = {} if number % 2 else {"seed": number}
        run = keep(ordered, dates[number], rows_a_bucket=size, **mixed).run
        assert run.authors == len({author for author, _ in counts})
        taken[dates[number]] = counts
        assert content(ledger) == counts
    assert {day: content(ledger, day) for day in taken} == taken
    assert content(ledger, "2026-11-29") == taken["2026-11-27"]
    assert ledger.problems() == []


def test_changes_tell_each_step_from_one_table_to_the_next(keep, ledger, nights, steps):
    """Over a change of month: files of the first one are joined before they are read."""
    tables = list(nights(12, seed=6))
    dates = days(12, step=4)
    wanted = []
    for number, (day, counts) in enumerate(zip(dates, tables, strict=True)):
        run = keep(counts, day).run
        before = tables[number - 1] if number else {}
        differing = {pair for pair in before | counts if told(before, pair) != told(counts, pair)}
        if number:
            wanted += [(day, pair, told(before, pair), told(counts, pair)) for pair in differing]
        new, gone = (len(a.keys() - b.keys()) for a, b in ((counts, before), (before, counts)))
        assert (run.new, run.gone, run.changed) == (new, gone, len(differing) - new - gone)
    assert steps(ledger) == sorted(wanted, key=str)
    assert steps(ledger, dates[4]) == sorted((w for w in wanted if w[0] > dates[4]), key=str)


def told(table, pair):
    """What stands for a count: a number, `unknown` or `gone`."""
    return "gone" if pair not in table else "unknown" if table[pair] is None else table[pair]


@pytest.fixture(scope="session")
def steps():
    """A ledger's changes as (day, pair, before, after)."""

    def of(ledger, since=None):
        found = []
        for part in ledger.changes(since and dt.date.fromisoformat(since)):
            for number in range(len(part.author)):
                before, after = (
                    {1: "unknown", 2: "gone"}.get(int(flag[number]), int(count[number]))
                    for count, flag in (
                        (part.before, part.before_flag),
                        (part.after, part.after_flag),
                    )
                )
                pair = int(part.author[number]), int(part.work[number])
                found.append((str(part.as_of[number]), pair, before, after))
        days = [each[0] for each in found]
        assert days == sorted(days)
        return sorted(found, key=str)

    return of


def test_a_run_says_what_it_found(keep, ledger):
    keep(FIRST, "2026-11-01")
    run = keep({(1, 10): 6, (2, 10): 5, (2, 12): 0, (3, 1): 4}, "2026-11-02").run
    said = {n: getattr(run, n) for n in ("rows", "authors", "citations", "new", "changed", "gone")}
    assert said == {"rows": 4, "authors": 3, "citations": 15, "new": 1, "changed": 2, "gone": 1}
    assert [run.unknown for run in ledger.runs] == [1, 0]


def test_a_night_without_news_stores_no_count(keep, ledger):
    keep(FIRST, "2026-11-01")
    before = set(ledger.root.rglob("*.parquet"))
    assert keep(FIRST, "2026-11-02").is_stored
    assert set(ledger.root.rglob("*.parquet")) == before
    assert len(ledger.runs) == 2


def test_an_empty_table_is_a_table(keep, ledger, content):
    keep(FIRST, "2026-11-01", rows_a_bucket=1)
    assert ledger.buckets == 4
    assert keep({}, "2026-11-02").run.gone == 4
    assert content(ledger) == {}
    assert keep(FIRST, "2026-11-03").run.new == 4
    assert content(ledger) == FIRST


def test_the_same_table_of_the_same_day_is_taken_once(keep, ledger):
    keep(FIRST, "2026-11-01")
    assert not keep(FIRST, "2026-11-01").is_stored
    assert len(ledger.runs) == 1


def test_an_authors_past_has_each_day_on_which_something_changed(keep, ledger):
    keep(FIRST, "2026-11-01")
    keep(FIRST | {(2, 12): 7}, "2026-11-02")
    keep({(1, 10): 9, (1, 13): 1, (2, 10): 5}, "2026-12-03")
    first, last = ledger.author(1)
    assert (first.as_of.isoformat(), first.counts) == ("2026-11-01", {10: 5, 11: 0})
    assert last.counts == {10: 9, 13: 1}
    assert [(c.work, c.before, c.after, c.is_new, c.is_gone) for c in last.changes] == [
        (10, 5, 9, False, False),
        (11, 0, None, False, True),
        (13, None, 1, True, False),
    ]
    assert [past.counts for past in ledger.author(2)] == [
        {10: 5, 12: None},
        {10: 5, 12: 7},
        {10: 5},
    ]
    assert ledger.author(77) == ()


def test_changes_have_the_count_of_before_and_of_after(keep, ledger):
    keep(FIRST, "2026-11-01")
    keep(FIRST | {(2, 12): 7}, "2026-11-02")
    keep({(1, 10): 5, (2, 10): 6, (2, 12): 7}, "2026-11-03")

    def of(since):
        (part,) = ledger.changes(since and dt.date.fromisoformat(since))
        columns = (part.author, part.work, part.before, part.before_flag, part.after)
        return list(zip(*(c.tolist() for c in columns), part.after_flag.tolist(), strict=True))

    later = [(1, 11, 0, 0, 0, 2), (2, 10, 5, 0, 6, 0)]
    assert of("2026-11-02") == later
    assert of(None) == [(2, 12, 0, 1, 7, 0), *later]
    assert of("2026-11-03") == []


def test_files_of_a_month_that_is_over_are_joined(keep, ledger, content, nights):
    taken = list(nights(9, seed=5))
    for day, counts in zip(days(9, begin="2026-11-01"), taken, strict=True):
        keep(counts, day)
    keep(taken[-1], "2026-12-01")
    (bucket,) = ledger.root.glob("bucket-*")
    for kind in ("changes", "pairs"):
        (joined,) = (bucket / kind).glob("year=2026/month=11/*.parquet")
        assert joined.name == "runs-000001-000009.parquet"
    assert [content(ledger, day) for day in days(9, begin="2026-11-01")] == taken


def test_who_reads_while_files_are_joined_is_told_to_ask_again(keep, ledger, content):
    keep(FIRST, "2026-11-01")
    keep(FIRST | {(1, 10): 6}, "2026-11-02")
    keep(FIRST | {(1, 10): 6, (5, 5): 5}, "2026-11-03")
    parts = ledger.table()
    keep(FIRST, "2026-12-01")
    with pytest.raises(StorageError, match="while they were read; ask again"):
        next(parts)
    assert content(ledger) == FIRST


def test_buckets_are_a_table_too(tmp_path, ledger, keep, content):
    """Those of a snapshot hold the work of each row, and are read as they lie."""
    with BucketWriter(tmp_path / "buckets", buckets=3, made_of={}) as writer:
        author, work, count = (np.array(c) for c in ([1, 1, 2], [10, 11, 10], [5, 0, 5]))
        writer.add(author, count, None, others={"work_id": (work, None)})
    at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    ledger.add(tmp_path / "buckets", as_of=at.date(), now=at)
    assert ledger.buckets == 3
    assert content(ledger) == {(1, 10): 5, (1, 11): 0, (2, 10): 5}
    keep(FIRST, "2026-11-02")
    assert content(ledger) == FIRST


def test_a_table_that_lost_a_fifth_is_refused_and_nothing_is_lost(keep, ledger, content):
    counts = {(1, work): 10 for work in range(10)}
    keep(counts, "2026-11-01")
    cut = {pair: count for pair, count in counts.items() if pair[1] < 7}
    with pytest.raises(
        ChecksFailed, match=r"3 of the 10 rows of the last table are lost.*--accept"
    ):
        keep(cut, "2026-11-02", accept=False)
    less = dict.fromkeys(counts, 7)
    with pytest.raises(ChecksFailed, match="30 of the 100 citations of the last table"):
        keep(less, "2026-11-02", accept=False)
    assert content(ledger) == counts
    assert keep(cut, "2026-11-02").run.gone == 3
    assert len(list(ledger.root.rglob("run-*.parquet"))) == len(list(ledger.root.rglob("*.par*")))


def test_files_of_a_folder_are_one_table_in_any_order(ledger, write, content, tmp_path):
    at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    write({(2, 10): 5, (2, 12): None}, "table/a.parquet")
    write({(1, 10): 5, (1, 11): 0}, "table/b.parquet")
    ledger.add(tmp_path / "table", as_of=at.date(), now=at)
    assert content(ledger) == FIRST
    assert not ledger.add(tmp_path / "table", as_of=at.date(), now=at).is_stored
    write({(2, 12): 1, (2, 13): 5}, "twice/a.parquet")
    write({(2, 13): 5, (2, 14): 0}, "twice/b.parquet")
    with pytest.raises(ConfigError, match="twice: work 13 stands twice for author 2"):
        ledger.add(tmp_path / "twice", as_of=at.date(), now=at, accept=True)


@pytest.mark.parametrize(
    ("counts", "columns", "said"),
    [
        ({(1, 10): -1}, {}, r"row 1, column cited_by_count: '-1'"),
        ({(1, 10): 1, (1, 11): 2}, {"work_id": [3, None]}, r"row 2, column work_id: ''; give"),
        ({(1, 10): 1}, {"author_id": [None]}, r"row 1, column author_id: ''; give"),
        ({(1, 10): 1, (1, 11): 2}, {"work_id": [7, 7]}, "work 7 stands twice for author 1"),
        ({(1, 10): 1}, {"work_id": ["W10"]}, "row 1, column work_id: 'W10'; give .* a whole"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_taken(ledger, write, counts, columns, said):
    path = write(counts, **columns)
    with pytest.raises(ConfigError, match=said):
        ledger.add(path, as_of=dt.date(2026, 11, 1), now=dt.datetime.now(dt.UTC))
    with pytest.raises(ConfigError, match="no table in it yet"):
        ledger.runs  # noqa: B018


def test_a_table_without_works_is_refused(ledger, rows_only):
    with pytest.raises(ConfigError, match="no column work_id; a ledger follows each work"):
        ledger.add(rows_only, as_of=dt.date(2026, 11, 1), now=dt.datetime.now(dt.UTC))


@pytest.fixture
def rows_only(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"author_id": [1], "cited_by_count": [1]}), tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def test_an_earlier_day_is_refused(keep, ledger):
    keep(FIRST, "2026-11-02")
    with pytest.raises(ConfigError, match="2026-11-01: before 2026-11-02, the day of the last"):
        keep(FIRST, "2026-11-01")
    with pytest.raises(ConfigError, match="before the first table, of 2026-11-02"):
        ledger.table(dt.date(2026, 11, 1))
