import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.notify import state

NOW = datetime(2027, 3, 1, 3, 17, tzinfo=UTC)


def test_what_is_stored_is_loaded_again(tmp_path):
    kept = state.State(digest_at=NOW, failures={"a": NOW}, stale={"ada/openalex": NOW})
    state.store(kept, tmp_path / "out", now=NOW)
    found = state.load(tmp_path / "out", now=NOW)
    assert (found.digest_at, dict(found.failures), dict(found.stale)) == (
        NOW,
        {"a": NOW},
        {"ada/openalex": NOW},
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"schema": 2}',
        b'{"schema": 1, "digest_at": 3, "failures": {}, "stale": {}}',
        b'{"schema": 1, "digest_at": "yesterday", "failures": {}, "stale": {}}',
        b'{"schema": 1, "digest_at": null, "failures": [1], "stale": {}}',
        b"[" * 100_000,
    ],
)
def test_a_broken_file_counts_as_none(tmp_path, data):
    (tmp_path / state.FILE).write_bytes(data)
    assert state.load(tmp_path, now=NOW) == state.State()


def test_a_time_to_come_counts_as_now(tmp_path):
    state.store(state.State(digest_at=NOW + timedelta(days=900)), tmp_path, now=NOW)
    assert state.load(tmp_path, now=NOW).digest_at == NOW


def test_failures_of_long_ago_are_forgotten(tmp_path):
    kept = state.State(failures={"old": NOW - timedelta(days=61), "new": NOW})
    state.store(kept, tmp_path, now=NOW)
    assert set(json.loads((tmp_path / state.FILE).read_text())["failures"]) == {"new"}


@pytest.mark.parametrize(
    ("hours", "is_due"), [(0, False), (19.9, False), (20.1, True), (24, True), (23.5, True)]
)
def test_a_nightly_run_that_is_a_little_early_is_due(hours, is_due):
    told = NOW - timedelta(hours=hours)
    assert state.is_due(told, timedelta(days=1), now=NOW) is is_due


def test_what_was_never_told_is_due():
    assert state.is_due(None, timedelta(days=7), now=NOW)


def test_the_same_reasons_are_one_whatever_their_figures_and_order():
    first = state.fingerprint(3, ["blocked for 3600 s", "offline"])
    assert first == state.fingerprint(3, ["offline", "blocked for 3599 s", "offline"])
    assert first != state.fingerprint(4, ["blocked for 3600 s", "offline"])
    assert first != state.fingerprint(3, ["offline"])
