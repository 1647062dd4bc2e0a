"""The ground of the browser tests: one headless Chromium a worker, pages that reach loopback only.

A page that logs an error, throws, or asks for anything beyond loopback fails its test at the end,
unless the test has said `complaints.allow(...)`. Without a browser everything here is skipped,
loudly.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
LOOPBACK = r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)"
BEYOND = re.compile(rf"^(?!(file|data|blob|about|chrome-error):|(https?|wss?)://{LOOPBACK})")


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def executables():
    """Browsers to try, best first; `None` is Playwright's own."""
    told = os.environ.get("SCHOLAR_METRICS_CHROMIUM")
    if told == "none":
        return []
    found = [told, *(shutil.which(name) for name in NAMES)]
    return [*dict.fromkeys(path for path in found if path), None]


class Loop:
    """Playwright's event loop, out of the way while no browser test runs.

    The synchronous API leaves its loop set as the running one of the thread; any other test of the
    same worker that calls `asyncio.run` would fail.
    """

    def __init__(self):
        self._loop = None

    def hide(self):
        self._loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)

    def show(self):
        asyncio._set_running_loop(self._loop)


@pytest.fixture(scope="session")
def browsing():
    """The started browser and its loop; `chromium` is what tests ask for."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="NO PLAYWRIGHT: no browser tests")
    loop = Loop()
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_api.sync_playwright())
        said = []
        for path in executables():
            try:
                browser = playwright.chromium.launch(
                    executable_path=path, args=list(ARGS), timeout=30_000
                )
            except sync_api.Error as error:
                said.append(f"{path or 'Playwright'}: {error.message.splitlines()[0]}")
                continue
            stack.callback(browser.close)
            loop.hide()
            stack.callback(loop.show)
            yield browser, loop
            return
        reason = "NO BROWSER STARTS, NOTHING IS LOOKED AT: run tests/browser/get_chromium.sh"
        pytest.skip(f"{reason} ({'; '.join(said) or 'SCHOLAR_METRICS_CHROMIUM=none'})")


@pytest.fixture
def chromium(browsing):
    """The browser itself (Playwright's `Browser`), one for all tests of a worker."""
    browser, loop = browsing
    loop.show()
    yield browser
    loop.hide()


@dataclass(slots=True)
class Complaints:
    """What pages said that a good page does not say."""

    heard: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Complaints that match are wanted in this test."""
        self.allowed.append(re.compile(pattern))

    def left(self) -> list[str]:
        """Those that nobody allowed."""
        return [text for text in self.heard if not any(p.search(text) for p in self.allowed)]


@pytest.fixture(scope="session")
def complaints_of():
    """The class, for fixtures that open pages with `browse`."""
    return Complaints


@pytest.fixture
def complaints():
    """What the pages of this test complained of; `complaints.allow(regex)` before it happens."""
    return Complaints()


@pytest.fixture(scope="session")
def browse(browsing):
    """`with browse(complaints) as new_page:` for a fixture that tests share; all is closed after.

    Nobody's complaints but the ones allowed may be left at the end.
    """

    @contextmanager
    def open_pages(complaints):
        browser, loop = browsing
        loop.show()
        with ExitStack() as contexts:
            contexts.callback(loop.hide)

            def make(**options):
                context = browser.new_context(**options)
                contexts.callback(context.close)
                context.set_default_timeout(10_000)
                _listen(context, complaints)
                return context.new_page()

            yield make
        left = complaints.left()
        assert not left, "the page complained:\n" + "\n".join(left)

    return open_pages


def _listen(context, complaints):
    def block(route):
        complaints.heard.append(f"asked beyond loopback: {route.request.url}")
        route.abort()

    def hear(said):
        if said.type == "error":
            complaints.heard.append(f"console: {said.text} {said.location.get('url', '')}")

    def watch(page):
        page.on("websocket", lambda socket: complaints.heard.append(f"socket: {socket.url}"))

    context.route(BEYOND, block)
    context.on("console", hear)
    context.on("weberror", lambda thrown: complaints.heard.append(f"threw: {thrown.error}"))
    context.on("page", watch)


@pytest.fixture
def new_page(browse, complaints):
    """Call it for a page in a fresh context; keywords are those of Playwright's `new_context`.

    `page.route(...)` answers for a remote host; what it does not answer is blocked.
    """
    with browse(complaints) as make:
        yield make


@pytest.fixture
def page(new_page):
    """One page in a fresh context; errors and requests that leave the machine fail the test."""
    return new_page()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer for one path instead of the file."""

    body: bytes | None = None
    """`None`: the file's."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """A folder over HTTP on loopback; every answer allows other origins unless told otherwise.

    `site.answer("/gs_data.json", body=b"", status=404, headers={...}, cors=False)` replaces a
    file; `site.asked` holds the paths that were asked for.
    """

    def __init__(self, folder: Path | None):
        self.asked: list[str] = []
        self._answers: dict[str, tuple[Answer, bool]] = {}
        site = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args):
                super().__init__(*args, directory=str(folder or HERE / "nowhere"))

            def do_GET(self):
                path = self.path.partition("?")[0]
                site.asked.append(path)
                answer, self.is_open = site._answers.get(path, (Answer(), True))
                if path == "/favicon.ico":
                    answer = Answer(body=b"", status=204)
                self.more = answer.headers
                if answer.body is None:
                    super().do_GET()
                    return
                self.send_response(answer.status)
                if "Content-Type" not in answer.headers:
                    kind = "text/html" if path.endswith("/") else self.guess_type(path)
                    self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def end_headers(self):
                for name, value in self.more.items():
                    self.send_header(name, value)
                if self.is_open:
                    self.send_header("Access-Control-Allow-Origin", "*")
                super().end_headers()

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path, body=None, *, status=200, headers=None, cors=True):
        """Answer a path by script; without a body only headers are added to the file's."""
        data = body.encode() if isinstance(body, str) else body
        self._answers[path] = (Answer(body=data, status=status, headers=headers or {}), cors)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving():
    sites: list[Site] = []

    def make(folder: Path | None = None) -> Site:
        sites.append(Site(folder))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


@pytest.fixture
def serve():
    """Call it with a folder (or nothing) for a `Site` of this test."""
    with serving() as make:
        yield make


@pytest.fixture(scope="module")
def serve_all():
    """The same for a fixture that a module's tests share."""
    with serving() as make:
        yield make
