"""How fast our spider crawls, beside a bare one of Scrapy's and plain asyncio clients.

All ask a server on loopback for the same pages, one after another without a delay, and read them
with the same page module; the rate is counted by the server, from the first page to the last, so
that start-up is left out. Goals: at least 0.95 of the bare spider's requests a second; a refresh
of 20 authors with 100 papers each in under 5 s and 300 MB, the process that draws its charts
included; one request an author, where scholarly sends two or more (1 + a page of 100, at least 2:
measured with 1.7.11).

Usage: python benchmarks/crawl.py [--pages 300] [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from parse import USER, page
from timing import ROOT, Goal, interleaved, most_held, report

sys.path.insert(0, str(ROOT))

PATH = "/citations?user={user}&hl=en&pagesize=100"
ROWS = 5
"""Papers on each page of the race, so that reading it weighs little; 100 of the refresh."""
AUTHORS = 20
SETTINGS = {
    "by default": "",
    "without the report": "[report]\npages = false\n",
    "without report and pictures": "[report]\npages = false\n[badges]\nsvg = false\n",
}
"""What is written of them, where time and memory go."""
SECONDS, MEGABYTES = 5.0, 300.0
AT_LEAST = 0.95


def short_page() -> bytes:
    """The benchmark's page of 100 rows, cut to `ROWS`, without its style and script."""
    text = re.sub(r"<(style|script)>.*?</\1>", "", page().decode(), flags=re.DOTALL)
    rows = re.findall(r'<tr class="gsc_a_tr">.*?</tr>', text)
    return text.replace("".join(rows[ROWS:]), "").encode()


class Pages(asyncio.Protocol):
    """Answers every request with one page, but `/robots.txt` and `/told`."""

    body = b""
    at: list[float] = []  # noqa: RUF012 - one server a process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *asked, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for head in asked:
            self._transport.write(self._answer(head.split(b" ", 2)[1]))

    def _answer(self, target: bytes) -> bytes:
        kind, body = b"text/html; charset=UTF-8", self.body
        if target == b"/robots.txt":
            kind, body = b"text/plain", b"User-agent: *\nAllow: /\n"
        elif target == b"/told":
            kind, body = b"application/json", json.dumps(self.at).encode()
            self.at.clear()
        else:
            self.at.append(time.perf_counter())
        lines = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b"
        return lines % (kind, len(body), body)


async def serve() -> None:
    """Until stdin ends."""
    Pages.body = short_page()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Pages, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def read(body: bytes, url: str) -> int:
    """How many papers the page has."""
    from spiders.pages import google_scholar

    (found,) = google_scholar.parse(body, url=url.partition("/citations")[2], status=200)
    return len(found.works)


def ours(url: str, pages: int) -> None:
    from pipeline.collect import ProviderPlan, collect
    from spiders.items import OutcomeKind, Target
    from spiders.registry import PROVIDERS

    plan = ProviderPlan(
        provider=PROVIDERS["google_scholar"],
        targets=tuple(
            Target(author_key=f"a{n}", id=f"google_scholar:{USER}") for n in range(pages)
        ),
        base_url=url,
        delay=0.0,
    )
    found = collect([plan], user_agent="scholar-metrics/benchmark", allow_private_hosts=True)
    if any(outcome.kind is not OutcomeKind.FRESH for outcome in found.outcomes):
        sys.exit(f"{found.outcomes[0]}")


def bare(url: str, pages: int) -> None:
    """Scrapy as it comes, with one request at a time and one item a page."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self):  # type: ignore[no-untyped-def]
            for _ in range(pages):
                yield scrapy.Request(url + PATH.format(user=USER), dont_filter=True)

        def parse(self, response):  # type: ignore[no-untyped-def]
            yield {"works": read(response.body, response.url)}

    process = AsyncCrawlerProcess(
        {
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "CONCURRENT_REQUESTS": 1,
            "ROBOTSTXT_OBEY": True,
        }
    )
    process.crawl(Bare)
    process.start()


def streams(url: str, pages: int) -> None:
    """asyncio's own streams on one connection."""
    host, port = url.removeprefix("http://").split(":")

    async def run() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for _ in range(pages):
            target = PATH.format(user=USER)
            writer.write(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"Content-Length: (\d+)", head)
            read(await reader.readexactly(int(length[1]) if length else 0), url + target)
        writer.close()

    asyncio.run(run())


def aiohttp(url: str, pages: int) -> None:
    import aiohttp as client

    async def run() -> None:
        async with client.ClientSession() as session:
            for _ in range(pages):
                async with session.get(url + PATH.format(user=USER)) as answer:
                    read(await answer.read(), str(answer.url))

    asyncio.run(run())


def httpx(url: str, pages: int) -> None:
    import httpx as client  # type: ignore[import-not-found]  # no dependency of ours

    async def run() -> None:
        async with client.AsyncClient() as session:
            for _ in range(pages):
                answer = await session.get(url + PATH.format(user=USER))
                read(answer.content, str(answer.url))

    asyncio.run(run())


CLIENTS: dict[str, Callable[[str, int], None]] = {
    "bare": bare,
    "ours": ours,
    "streams": streams,
    **{name: do for name, do in (("aiohttp", aiohttp), ("httpx", httpx)) if find_spec(name)},
}


@contextmanager
def served(*command: str) -> Iterator[str]:
    """The address of a server in another process."""
    with subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as server:
        assert server.stdin is not None  # noqa: S101 - for the type checker: both are pipes
        assert server.stdout is not None  # noqa: S101
        yield server.stdout.readline().strip()
        server.stdin.close()


def told(url: str) -> list[float]:
    """When the server was asked for pages since it last told."""
    with urlopen(f"{url}/told") as answer:  # noqa: S310 - our own server
        found: list[float] = json.load(answer)
    return found


def race(name: str, url: str, pages: int, seen: dict[str, list[float]]) -> Callable[[], float]:
    """Seconds that a client takes for `pages` pages, as the server counted them."""

    def once() -> float:
        told(url)
        command = [sys.executable, __file__, "--client", name, "--url", url, "--pages", str(pages)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        at = told(url)
        if done.returncode or len(at) != pages:
            sys.exit(f"{name}: exit code {done.returncode}, {len(at)} pages\n{done.stderr}")
        seen.setdefault(name, []).append(float(done.stdout))
        return float(at[-1] - at[0]) * pages / (pages - 1)

    return once


def refreshed(rounds: int) -> bool:
    """Cold refreshes of 20 authors by the command, and whether those by default reach the goals."""
    users = [f"BENCH{number:03}AAAJ" for number in range(AUTHORS)]
    found = {}
    with tempfile.TemporaryDirectory(prefix="crawl-") as scratch:
        answers = made(Path(scratch, "answers"), users)
        with served(str(ROOT / "benchmarks" / "replay.py"), str(answers)) as url:
            for name, more in SETTINGS.items():
                homes = [Path(scratch, f"{name}{number}") for number in range(rounds)]
                found[name] = [refresh(home, configured(url, users) + more) for home in homes]
    print(f"\na cold refresh of {AUTHORS} authors with 100 papers each:")
    for name, runs in found.items():
        wall, processor, peak, _ = (median(each) for each in zip(*runs, strict=True))
        print(f"  {name:<30} {wall:5.2f} s ({processor:.2f} of the processor), {peak:.0f} MB")
    wall, _, peak, requests = (median(each) for each in zip(*found["by default"], strict=True))
    is_met = bool(wall < SECONDS and peak < MEGABYTES and requests == 1)
    print(f"  goal by default: under {SECONDS:g} s and {MEGABYTES:g} MB, and one request an author")
    print(f"  {requests:.0f} an author; scholarly: 2, and with filled papers 102", end="")
    print(f": {'met' if is_met else 'MISSED'}")
    return is_met


def made(folder: Path, users: list[str]) -> Path:
    """The answers of the replay server: a page of 100 papers for each."""
    folder.mkdir()
    (folder / "robots.txt").write_text("User-agent: *\nAllow: /citations?user=\n")
    routes: list[dict[str, Any]] = [{"path": "/robots.txt", "body": "robots.txt"}]
    for user in users:
        text = page().decode().replace(USER, user).replace("benchmark", f"b{user[5:8]}")
        (folder / f"{user}.html").write_text(text)
        routes += [{"path": "/citations", "query": {"user": user}, "body": f"{user}.html"}]
    (folder / "routes.json").write_text(json.dumps(routes))
    return folder


def configured(url: str, users: list[str]) -> str:
    lines = ['output = "output"', "allow_private_hosts = true", ""]
    for user in users:
        lines += ["[[authors]]", f'key = "{user.lower()}"', 'name = "Ada Sample"']
        lines += [f'ids = ["google_scholar:{user}"]', ""]
    lines += ["[providers]", 'order = ["google_scholar"]', "[providers.google_scholar]"]
    return "\n".join([*lines, f'base_url = "{url}"', "delay = 0", ""])


def refresh(home: Path, config: str) -> tuple[float, float, float, int]:
    """Seconds, those of the processor, peak megabytes, and the most requests for an author.

    Charts are drawn in a second process: the peak is that of both at once, looked at every 10 ms.
    """
    home.mkdir()
    (home / "scholar-metrics.toml").write_text(config)
    command = [sys.executable, "-m", "pipeline", "refresh", "--config"]
    started = time.perf_counter()
    pid = os.posix_spawn(
        sys.executable,
        [*command, str(home / "scholar-metrics.toml")],
        {**os.environ, "PYTHONPATH": str(ROOT)},
        file_actions=[(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)],
    )
    peak = 0.0
    while not (ended := os.wait4(pid, os.WNOHANG))[0]:
        peak = max(peak, held(pid))
        time.sleep(0.01)
    used = ended[2]
    seconds = time.perf_counter() - started
    run = json.loads((home / "output/run.json").read_bytes())
    if run["exit_code"]:
        sys.exit(f"the refresh ended with {run['exit_code']}: {run['outcomes'][0]}")
    requests = max(outcome.get("requests", 0) for outcome in run["outcomes"])
    return seconds, used.ru_utime + used.ru_stime, max(peak, used.ru_maxrss / 1024), requests


def held(pid: int) -> float:
    """Megabytes of a process and of those that it started, each with what they share."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pages = [Path(f"/proc/{one}/statm").read_text().split()[1] for one in (pid, *children)]
    except OSError:  # one of them just ended
        return 0.0
    return sum(map(int, pages)) * resource.getpagesize() / (1 << 20)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--client", choices=CLIENTS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(serve())
        return 0
    if asked.client:
        CLIENTS[asked.client](asked.url, asked.pages)
        print(most_held())
        return 0
    seen: dict[str, list[float]] = {}
    with served(__file__, "--serve") as url:
        cases = {name: race(name, url, asked.pages, seen) for name in CLIENTS}
        seconds = interleaved(cases, rounds=asked.rounds)
    goals = {"ours": Goal(ratio=1 / AT_LEAST)}
    code = report(seconds, baseline="bare", goals=goals)
    for name, found in seconds.items():
        print(
            f"{name:<10} {asked.pages / median(found):7.0f} pages/s, {median(seen[name]):4.0f} MB"
        )
    return code | (not refreshed(min(asked.rounds, 3)))


if __name__ == "__main__":
    sys.exit(main())
