from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.history import History, columns, compact, disk, tables, writing
from pipeline.history import manifest as listing
from pipeline.history.files import Files
from pipeline.history.manifest import Entry, Manifest
from pipeline.history.tables import SPECS

NOW = datetime(2026, 3, 15, tzinfo=UTC)


def files(*paths: str, size: int = 100) -> dict[str, Entry]:
    return {
        path: Entry(sha256="", size=size, rows=1, first=number, last=number)
        for number, path in enumerate(paths, 1)
    }


def due(found: dict[str, Entry]) -> dict[str, tuple[str, ...]]:
    return {group.target: group.paths for group in compact.due(found, at=NOW)}


def test_a_closed_month_becomes_one_file():
    paths = ("changes/year=2026/month=02/a.parquet", "changes/year=2026/month=02/b.parquet")
    assert due(files(*paths)) == {"changes/year=2026/month=02/runs-1-2.parquet": paths}


def test_a_month_that_still_runs_stays_as_it_is():
    nights = [f"runs/year=2026/month=03/{n}.parquet" for n in range(10, 10 + compact.FEW)]
    assert due(files(*nights)) == {}
    paths = (*nights, "runs/year=2026/month=03/more.parquet")
    assert due(files(*paths)) == {"runs/year=2026/month=03/runs-1-5.parquet": paths}


YEAR = "runs/year=2026/month=02/runs-1-9.parquet"
NIGHTS = tuple(f"runs/year=2026/month=03/{n}.parquet" for n in range(compact.FEW + 1))


def test_closed_months_of_this_year_become_one_file_in_the_last_of_them():
    paths = ("runs/year=2026/month=01/runs-1-9.parquet", "runs/year=2026/month=02/a.parquet")
    found = files(*paths, "runs/year=2026/month=03/b.parquet")
    assert due(found) == {"runs/year=2026/month=02/runs-1-2.parquet": paths}


def test_runs_of_the_month_are_joined_with_the_year_so_far():
    paths = (YEAR, *NIGHTS)
    assert due(files(*paths)) == {"runs/year=2026/month=03/runs-1-6.parquet": paths}


def test_a_year_that_has_grown_is_not_written_again_for_a_few_runs():
    found = files(YEAR, size=compact.SMALL) | files(*NIGHTS)
    assert due(found) == {"runs/year=2026/month=03/runs-1-5.parquet": NIGHTS}


def test_no_file_is_in_two_groups():
    closed = ("runs/year=2026/month=01/a.parquet", YEAR)
    groups = due(files(*closed, *NIGHTS))
    assert groups == {
        "runs/year=2026/month=02/runs-1-2.parquet": closed,
        "runs/year=2026/month=03/runs-3-7.parquet": NIGHTS,
    }


def test_months_that_the_clock_says_are_yet_to_come_are_no_closed_ones():
    nights = ("runs/year=2027/month=01/a.parquet", "runs/year=2027/month=01/b.parquet")
    assert due(files(*nights)) == {"runs/year=2027/month=01/runs-1-2.parquet": nights}


def test_closed_years_become_one_file():
    paths = (
        "runs/runs-1-9.parquet",
        "runs/year=2025/month=01/a.parquet",
        "runs/year=2025/month=12/b.parquet",
    )
    found = files(*paths) | files("runs/year=2026/month=01/c.parquet")
    assert due(found) == {"runs/runs-1-3.parquet": paths}


def test_a_file_alone_is_left_alone():
    assert due(files("runs/runs-1-9.parquet", "changes/year=2025/month=01/a.parquet")) == {}


def test_a_large_file_of_closed_years_is_sealed():
    sealed = files("runs/runs-1-9.parquet", size=compact.SEALED)
    months = ("runs/year=2025/month=01/a.parquet", "runs/year=2025/month=02/b.parquet")
    assert due(sealed | files(*months)) == {"runs/runs-1-2.parquet": months}


def test_changes_runs_and_states_are_never_mixed():
    found = files(
        "changes/year=2025/month=01/a.parquet",
        "runs/year=2025/month=01/a.parquet",
        "state/records.parquet",
        "state/authors.parquet",
    )
    assert due(found) == {}


@pytest.fixture
def ten_years(kit, root):
    """300 works over 3,650 nights, of which 0.78 % change a night, as one run a file."""
    chance = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    works = [
        "google_scholar:AbCdEfGhIjKL:" + "".join(chance.choices(letters, k=12)) for _ in range(300)
    ]
    rates = [chance.lognormvariate(0, 1.2) for _ in works]
    counts = dict.fromkeys(works, 0)
    start = datetime(2026, 1, 1, 3, 17, tzinfo=UTC)
    rows: dict[str, dict[int, list[tuple[object, ...]]]] = {"changes": {}, "runs": {}}
    for run in range(1, 3651):
        at = start + timedelta(days=run - 1, seconds=chance.random() * 20)
        cited = set(chance.choices(works, rates, k=chance.choice((0, 1, 2, 3, 4, 5))))
        for work in cited:
            counts[work] += 1
        total = [("", sum(counts.values()))] if cited else []
        rows["changes"].setdefault(at.year, []).extend(
            ("ada", "google_scholar", w, "cited_by_count", run, at.date(), c)
            for w, c in [*total, *((w, counts[w]) for w in cited)]
        )
        run_id = f"{at:%Y%m%dT%H%M%SZ}-{chance.randrange(65536):04x}"
        seconds = round(chance.random() * 3, 2)
        rows["runs"].setdefault(at.year, []).append(
            (run, run_id, at, "ada", "google_scholar", "fresh", None, 300, 1, seconds)
        )
    blobs = {}
    for kind, years in rows.items():
        for year, found in years.items():
            found.sort(key=lambda row: row[:5] if kind == "changes" else row[:1])
            runs = [row[4] if kind == "changes" else row[0] for row in found]
            blob = replace(writing._blob(kind, SPECS[kind], found, min(runs)), last=max(runs))
            path = f"{kind}/year={year}/month=12/runs-{min(runs)}-{max(runs)}.parquet"
            blobs[path] = blob
    new = Manifest(sequence=3650, last_at=start + timedelta(days=3653))
    Files(root, []).replace(Manifest(), new, blobs=blobs)
    return counts


def test_ten_years_of_300_works_are_small_and_all_there(kit, root, ten_years):
    history = History(root)
    before = history.series()
    assert history.compact() == 20
    tree = kit.tree(root)
    assert {p for p in tree if p.endswith(".parquet")} == {
        "changes/runs-1-3650.parquet",
        "runs/runs-1-3650.parquet",
    }
    sizes = {name: len(data) for name, data in tree.items()}
    assert sum(sizes.values()) < 100_000, sizes
    assert sizes["changes/runs-1-3650.parquet"] < 45_000
    after = History(root).series()
    assert len(after) > 8_000
    assert after == before
    last = {c.record_id: c.value for c in after if c.record_id}
    assert last == {work: count for work, count in ten_years.items() if count}
    assert len(History(root).runs()) == 3650
    assert History(root).verify() == []


def test_one_file_of_many_years_is_sorted_by_work(root, ten_years):
    History(root).compact()
    data = disk.read(root / "changes/runs-1-3650.parquet")
    found = list(columns.rows(columns.unpack(data), tables.CHANGES))
    assert found == sorted(found, key=lambda row: row[:5])
    assert columns.marked(data) == {
        "schema": listing.SCHEMA,
        "kind": "changes",
        "first": 1,
        "last": 3650,
    }
