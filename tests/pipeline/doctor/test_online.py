import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pipeline.collect import Collection
from pipeline.doctor import online
from pipeline.doctor.repository import Place
from pipeline.model import Collected, Outcome
from spiders.items import AuthorRecord, OutcomeKind


@pytest.fixture
def server():
    """Answers every HEAD with a redirect and a date of long ago."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.server.asked.append(self.path)
            self.send_response_only(302)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            if self.path != "/undated":
                self.send_header("Date", "Tue, 05 Jan 2027 03:17:00 GMT")
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as found:
        found.asked = []
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def at(configured, server, path="", allow="true"):
    url = f"http://127.0.0.1:{server.server_port}{path}"
    order = f'"openalex"]\n[providers.openalex]\nbase_url = "{url}"\n#'
    return configured(f"allow_private_hosts = {allow}", order=order)


def test_each_answer_says_who_was_found():
    author = AuthorRecord(provider="openalex", author_id="A1", name="Ada Sample")
    collected = Collected(author_key="ada", provider="openalex", author=author, works=())
    outcome = Outcome(author_key="ada", provider="openalex", kind=OutcomeKind.FRESH)
    (found,) = online.answers(Collection(collected=(collected,), outcomes=(outcome,)))
    assert found == ("ok", "ada, openalex: found Ada Sample, with 0 papers; is that the person?")


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (OutcomeKind.NOT_FOUND, "wrong"),
        (OutcomeKind.BLOCKED, "note"),
        (OutcomeKind.OFFLINE, "note"),
        (OutcomeKind.BUDGET_SPENT, "note"),
    ],
)
def test_only_an_id_that_nobody_has_is_wrong(kind, state):
    outcome = Outcome(author_key="ada", provider="openalex", kind=kind, reason="a wall")
    (found,) = online.answers(Collection(collected=(), outcomes=(outcome,)))
    assert found.state == state
    assert "a wall" in found.what


def test_a_server_of_another_time_contradicts_the_clock(configured, server):
    (found,) = online.clock(at(configured, server), datetime(2027, 1, 6, tzinfo=UTC))
    assert found.state == "wrong"
    (found,) = online.clock(at(configured, server), datetime(2027, 1, 5, 3, 17, tzinfo=UTC))
    assert found.state == "ok"


def test_a_server_without_a_date_says_nothing(configured, server):
    assert not list(online.clock(at(configured, server, "/undated"), datetime.now(UTC)))


def test_a_private_server_is_not_asked_unless_allowed(configured, server):
    assert not list(online.clock(at(configured, server, allow="false"), datetime.now(UTC)))
    assert not server.asked


def test_nobody_there_says_nothing_about_the_clock(configured, server):
    config = at(configured, server)
    server.server_close()
    server.shutdown()
    assert not list(online.clock(config, datetime.now(UTC)))


@pytest.fixture
def place(git, tmp_path):
    """A repository whose remote is a bare one with one commit on `stats`."""
    bare, work = tmp_path / "bare.git", tmp_path / "work"
    git(bare, "init", "-q", "--bare")
    git(work, "init", "-q", "-b", "stats")
    git(
        work, "-c", "user.name=a", "-c", "user.email=a@example.org",
        "commit", "-q", "--allow-empty", "-m", "x",
    )  # fmt: skip
    git(work, "remote", "add", "origin", str(bare))
    git(work, "push", "-q", "origin", "stats")
    return Place(folder=work, remote="origin", slug=None)


def test_a_branch_that_is_there_is_reachable(place):
    (found,) = online.branch(place, "stats")
    assert found == ("ok", "publish: origin has the branch stats")


def test_a_branch_that_is_not_there_yet_is_a_note(place):
    (found,) = online.branch(place, "tats")
    assert found.state == "note"
    assert "scholar-metrics publish" in found.what


def test_a_repository_that_is_not_there_is_wrong(tmp_path):
    gone = Place(folder=tmp_path, remote=f"file://{tmp_path}/gone.git", slug=None)
    (found,) = online.branch(gone, "stats")
    assert found.state == "wrong"
    assert "gone.git" in found.what


def test_no_answer_from_git_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(online, "run_git", lambda *_, **__: None)
    (found,) = online.branch(Place(folder=tmp_path, remote="origin", slug="ada/page"), "stats")
    assert found.state == "wrong"
    assert "ada/page" in found.what


def test_no_repository_is_a_note():
    (found,) = online.branch(None, "stats")
    assert found.state == "note"
