"""`run.json`: what one run did, for `status` and for whoever has to mend something.

It is written after every run, also one that changed nothing; no other file depends on the clock.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.model import Artifact, CheckResult, Outcome, Run
from pipeline.writers.formatting import clean, iso, json_page, number
from pipeline.writers.save import Saved, save

FILE = "run.json"
SCHEMA = 1


def save_run(run: Run, root: Path) -> Saved:
    """Writes `run.json` below the output folder.

    Raises:
        StorageError: It could not be written; the earlier one is whole.
    """
    return save([Artifact(path=FILE, data=json_page(run_document(run)))], root)


def run_document(run: Run) -> dict[str, Any]:
    """The JSON document of a run; keys that are not known are left out."""
    return {
        "schema": SCHEMA,
        "run_id": clean(run.run_id),
        "started_at": iso(run.started_at),
        "finished_at": iso(run.finished_at),
        "seconds": round((run.finished_at - run.started_at).total_seconds(), 3),
        "exit_code": run.exit_code,
        "outcomes": [_outcome(outcome) for outcome in run.outcomes],
        "checks": [_check(check) for check in run.checks],
        "written": sorted(run.written),
        "unchanged": run.unchanged,
        "problems": [clean(problem) for problem in run.problems],
        "versions": {name: clean(version) for name, version in sorted(run.versions.items())},
        "stats": {name: _plain(value) for name, value in sorted(run.stats.items())},
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    found = {
        "author": outcome.author_key,
        "provider": outcome.provider,
        "kind": outcome.kind.value,
        "reason": clean(outcome.reason) if outcome.reason else None,
        "requests": outcome.requests,
        "seconds": number(round(outcome.seconds, 3)),
        "retry_after": number(outcome.retry_after),
    }
    return {key: value for key, value in found.items() if value is not None}


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "author": check.author_key,
        "provider": check.provider,
        "passed": check.passed,
        "blocking": check.blocking,
        "detail": clean(check.detail),
    }


def _plain(value: float | str) -> float | str:
    found = number(value)
    return clean(str(value)) if found is None else found
