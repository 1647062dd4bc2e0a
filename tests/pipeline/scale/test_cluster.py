import os
import signal
import socket
import sys
import warnings

import pytest

from pipeline.errors import ConfigError
from pipeline.scale import cluster as module
from pipeline.scale.cluster import Cluster
from pipeline.scale.engine import Wanted, measure_buckets, measure_on
from pipeline.scale.measuring import measure_rows, partitioned
from pipeline.scale.rows import source

NOW = 2026


@pytest.fixture(scope="module")
def cluster():
    """Two workers, shared by all tests here: a start takes longer than they do."""
    said = []
    with Cluster(workers=2, say=said.append) as running:
        running.said = said
        yield running


@pytest.fixture
def alone(rows, tmp_path):
    """The result of this process alone."""
    out = tmp_path / "alone.parquet"
    measure_buckets(rows.buckets(tmp_path / "alone"), output=out, now_year=NOW)
    return out.read_bytes()


def pids(cluster):
    return list(cluster.client.run(os.getpid).values())


def test_workers_give_the_same_file(cluster, rows, alone, tmp_path):
    out = tmp_path / "out.parquet"

    buckets = rows.buckets(tmp_path / "again")
    measure_on(cluster, buckets, Wanted(output=out, now_year=NOW, metrics="core"))

    assert out.read_bytes() == alone


def test_rows_in_any_order_are_partitioned_by_the_workers(cluster, rows, tmp_path, assert_same):
    out = tmp_path / "out.parquet"
    wanted = Wanted(output=out, now_year=NOW, metrics="all")

    buckets = partitioned(
        cluster, source(rows.path, metrics="all"), wanted, folder=tmp_path / "parts"
    )
    measure_on(cluster, buckets, wanted)

    assert_same(out, rows.expected("all"))


@pytest.mark.parametrize("victims", [1, 2])
def test_killed_workers_cost_no_result(cluster, rows, alone, tmp_path, victims):
    out = tmp_path / "out.parquet"
    before = pids(cluster)

    def kill(doing, done, total):
        if done == 1:
            for pid in before[:victims]:
                os.kill(pid, signal.SIGKILL)

    buckets = rows.buckets(tmp_path / "again")
    measure_on(cluster, buckets, Wanted(output=out, now_year=NOW, metrics="core", progress=kill))
    cluster.client.wait_for_workers(2, timeout=30)

    assert out.read_bytes() == alone
    assert len(set(pids(cluster)) - set(before)) == victims


def test_a_scheduler_that_runs_is_used(cluster, rows, tmp_path, assert_same):
    out = tmp_path / "out.parquet"
    said = []

    measure_rows(
        rows.path,
        output=out,
        now_year=NOW,
        engine="dask",
        scheduler=cluster.client.scheduler.address,
        say=said.append,
    )

    assert_same(out, rows.expected("core"))
    assert said[0].startswith(f"2 Dask workers at {cluster.client.scheduler.address}; dashboard ")


def test_where_it_runs_is_told_with_the_dashboard(cluster):
    assert cluster.said[0].startswith(
        "2 Dask workers at the local cluster; dashboard http://127.0.0.1:"
    )


def test_a_wrong_value_is_told_as_it_is_and_not_tried_again(cluster, write, tmp_path):
    rows = write([1, 2], [5, -5], [2020, 2021])

    with pytest.raises(ConfigError, match=r"row 2, column cited_by_count: '-5'"):
        partitioned(
            cluster,
            source(rows.path, metrics="core"),
            Wanted(output=tmp_path / "out.parquet", now_year=NOW, metrics="core"),
            folder=tmp_path / "parts",
        )


def test_a_file_that_a_worker_does_not_see_is_named(cluster, rows, tmp_path):
    buckets = rows.buckets(tmp_path)
    buckets.files[0][0].unlink()

    with pytest.raises(ConfigError, match=r"bucket-0000\.parquet.*cannot be read .*No such file"):
        measure_on(
            cluster,
            buckets,
            Wanted(output=tmp_path / "out.parquet", now_year=NOW, metrics="core"),
        )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"pipeline": ""}, "lacks scholar-metrics; install the same version there"),
        ({"pyarrow": ""}, "lacks pyarrow; install scholar-metrics with its dependencies"),
        ({"python": "3.9"}, "runs Python 3.9 with distributed .*; install the same versions"),
        ({"distributed": "2020.1"}, "runs Python .* with distributed 2020.1, not "),
        (ModuleNotFoundError("No module named 'x'"), r"lacks scholar-metrics \(No module named"),
        (RuntimeError("odd"), r"does not answer \(odd\); restart it"),
    ],
)
def test_a_worker_that_cannot_do_it_is_named(cluster, monkeypatch, answer, message):
    found = cluster.client.run(module._inspect_by_value())
    worker = next(iter(found))
    is_error = isinstance(answer, Exception)
    found[worker] = answer if is_error else found[worker] | answer
    monkeypatch.setattr("distributed.Client.run", lambda *given, **named: found)

    with pytest.raises(ConfigError, match=f"worker {worker}: {message}"):
        Cluster(scheduler=cluster.client.scheduler.address).__enter__()


def test_a_scheduler_that_is_not_there_is_told_in_bounded_time(monkeypatch):
    monkeypatch.setattr(module, "REACH_SECONDS", 0.2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConfigError, match=f"--scheduler {address}: not reached .*check the"):
            Cluster(scheduler=address).__enter__()


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "quic://x:1"])
def test_an_address_that_is_none_is_told_at_once(address):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ConfigError, match=r"not reached .*check the address"):
            Cluster(scheduler=address).__enter__()


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(ConfigError, match=r"needs Dask; pip install 'scholar-metrics\[dask\]'"):
        Cluster().__enter__()
