from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import StorageError
from pipeline.model import CheckResult, Outcome, Run
from pipeline.writers import run_document, save_run
from spiders.items import OutcomeKind

START = datetime(2026, 3, 1, 3, 17, tzinfo=UTC)


@pytest.fixture
def run():
    return Run(
        run_id="20260301T031700Z-ab12",
        started_at=START,
        finished_at=START + timedelta(seconds=12.3456),
        exit_code=1,
        outcomes=(
            Outcome(
                author_key="me",
                provider="google_scholar",
                kind=OutcomeKind.BLOCKED,
                reason="a CAPTCHA\ncame",
                requests=1,
                seconds=0.12345,
                retry_after=3600.0,
            ),
            Outcome(author_key="me", provider="openalex", kind=OutcomeKind.FRESH, requests=3),
        ),
        checks=(
            CheckResult(
                name="drop",
                author_key="me",
                provider="openalex",
                passed=False,
                blocking=True,
                detail="1250 to 3",
            ),
        ),
        written=("works.csv", "gs_data.json"),
        unchanged=4,
        versions={"scrapy": "2.19.0", "python": "3.11"},
        stats={"openalex/requests": 3, "note": "x\x00y", "bad": float("nan")},
    )


def test_the_document_says_what_happened(run):
    assert run_document(run) == {
        "schema": 1,
        "run_id": "20260301T031700Z-ab12",
        "started_at": "2026-03-01T03:17:00+00:00",
        "finished_at": "2026-03-01T03:17:12+00:00",
        "seconds": 12.346,
        "exit_code": 1,
        "outcomes": [
            {
                "author": "me",
                "provider": "google_scholar",
                "kind": "blocked",
                "reason": "a CAPTCHA came",
                "requests": 1,
                "seconds": 0.123,
                "retry_after": 3600.0,
            },
            {
                "author": "me",
                "provider": "openalex",
                "kind": "fresh",
                "requests": 3,
                "seconds": 0.0,
            },
        ],
        "checks": [
            {
                "name": "drop",
                "author": "me",
                "provider": "openalex",
                "passed": False,
                "blocking": True,
                "detail": "1250 to 3",
            }
        ],
        "written": ["gs_data.json", "works.csv"],
        "unchanged": 4,
        "problems": [],
        "versions": {"python": "3.11", "scrapy": "2.19.0"},
        "stats": {"bad": "nan", "note": "xy", "openalex/requests": 3},
    }


def test_the_file_is_written_and_can_be_read(run, tmp_path):
    assert save_run(run, tmp_path).written == ("run.json",)
    assert json.loads((tmp_path / "run.json").read_bytes()) == run_document(run)


def test_a_folder_that_cannot_be_written_is_one_line(run, tmp_path):
    (tmp_path / "run.json").mkdir()
    with pytest.raises(StorageError, match=r"run\.json"):
        save_run(run, tmp_path)
