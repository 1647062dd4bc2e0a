"""`refresh --notify`: whoever is named hears of a failure, and the run goes its way."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

SORRY = {"path": "/citations", "status": 403, "body": "not_found.html"}


@pytest.fixture
def mailbox():
    """A loopback address that takes messages, and what it took."""
    taken = []

    class Box(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *said):
            pass

    server = HTTPServer(("127.0.0.1", 0), Box)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/secret-path-4711", taken
    server.shutdown()
    thread.join()
    server.server_close()


def told(home, mailbox, *args):
    env = {**os.environ, "SCHOLAR_METRICS_NOTIFY": mailbox[0]}
    return home.run("refresh", *args, env=env)


def test_a_night_without_an_answer_is_told_with_its_reason(home, mailbox):
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar", extra="[notify]")
    result = told(home, mailbox, "--notify")
    assert result.returncode == 3
    (message,) = mailbox[1]
    assert "blocked" in message["message"]
    assert "secret-path-4711" not in result.stdout + result.stderr


def test_a_run_that_cannot_be_finished_is_told_too(home, mailbox):
    home.configure("google_scholar", extra="[notify]")
    home.output.mkdir()
    (home.output / "badges").write_text("a file where a folder should be")
    result = told(home, mailbox, "--notify")
    assert result.returncode == 5
    assert len(mailbox[1]) == 1
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("args", [(), ("--notify", "--dry-run")])
def test_nobody_is_told_unless_it_is_asked_for(home, mailbox, args):
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar", extra="[notify]")
    assert told(home, mailbox, *args).returncode == 3
    assert mailbox[1] == []


def test_a_message_that_cannot_be_sent_changes_nothing_about_the_run(home):
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar", extra="[notify]")
    result = told(home, ("json://127.0.0.1:1/secret-path-4711", []), "--notify")
    assert result.returncode == 3
    assert "secret-path-4711" not in result.stdout + result.stderr
