"""A refresh that was stopped: the next one goes on where it was, and mixes nothing up."""

import hashlib
import json
import os
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest


class Place:
    """Two authors at OpenAlex, with 250 works each, and a folder that follows them."""

    def __init__(self, root, server, answers, commands):
        self.root, self.server, self._commands = root, server, commands
        self.total = 250
        self.stop_at = None
        """Path and query, or part of it, at which the command is stopped: once."""
        self.how = signal.SIGKILL
        whole = answers.openalex_pages

        def works(asked):
            self._stop(asked)
            return whole(self.total)(asked)

        def author(name):
            def answer(asked):
                self._stop(asked)
                return answers.openalex_author(name, works=self.total)

            return answer

        server.routes |= {"/authors/A1": author("A1"), "/authors/A2": author("A2"), "/works": works}
        self.configure()

    def configure(self):
        (self.root / "scholar-metrics.toml").write_text(
            'output = "out"\nhistory = "kept"\nallow_private_hosts = true\n'
            '[[authors]]\nkey = "ada"\nids = ["openalex:A1"]\n'
            '[[authors]]\nkey = "bob"\nids = ["openalex:A2"]\n'
            f'[providers]\norder = ["openalex"]\n[providers.openalex]\ndelay = 0\n'
            f'base_url = "{self.server.url}"\n[report]\npages = false\n[badges]\nsvg = false\n'
        )

    def run(self, *args):
        """The command, and what it asked for."""
        before = len(self.server.asked)
        done = self._commands.run("refresh", *args, cwd=self.root)
        return done, [asked.target for asked in self.server.asked[before:]]

    @property
    def cache(self):
        return self.root / ".kept-cache"

    def source(self, author="ada"):
        page = json.loads((self.root / "out" / "metrics.json").read_text())
        (found,) = (a for a in page["authors"] if a["key"] == author)
        return found["sources"]["openalex"]

    def _stop(self, asked):
        if self.stop_at and self.stop_at in asked.target:
            self.stop_at = None
            holder = json.loads((self.root / "kept" / ".holder.json").read_text())
            os.kill(holder["pid"], self.how)
            time.sleep(0.05)


@pytest.fixture
def place(tmp_path, stand_in, answers, commands):
    return Place(tmp_path, stand_in(), answers, commands)


LAST = "A2&per_page=100&cursor=c201"
FIRST = 4
"""Requests for one author: the author, and three pages."""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_what_was_fetched_before_a_stop_is_not_fetched_again(place, how):
    place.stop_at, place.how = LAST, how
    done, asked = place.run()
    assert done.returncode != 0
    assert len(asked) == 2 * FIRST
    done, asked = place.run()
    assert done.returncode == 0, done.stderr
    assert [LAST in target for target in asked] == [True]
    assert [place.source(who)["stated"]["papers"] for who in ("ada", "bob")] == [250, 250]
    assert not place.cache.exists()


def test_a_network_that_fails_costs_no_page_twice(place, reply):
    whole = place.server.routes["/works"]
    gone = reply(fault="reset")
    place.server.routes["/works"] = lambda a: gone if LAST in a.target else whole(a)
    assert place.run()[0].returncode == 1
    place.server.routes["/works"] = whole
    done, asked = place.run("--author", "bob")
    assert (done.returncode, len(asked)) == (0, 1)


def test_an_author_whose_list_changed_meanwhile_is_read_from_the_start(place):
    place.stop_at = LAST
    place.run()
    place.total = 249
    done, asked = place.run()
    assert done.returncode == 0, done.stderr
    assert [LAST in target for target in asked] == [True, False, False, False, True]
    assert [place.source(who)["stated"]["papers"] for who in ("ada", "bob")] == [250, 249]


def test_figures_are_as_old_as_the_pages_they_are_of(place):
    place.stop_at = LAST
    place.run()
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
    for path in place.cache.rglob("*.page"):
        line, _, packed = path.read_bytes()[:-32].partition(b"\n")
        head = json.loads(line) | {"confirmed_at": then.isoformat()}
        whole = json.dumps(head).encode() + b"\n" + packed
        path.write_bytes(whole + hashlib.sha256(whole).digest())
    assert place.run()[0].returncode == 0
    for who in ("ada", "bob"):
        assert datetime.fromisoformat(place.source(who)["as_of"]) == then


def test_a_dry_run_changes_nothing_and_fresh_asks_for_everything(place):
    place.stop_at = LAST
    place.run()
    before = {p: p.read_bytes() for p in place.cache.rglob("*") if p.is_file()}
    done, asked = place.run("--dry-run")
    assert (done.returncode, len(asked)) == (0, 1)
    assert "7 pages are there from a run that stopped" in done.stdout
    assert {p: p.read_bytes() for p in place.cache.rglob("*") if p.is_file()} == before
    done, asked = place.run("--fresh")
    assert (done.returncode, len(asked)) == (0, 2 * FIRST)


# The plan


def test_a_plan_asks_nobody_and_writes_nothing(place):
    before = sorted(place.root.rglob("*"))
    done, asked = place.run("--plan")
    assert (done.returncode, asked) == (0, [])
    assert "openalex: of 2 of 2 nothing is known yet" in done.stdout
    assert sorted(place.root.rglob("*")) == before


def test_a_dry_run_shows_the_plan_and_then_asks(place):
    done, asked = place.run("--dry-run", "--json")
    assert json.loads(done.stdout)["plan"]["expected"] == 4
    assert len(asked) == 2 * FIRST


def test_an_allowance_that_falls_short_is_told_before_the_first_call(place, reply):
    whole = place.server.routes["/works"]

    def spent(asked):
        came = whole(asked)
        told = {"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": "3600"}
        return reply(body=came.body, headers=came.headers | told)

    place.server.routes["/works"] = spent
    assert "plan" not in json.loads(place.run("--json")[0].stdout)
    done, _ = place.run("--plan", "--json")
    assert "6 requests are planned and 3 are left this day" in done.stderr
    (told,) = json.loads(done.stdout)["plan"]["providers"]
    assert (told["at_least"], told["expected"], told["dollars"]) == (4, 8, 0.0006)
    assert (told["unknown"], told["falls_short"]) == (0, True)
    path = place.root / "out" / "run.json"
    run = json.loads(path.read_text())
    run["stats"]["openalex/allowance/until"] = 1000
    path.write_text(json.dumps(run))
    assert place.run("--plan")[0].stderr == ""
