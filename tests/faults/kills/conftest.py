"""The machine that runs refreshes and strikes them, one for all tests of a worker."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@pytest.fixture(scope="session")
def machine():
    """`machine("kills", scene="first")`: what a function of `trials.py` came to."""
    with subprocess.Popen(
        [sys.executable, str(HERE / "machine.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:

        def ask(do, **options):
            process.stdin.write(json.dumps({"do": do, **options}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            assert line, f"{do} {options}: the machine is gone; it says why above"
            return json.loads(line)

        yield ask
        process.stdin.close()


@pytest.fixture
def tried(machine):
    """The same, asserted to break nothing; prints and returns how much was tried."""

    def ask(do, **options):
        found = machine(do, **options)
        if "skipped" in found:
            pytest.skip(f"{do}: {found['skipped']}")
        assert found["breaches"] == [], "\n".join(found["breaches"][:20])
        print(f"{do} {options}: {found['count']}")
        return found["count"]

    return ask
