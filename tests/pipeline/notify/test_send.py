"""The real apprise, against a server on loopback."""

import builtins
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest

from pipeline.notify import messages, send
from pipeline.notify.send import AppriseSender, NotSent

MESSAGE = messages.compose([messages.failure(3, ["a <b>wall</b> & *more*"])])


@pytest.fixture
def server():
    """Keeps what is posted; answers 500 to paths with `bad`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.posted.append((self.path, json.loads(body)))
            self.send_response(500 if "bad" in self.path else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as found:
        found.posted = []
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def address(server, path):
    return f"json://127.0.0.1:{server.server_port}/{path}"


@pytest.fixture
def everything(caplog):
    """All log records of everybody, as with -vv."""
    caplog.set_level(logging.DEBUG)
    for name in ("apprise", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def test_every_line_gets_the_message_as_it_is(server):
    lines = f"# mine\n\n{address(server, 'one')}\n  {address(server, 'two')}  \n"
    AppriseSender(lines, name="WHERE").send(MESSAGE)
    assert [path for path, _ in server.posted] == ["/one", "/two"]
    posted = server.posted[0][1]
    assert posted["message"] == MESSAGE.text
    assert posted["title"] == "scholar-metrics: a run failed"
    assert posted["type"] == "failure"


def test_one_that_fails_keeps_no_other_from_it_and_is_named_by_its_line(server):
    lines = f"{address(server, 'bad')}\n{address(server, 'good')}"
    with pytest.raises(NotSent, match=r"^WHERE: line 1 was not accepted"):
        AppriseSender(lines, name="WHERE").send(MESSAGE)
    assert [path for path, _ in server.posted][-1] == "/good"


@pytest.mark.parametrize("line", ["canary-token-only", "canary://canary", "slack://canary"])
def test_what_is_no_address_is_told_by_its_line_alone(line, everything, capfd):
    with pytest.raises(NotSent) as error:
        AppriseSender(f"\n{line}", name="WHERE").send(MESSAGE)
    assert "line 2 is no address" in str(error.value)
    out, err = capfd.readouterr()
    assert "canary" not in str(error.value) + everything.text + out + err


def test_nothing_of_an_address_is_logged_at_any_level(server, everything, capfd):
    lines = f"{address(server, 'canary-a')}\n{address(server, 'bad-canary-b?+X-Token=canary-c')}"
    with pytest.raises(NotSent) as error:
        AppriseSender(lines, name="WHERE").send(MESSAGE)
    out, err = capfd.readouterr()
    assert "canary" not in str(error.value) + everything.text + out + err
    assert len(server.posted) == 2


def test_a_plugin_that_crashes_is_told_by_the_kind_of_error(monkeypatch):
    def crash(*_):
        raise RuntimeError("POST https://hooks.example/canary")

    monkeypatch.setattr(send, "_notify", crash)
    with pytest.raises(NotSent) as error:
        AppriseSender("json://127.0.0.1:1/canary", name="WHERE").send(MESSAGE)
    assert "line 1 failed (RuntimeError)" in str(error.value)
    assert "canary" not in str(error.value)


def test_logging_is_as_it_was_afterwards(server):
    before = logging.root.manager.disable
    AppriseSender(address(server, "one"), name="WHERE").send(MESSAGE)
    assert logging.root.manager.disable == before


def test_an_empty_variable_says_what_to_put_there():
    with pytest.raises(NotSent, match="WHERE is empty: put apprise addresses"):
        AppriseSender("\n # none\n", name="WHERE").send(MESSAGE)


def test_without_apprise_one_line_says_how_to_install_it(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "apprise":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NotSent, match="pipx inject scholar-metrics apprise"):
        AppriseSender("json://canary", name="WHERE").send(MESSAGE)


@pytest.mark.parametrize(
    ("formats", "is_markdown"),
    [
        ("text", False),
        ("html", False),
        ("markdown", True),
        (("text", "markdown"), True),
        (("html", "markdown"), False),
        (("text", "html", "markdown"), False),
    ],
)
def test_a_service_gets_the_form_that_it_escapes(formats, is_markdown):
    from apprise import NotifyBase

    class Kept(NotifyBase):
        got = SimpleNamespace(body=None)

        def send(self, body, title="", notify_type=None, **_):
            self.got.body = body
            return True

    service = Kept()
    service.notify_format = formats
    assert send._notify(send._bot(), service, MESSAGE) is True
    assert ("\\*more\\*" in service.got.body) is is_markdown
    if formats == "html":
        assert "<b>" not in service.got.body
