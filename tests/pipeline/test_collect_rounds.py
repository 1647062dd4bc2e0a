"""Rounds of one crawl: what is asked next depends on what came, in the same process."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# `then` is a function, so the child makes it: it asks for what its name says.
CHILD = """
import os
if os.environ.get("COVERAGE_PROCESS_START"):
    import coverage
    coverage.process_startup()
import copyreg, pickle, sys, types
copyreg.pickle(types.MappingProxyType, lambda m: (dict, (dict(m),)))
given = pickle.load(sys.stdin.buffer)
from dataclasses import replace
from pipeline.collect import ProviderPlan, collect
plans = [ProviderPlan(**plan) for plan in given["plans"]]
later = [ProviderPlan(**plan) for plan in given["later"]]
seen = []

def then(so_far):
    seen.append(sorted(o.author_key for o in so_far.outcomes))
    if given["then"] == "raises":
        raise LookupError("nobody knows what to ask")
    if given["then"] == "nothing":
        return []
    if given["then"] == "without targets":
        return [replace(plan, targets=()) for plan in later]
    if given["then"] == "one by one":
        return [later.pop(0)] if later else []
    found = list(later)
    later.clear()
    return found

raised, outcomes = None, []
try:
    done = collect(plans, user_agent="test", allow_private_hosts=True,
                   deadline=given["deadline"], then=then)
    outcomes = [(o.provider, o.author_key, str(o.kind), o.reason) for o in done.outcomes]
    stats = dict(done.stats)
except Exception as error:
    raised, stats = repr(error), {}
pickle.dump((seen, outcomes, stats, raised), sys.stdout.buffer)
"""


@pytest.fixture
def rounds(plan, stand_in, answers):
    """Ask one author in the first round, and others in later ones as `then` says."""

    def run(then, later=("bob",), *, deadline=30.0, routes=None):
        server = stand_in({"/author/1": answers.semantic_scholar(), **(routes or {})})
        one = {
            key: plan("semantic_scholar", server, **{key: "semantic_scholar:1"}) for key in later
        }
        given = {
            "plans": [plan("semantic_scholar", server, ada="semantic_scholar:1")],
            "later": list(one.values()),
            "then": then,
            "deadline": deadline,
        }
        done = subprocess.run(
            [sys.executable, "-c", CHILD],
            input=pickle.dumps(given),
            capture_output=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b"", done.stderr.decode()
        return (*pickle.loads(done.stdout), server)  # noqa: S301 - our own child

    return run


def test_a_second_round_begins_when_everybody_of_the_first_is_done(rounds):
    seen, outcomes, _, raised, server = rounds("all at once")
    assert raised is None
    assert seen == [["ada"], ["ada", "bob"]]
    assert [(key, kind) for _, key, kind, _ in outcomes] == [("ada", "fresh"), ("bob", "fresh")]
    assert len(server.asked) == 2


def test_rounds_go_on_until_nobody_is_to_be_asked(rounds):
    seen, outcomes, _, _, _ = rounds("one by one", ("bob", "eve"))
    assert seen == [["ada"], ["ada", "bob"], ["ada", "bob", "eve"]]
    assert len(outcomes) == 3


@pytest.mark.parametrize("then", ["nothing", "without targets"])
def test_a_round_without_anybody_ends_the_crawl(rounds, then):
    seen, outcomes, _, raised, server = rounds(then)
    assert (seen, raised) == ([["ada"]], None)
    assert [key for _, key, _, _ in outcomes] == ["ada"]
    assert len(server.asked) == 1


def test_what_goes_wrong_between_rounds_is_raised_and_not_lost(rounds):
    seen, _, _, raised, _ = rounds("raises")
    assert seen == [["ada"]]
    assert raised == "LookupError('nobody knows what to ask')"


def test_a_later_round_has_the_time_that_the_first_one_left(rounds, reply):
    slow = reply(fault="drip", body=b"{}")
    _, outcomes, _, _, server = rounds("all at once", deadline=1.2, routes={"/author/1": slow})
    assert [kind for _, _, kind, _ in outcomes] == ["offline", "offline"]
    assert "not asked" in outcomes[1][3]
    assert len(server.asked) == 1
