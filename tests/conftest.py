"""Shared by all tests: a scripted loopback server, and a crawl in a process of its own.

A Twisted reactor cannot be started twice, so a crawl under test runs in a fork; its waits are
recorded and not slept.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import re
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from spiders.items import Provider, Target
from spiders.registry import PROVIDERS

ROOT = Path(__file__).resolve().parents[1]

# Whoever starts the tests may ignore these (nohup does), and programs inherit that.
for one, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(one) is signal.SIG_IGN:
        signal.signal(one, usual)


def pytest_collection_finish():
    """What is collected stays to the end: nobody looks through it for garbage again and again."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    target: str
    """Path and query."""
    headers: dict[str, str]
    """Names exactly as they were written."""
    at: float
    """Monotonic time."""
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer; `fault` is `reset`, `cut` (half the body), `open` (no length) or `drip`."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str | None = None

    @classmethod
    def json(cls, value: Any, *, status: int = 200, **headers: str) -> Reply:
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        kind = {"Content-Type": "application/json"}
        return cls(body=json.dumps(value).encode(), status=status, headers=kind | named)


class StandIn:
    """A loopback server that answers by script and writes down what it was asked.

    `routes` maps a path, or a path with its query, to a `Reply`, a list of them (one a request,
    the last one repeated), a callable that takes `Asked`, or plain bytes. What is not in it is
    answered with 404.
    """

    def __init__(self, routes: dict[str, Any] | None = None) -> None:
        self.routes = dict(routes or {})
        self.asked: list[Asked] = []
        self._given: dict[str, int] = {}
        self._release = threading.Event()
        stand_in = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while stand_in._serve(self):
                    pass

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Paths asked for, in order."""
        return [asked.path for asked in self.asked]

    def targets(self) -> list[str]:
        """Paths with their queries, in order."""
        return [asked.target for asked in self.asked]

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        listening = self._server.socket
        self._server.socket = context.wrap_socket(
            listening, server_side=True, do_handshake_on_connect=False
        )

    def close(self) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: socketserver.StreamRequestHandler) -> bool:
        try:
            line = handler.rfile.readline().decode("latin-1").split()
            if len(line) != 3:
                return False
            headers = {}
            while (text := handler.rfile.readline().decode("latin-1").strip()) != "":
                name, _, value = text.partition(":")
                headers[name] = value.strip()
            body = handler.rfile.read(int(headers.get("Content-Length", "0")))
            asked = Asked(
                method=line[0], target=line[1], headers=headers, at=monotonic(), body=body
            )
            self.asked.append(asked)
            return self._answer(handler, self._reply(asked))
        except OSError:
            return False

    def _reply(self, asked: Asked) -> Reply:
        key = asked.target if asked.target in self.routes else asked.path
        found = self.routes.get(key, Reply(status=404, body=b"nothing here"))
        if isinstance(found, list):
            turn = self._given.get(key, 0)
            self._given[key] = turn + 1
            found = found[min(turn, len(found) - 1)]
        if callable(found):
            found = found(asked)
        return Reply(body=found) if isinstance(found, bytes) else found

    def _answer(self, handler: socketserver.StreamRequestHandler, reply: Reply) -> bool:
        if reply.fault == "reset":
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, 0 s: close() sends RST
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()
            return False
        lengths = {} if reply.fault == "open" else {"Content-Length": str(len(reply.body))}
        lines = [f"HTTP/1.1 {reply.status} Scripted"]
        lines += [f"{name}: {value}" for name, value in (lengths | reply.headers).items()]
        body = reply.body[: len(reply.body) // 2] if reply.fault in ("cut", "open") else reply.body
        if reply.fault == "drip":
            body = reply.body[:1]
        handler.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        handler.wfile.flush()
        if reply.fault == "drip":
            self._release.wait(30)
        return reply.fault is None


@pytest.fixture(scope="module")
def stand_in():
    """Call it with routes for a server of this module's tests."""
    made: list[StandIn] = []

    def make(routes: dict[str, Any] | None = None) -> StandIn:
        made.append(StandIn(routes))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def reply() -> type[Reply]:
    """The class of scripted answers."""
    return Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What a crawl in a child process came to."""

    collected: dict[tuple[str, str], Any]
    """`Collected` by provider and author key."""
    outcomes: dict[tuple[str, str], Any]
    """`Outcome` by provider and author key."""
    stats: dict[str, Any]
    waits: list[float]
    """Seconds that would have been slept between tries."""
    progress: list[str]
    log: str
    """Everything that was logged, at level DEBUG."""
    stdout: str
    seconds: float
    """Wall time of `collect`."""


_CRAWLS = """
import os
if os.environ.get("COVERAGE_PROCESS_START"):
    import coverage
    coverage.process_startup()
import contextlib, copyreg, gc, io, logging, pickle, signal, struct, sys, time, traceback, types
import scrapy.crawler, scrapy.core.downloader.handlers.http11
import pipeline.collect.crawl, spiders.settings
from importlib import import_module
from pipeline.collect import ProviderPlan, collect
from spiders.registry import PROVIDERS
for row in PROVIDERS.values():
    import_module(row.spider.partition(":")[0])
for name in ("cache", "handler", "manners", "robots"):
    import_module(f"spiders.middlewares.{name}")
assert "twisted.internet.reactor" not in sys.modules
copyreg.pickle(types.MappingProxyType, lambda m: (dict, (dict(m),)))
gc.collect()
gc.freeze()

def crawled(given):
    os.environ.clear()
    os.environ.update(given["env"])
    log, out, waits, progress = io.StringIO(), io.StringIO(), [], []
    logging.basicConfig(level=given["level"], stream=log)
    async def wait(seconds):
        waits.append(seconds)
    spiders.settings.MANNERS_WAIT = wait
    for name, value in given["settings"].items():
        setattr(spiders.settings, name, value)
    if given["names"]:
        import socket
        known = given["names"]
        real = socket.gethostbyname
        socket.gethostbyname = lambda name: known[name] if name in known else real(name)
    if given["uptime"] is not None:
        import scrapy.core.downloader
        real_clock = scrapy.core.downloader.monotonic
        born = real_clock() - given["uptime"]
        scrapy.core.downloader.monotonic = lambda: real_clock() - born
    plans = [ProviderPlan(**plan) for plan in given["plans"]]
    began = time.perf_counter()
    with contextlib.redirect_stdout(out):
        found = collect(plans, progress=progress.append, **given["options"])
    seconds = time.perf_counter() - began
    collected = [(c.provider, c.author_key, c) for c in found.collected]
    outcomes = [(o.provider, o.author_key, o) for o in found.outcomes]
    return (collected, outcomes, dict(found.stats), waits, progress, log.getvalue(),
            out.getvalue(), seconds)

def child(data, answers, errors):
    signal.alarm(90)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    try:
        found = pickle.dumps(crawled(pickle.loads(data)))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with open(answers, "wb") as file:
            file.write(found)
        code = 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    if "coverage" in sys.modules and (running := sys.modules["coverage"].Coverage.current()):
        running.stop()
        running.save()
    os._exit(code)

while size := sys.stdin.buffer.read(8):
    data = sys.stdin.buffer.read(struct.unpack("<Q", size)[0])
    pid = os.fork()
    if pid == 0:
        child(data, *sys.argv[1:])
    _, status = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Crawls:
    """Crawls in forks of one process that has imported everything once.

    A fork has its reactor, its settings and its clock to itself, as a process of its own has.
    """

    def __init__(self, folder: Path) -> None:
        self._said = folder / "stderr"
        self._answer = folder / "answer"
        self._server: subprocess.Popen[bytes] | None = None

    def run(self, given: dict[str, Any]) -> Any:
        """What a crawl came to; it must have ended well and said nothing."""
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, "-c", _CRAWLS, str(self._answer), str(self._said)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        data = pickle.dumps(given | {"env": {**os.environ, "PYTHONPATH": str(ROOT)}})
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._answer.unlink(missing_ok=True)
        self._server.stdin.write(struct.pack("<Q", len(data)) + data)
        self._server.stdin.flush()
        code = self._server.stdout.readline()
        said = self._said.read_text("utf-8", "replace")
        assert code == b"0\n", f"{code!r}: {said}"
        assert said == ""
        return pickle.loads(self._answer.read_bytes())  # noqa: S301 - our own child

    def close(self) -> None:
        """No more of them."""
        if self._server is not None:
            self._server.communicate()


@pytest.fixture(scope="session")
def crawl(tmp_path_factory) -> Iterator[Callable[..., Crawled]]:
    """Run `collect` over plans (see `plan`) in a fresh fork.

    Keyword arguments: `settings` replaces values of spiders/settings.py, `names` maps host
    names to addresses, `level` is that of logging, `uptime` that of the machine in seconds;
    anything else goes to `collect`.
    """
    crawls = Crawls(tmp_path_factory.mktemp("crawls"))

    def run(
        *plans: dict[str, Any],
        settings: dict[str, Any] | None = None,
        names: dict[str, str] | None = None,
        level: str = "DEBUG",
        uptime: float | None = None,
        **options: Any,
    ) -> Crawled:
        options = {
            "user_agent": "scholar-metrics/9.9 (test@example.org)",
            "allow_private_hosts": True,
            "deadline": 30.0,
        } | options
        given = {
            "plans": plans,
            "settings": settings or {},
            "names": names or {},
            "level": level,
            "uptime": uptime,
            "options": options,
        }
        collected, outcomes, stats, waits, progress, log, stdout, seconds = crawls.run(given)
        assert len({(p, k) for p, k, _ in outcomes}) == len(outcomes)
        return Crawled(
            collected={(p, k): c for p, k, c in collected},
            outcomes={(p, k): o for p, k, o in outcomes},
            stats=stats,
            waits=waits,
            progress=progress,
            log=log,
            stdout=stdout,
            seconds=seconds,
        )

    yield run
    crawls.close()


@pytest.fixture(scope="session")
def plan() -> Callable[..., dict[str, Any]]:
    """A provider's part of a crawl: `plan("openalex", server, ada="openalex:A1")`."""

    def make(
        name: str | Provider,
        server: StandIn | str,
        *,
        api_key: str | None = None,
        delay: float = 0.0,
        **authors: str,
    ) -> dict[str, Any]:
        return {
            "provider": PROVIDERS[name] if isinstance(name, str) else name,
            "targets": tuple(Target(author_key=k, id=v) for k, v in authors.items()),
            "base_url": server if isinstance(server, str) else server.url,
            "api_key": api_key,
            "delay": delay,
        }

    return make


@pytest.fixture(scope="session")
def answers() -> type[Answers]:
    """Minimal answers of each provider about plainly synthetic people."""
    return Answers


class Answers:
    """Bodies and replies, written by us to each provider's form."""

    @staticmethod
    def scholar(user: str = "AAAAAAAAAAAJ", counts: tuple[int, ...] = (7, 3)) -> bytes:
        rows = "".join(
            f'<tr class="gsc_a_tr"><td class="gsc_a_t"><a class="gsc_a_at" href="/citations?'
            f'view_op=view_citation&amp;citation_for_view={user}:pub{number:09d}">Paper {number}'
            f'</a><div class="gs_gray">A Test</div><div class="gs_gray">Journal of Tests</div></td>'
            f'<td class="gsc_a_c"><a class="gsc_a_ac" href="">{count}</a></td>'
            f'<td class="gsc_a_y"><span class="gsc_a_h">2020</span></td></tr>'
            for number, count in enumerate(counts)
        )
        if not counts:
            rows = '<tr class="gsc_a_tr"><td class="gsc_a_e" colspan="3">None.</td></tr>'
        h_index = sum(1 for rank, value in enumerate(counts, 1) if value >= rank)
        figures = (sum(counts), 1, h_index, 1, sum(c >= 10 for c in counts), 0)
        cells = "".join(f'<td class="gsc_rsb_std">{value}</td>' for value in figures)
        heads = "".join(f'<th class="gsc_rsb_sth">{t}</th>' for t in ("", "All", "Since 2021"))
        return (
            f'<html><head><link rel="canonical" href="https://scholar.google.com/citations?'
            f'user={user}&amp;hl=en"></head><body><div id="gsc_prf_in">Ada Test</div>'
            f'<table id="gsc_rsb_st"><tr>{heads}</tr><tr>{cells}</tr></table>'
            f'<table><tbody id="gsc_a_b">{rows}</tbody></table>'
            f'<span id="gsc_a_nn">Articles 1-{len(counts)}</span>'
            f'<button id="gsc_bpf_more" disabled></button><div id="gs_ftr"></div></body></html>'
        ).encode()

    @staticmethod
    def openalex_author(author: str = "A1", works: int = 2) -> Reply:
        return Reply.json(
            {
                "id": f"https://openalex.org/{author}",
                "display_name": "Ada Test",
                "works_count": works,
                "cited_by_count": works,
                "summary_stats": {"h_index": 1, "i10_index": 0},
            }
        )

    @staticmethod
    def openalex_works(
        numbers: range | tuple[int, ...], *, total: int, after: str | None = None, **meta: Any
    ) -> Reply:
        results = [
            {"id": f"https://openalex.org/W{n}", "title": f"Paper {n}", "cited_by_count": 1}
            for n in numbers
        ]
        told = {"count": total, "per_page": 100, "next_cursor": after} | meta
        return Reply.json({"meta": told, "results": results})

    @classmethod
    def openalex_pages(cls, total: int) -> Callable[[Asked], Reply]:
        """A whole list by cursor, the way OpenAlex pages it."""

        def page(asked: Asked) -> Reply:
            cursor = re.search(r"cursor=([^&]*)", asked.target)
            first = 1 if cursor is None or cursor[1] == "*" else int(cursor[1][1:])
            numbers = range(first, min(first + 100, total + 1))
            after = f"c{first + 100}" if len(numbers) == 100 else None
            return cls.openalex_works(numbers, total=total, after=after)

        return page

    @staticmethod
    def semantic_scholar(
        author: str = "1", papers: int | None = 2, stated: int | None = None
    ) -> Reply:
        value = {
            "authorId": author,
            "name": "Ada Test",
            "paperCount": papers if stated is None else stated,
            "citationCount": papers,
            "hIndex": 1,
        }
        if papers is not None:
            value["papers"] = [Answers._paper(n) for n in range(papers)]
        return Reply.json(value)

    @staticmethod
    def semantic_scholar_papers(
        numbers: range, *, offset: int = 0, after: int | None = None
    ) -> Reply:
        value: dict[str, Any] = {"offset": offset, "data": [Answers._paper(n) for n in numbers]}
        return Reply.json(value if after is None else value | {"next": after})

    @staticmethod
    def _paper(number: int) -> dict[str, Any]:
        return {
            "paperId": f"{number:040x}",
            "title": f"Paper {number}",
            "year": 2020,
            "citationCount": 1,
        }


_COMMANDS = """
import os
if os.environ.get("COVERAGE_PROCESS_START"):
    import coverage
    coverage.process_startup()
import gc, json, sys, traceback
import numpy, pyarrow.parquet, scrapy.crawler, scrapy.core.downloader.handlers.http11
import pipeline.cli, pipeline.refresh, pipeline.collect.crawl, pipeline.snapshot
import spiders.settings
from importlib import import_module
from spiders.registry import DEFAULT_ORDER, PROVIDERS
for name in pipeline.cli.COMMANDS:
    import_module(f"pipeline.cli.{name}")
for name in DEFAULT_ORDER:
    import_module(PROVIDERS[name].spider.partition(":")[0])
for target in pipeline.writers.WRITERS.values():
    import_module(target.partition(":")[0])
assert "twisted.internet.reactor" not in sys.modules
gc.freeze()

async def wait(seconds):
    pass

spiders.settings.MANNERS_WAIT = wait

def child(told):
    os.setsid()
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(told["env"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(told[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["scholar-metrics", *told["args"]]
    try:
        return pipeline.cli.run(told["args"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if "coverage" in sys.modules and (running := sys.modules["coverage"].Coverage.current()):
            running.stop()
            running.save()

for line in sys.stdin:
    told = json.loads(line)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = child(told)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Commands:
    """Runs `scholar-metrics` in forks of one process that has imported everything once.

    Waits between tries are not slept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: subprocess.Popen[str] | None = None

    def run(
        self, *args: str, cwd: Path, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """What a process of its own would print and end with, in a fifth of the time."""
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, "-c", _COMMANDS],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        said = {name: self._folder / name for name in ("stdout", "stderr")}
        told = {
            "args": [*map(str, args)],
            "cwd": str(cwd),
            "env": dict(os.environ) if env is None else env,
            **{name: str(path) for name, path in said.items()},
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(told) + "\n")
        self._server.stdin.flush()
        code = int(self._server.stdout.readline())
        out, err = (path.read_text("utf-8", "surrogateescape") for path in said.values())
        return subprocess.CompletedProcess(["scholar-metrics", *args], code, out, err)

    def close(self) -> None:
        """No more of them."""
        if self._server is not None:
            self._server.communicate()


@pytest.fixture(scope="session")
def commands(tmp_path_factory):
    """`commands.run(*args, cwd=...)`: the command, started cheaply."""
    made = Commands(tmp_path_factory.mktemp("commands"))
    yield made
    made.close()
