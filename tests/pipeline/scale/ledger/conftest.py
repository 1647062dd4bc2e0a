"""Tables for a ledger, and what plain dictionaries say of them. Ids and counts are made up."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.scale.ledger import Ledger

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def rows(counts, *, order=None):
    pairs = list(counts) if order is None else [list(counts)[n] for n in order]
    return {
        "author_id": pa.array([author for author, _ in pairs], pa.int64()),
        "work_id": pa.array([work for _, work in pairs], pa.int64()),
        "cited_by_count": pa.array([counts[pair] for pair in pairs], pa.int64()),
    }


@pytest.fixture
def write(tmp_path):
    """Writes `{(author, work): count or None}` as a table in any order, some rows a group."""

    def write(counts, name="table.parquet", *, seed=None, group=5, **columns):
        rng = np.random.default_rng(seed)
        order = None if seed is None else rng.permutation(len(counts))
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        table = pa.table(rows(counts, order=order) | columns)
        pq.write_table(table, path, row_group_size=group)
        return path

    return write


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def keep(ledger, write):
    """Gives a ledger the table of a day; believes it unless told otherwise."""

    def keep(counts, day, *, to=ledger, accept=True, **more):
        seed = more.pop("seed", None)
        path = write(counts, seed=seed)
        as_of = dt.date.fromisoformat(day)
        return to.add(path, as_of=as_of, now=NOON, accept=accept, **more)

    return keep


@pytest.fixture(scope="session")
def content():
    """A ledger's table of a day as a dictionary."""

    def of(ledger, day=None):
        found = {}
        for part in ledger.table(day and dt.date.fromisoformat(day)):
            keys = zip(part.author.tolist(), part.work.tolist(), strict=True)
            values = zip(part.count.tolist(), part.unknown.tolist(), strict=True)
            for key, (count, unknown) in zip(keys, values, strict=True):
                assert key not in found
                found[key] = None if unknown else count
        return found

    return of


@pytest.fixture(scope="session")
def nights():
    """Tables of many days: counts rise, fall and are unknown; rows come, go and return."""

    def of(days, *, seed, wide=False):
        rng = np.random.default_rng(seed)
        top = 1 << 49 if wide else 7_200_000_000
        authors = [int(a) for a in rng.integers(1, top if wide else 5_100_000_000, 12)]
        pairs = [(a, int(w)) for a in authors for w in rng.integers(1, top, 9)]
        counts = {pair: int(rng.integers(0, 9)) for pair in pairs[:60]}
        gone = {}
        for _ in range(days):
            yield dict(counts)
            for pair in list(counts):
                what = rng.random()
                if what < 0.05:
                    counts[pair] = None
                elif what < 0.25:
                    counts[pair] = int(rng.integers(0, 3_000_000_000))
                elif what < 0.32:
                    gone[pair] = counts.pop(pair)
            for pair in [*list(gone)[:2], *rng.permutation(pairs).tolist()[:3]]:
                gone.pop(tuple(pair), None)
                counts.setdefault(tuple(pair), int(rng.integers(0, 9)))

    return of
