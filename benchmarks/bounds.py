"""What hostile answers cost a refresh, beside a plain one. Goals: peak memory and processor time.

Each is a whole process that asks a server on loopback. Memory is the process's peak (resident),
time is that of the processor: what a provider makes us compute. A slow server's wall time is
printed beside the time-out that ends it.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from timing import ROOT

ROUNDS = 3
TIMEOUT = 1.0
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
CHILD = f"""
import spiders.settings
spiders.settings.DOWNLOAD_TIMEOUT = {TIMEOUT}
async def at_once(seconds):
    pass
spiders.settings.MANNERS_WAIT = at_once
from pipeline.cli import main
main()
"""

Answer = Callable[[str], Iterable[bytes | float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    megabytes: float
    processor: float
    wall: float


def whole(body: bytes, *headers: bytes) -> list[bytes]:
    lines = b"".join(h + b"\r\n" for h in headers)
    return [HEAD + b"Content-Length: %d\r\n%b\r\n" % (len(body), lines) + body]


def openalex(works: int) -> Answer:
    """An author who states one paper, and a list of works: too many of them are refused."""
    who = {"id": "https://openalex.org/A1", "display_name": "Ada Test"}
    author = json.dumps(who | {"works_count": 1, "cited_by_count": 1}).encode()
    results = [
        {"id": f"https://openalex.org/W{n}", "title": f"Paper {n}", "cited_by_count": 1}
        for n in range(1, works + 1)
    ]
    listed = json.dumps({"meta": {"count": works, "per_page": 100}, "results": results}).encode()
    return lambda target: whole(listed if "/works" in target else author)


def bomb(wbits: int) -> Answer:
    packer = zlib.compressobj(9, wbits=wbits)
    body = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(200)) + packer.flush()
    sent = whole(body, b"Content-Encoding: " + (b"gzip" if wbits > 15 else b"deflate"))
    return lambda _target: sent


def without_end(head: bytes, piece: bytes) -> Answer:
    return lambda _target: itertools.chain([head], itertools.repeat(piece))


def drip(_target: str) -> Iterator[bytes | float]:
    yield HEAD + b"Content-Length: 1000000\r\n\r\n"
    while True:
        yield b" "
        yield 1.0


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """A server on loopback that answers every request so."""
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += connection.recv(65536)
            for sent in answer(asked.split()[1].decode()):
                if isinstance(sent, float):
                    over.wait(sent)
                else:
                    connection.sendall(sent)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        over.set()


def refreshed(answer: Answer, *, code: int) -> Cost:
    """One refresh against it, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch, served(answer) as url:
        Path(scratch, "scholar-metrics.toml").write_text(
            'output = "out"\nallow_private_hosts = true\n'
            '[[authors]]\nkey = "ada"\nids = ["openalex:A1"]\n[providers]\norder = ["openalex"]\n'
            f'[providers.openalex]\nbase_url = "{url}"\ndelay = 0\n'
        )
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, "refresh"],
            cwd=scratch,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
    if child.returncode != code:
        sys.exit(f"exit code {child.returncode}, not {code}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Cost(
        megabytes=used.ru_maxrss / scale, processor=used.ru_utime + used.ru_stime, wall=wall
    )


PLAIN = "a plain refresh"
CASES: dict[str, tuple[Answer, int, float]] = {
    PLAIN: (openalex(1), 0, 0),
    "gzip bomb of 200 MB": (bomb(31), 3, 60),
    "deflate bomb of 200 MB": (bomb(15), 3, 60),
    "page of 100 MB": (
        without_end(HEAD + b"Content-Length: 100000000\r\n\r\n", b" " * 65536),
        3,
        60,
    ),
    "body without end": (without_end(HEAD + b"\r\n", b" " * 65536), 3, 60),
    "headers without end": (without_end(HEAD, b"X-A: " + b"a" * 8000 + b"\r\n"), 3, 60),
    "5,500,000 empty objects": (lambda _target: whole(b"[" + b"{}," * 5_500_000 + b"0]"), 3, 120),
    "100,000 works in one answer": (openalex(100_000), 4, 150),
    "1 byte a second": (drip, 3, 60),
}
"""What is sent, the exit code, and the goal: MB beyond a plain refresh."""


def main() -> int:
    costs: dict[str, list[Cost]] = {name: [] for name in CASES}
    for _ in range(ROUNDS):
        for name, (answer, code, _) in CASES.items():
            costs[name].append(refreshed(answer, code=code))
    plain = median(c.megabytes for c in costs[PLAIN])
    print(f"{ROUNDS} rounds; ratios to a plain refresh; time-out {TIMEOUT:g} s, three tries")
    missed = 0
    for name, found in costs.items():
        peak = median(c.megabytes for c in found)
        busy = median(c.processor / p.processor for c, p in zip(found, costs[PLAIN], strict=True))
        most = CASES[name][2]
        is_met = peak - plain <= most
        missed += not is_met
        print(
            f"{name:<30} {peak:6.0f} MB  x {peak / plain:5.2f}  (+{peak - plain:.0f}, goal: "
            f"{most:g} at most: {'met' if is_met else 'MISSED'})  processor x {busy:5.2f}  "
            f"wall {median(c.wall for c in found):5.1f} s"
        )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
