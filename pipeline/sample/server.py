"""A provider that lives on loopback: it replays a folder of saved answers over real HTTP.

The bundled sample and the tests run the very spiders and middlewares that meet the providers.
A server answers from memory, notes every request, listens on 127.0.0.1 only, and leaves
neither thread nor connection behind.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from pipeline.sample.answers import NO_ROUTE, Answer, Route, load

_POLL_SECONDS = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request that a replay server received."""

    method: str
    target: str
    """Path and query as they were sent."""
    headers: Mapping[str, str]
    """By lower-case name."""


class ReplayServer:
    """Serves a folder of answers (see `pipeline.sample.answers`) while its context is open."""

    def __init__(self, folder: Path) -> None:
        self._routes = load(folder)
        self._used: Counter[int] = Counter()
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="replay", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up()
            self._server.server_close()
        self._server = self._thread = None

    @property
    def url(self) -> str:
        """Address of its root, without a slash at the end.

        Raises:
            RuntimeError: it is not running.
        """
        if self._server is None:
            raise RuntimeError("the replay server is not running: enter it with `with`")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> tuple[Request, ...]:
        """What was asked so far, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def answer(self, request: Request) -> Answer:
        """Note a request and say what is answered to it."""
        parts = urlsplit(request.target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        with self._lock:
            self._requests.append(request)
            route = self._first(parts.path, query)
        answer = route.reply(query) if route else NO_ROUTE
        return _revalidated(answer, request.headers.get("if-none-match"))

    def _first(self, path: str, query: Mapping[str, str]) -> Route | None:
        for place, route in enumerate(self._routes):
            spent = route.times is not None and self._used[place] >= route.times
            if not spent and route.matches(path, query):
                self._used[place] += 1
                return route
        return None


def _revalidated(answer: Answer, tag: str | None) -> Answer:
    if tag is None or tag != answer.headers.get("ETag"):
        return answer
    return Answer(status=304, headers={"ETag": tag}, body=b"")


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing it waits for them
    request_queue_size = 128

    def __init__(self, replay: ReplayServer) -> None:
        self.replay = replay
        self._connections: set[Any] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep alive."""
        for connection in tuple(self._connections):
            with suppress(OSError):  # the client was quicker
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away is no failure of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "replay"
    sys_version = ""
    wbufsize = -1  # headers and body in one packet: no wait for a delayed acknowledgement
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer from the routes."""
        headers = MappingProxyType({k.lower(): v for k, v in self.headers.items()})
        request = Request(method=self.command, target=self.path, headers=headers)
        answer = self.server.replay.answer(request)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:  # noqa: PLR2004 - RFC 9110: 304 has no body
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        """Answer as to GET, without the body."""
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Stay quiet: `ReplayServer.requests` has it all."""
