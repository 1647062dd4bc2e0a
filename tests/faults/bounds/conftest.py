"""A provider that will not stop, and a refresh that meets it in a process of its own."""

import gzip
import os
import re
import socket
import subprocess
import sys
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pytest

ROOT = Path(__file__).resolve().parents[3]
PIECE = 1 << 16

CHILD = """
import json, re, resource, sys
from pathlib import Path
import spiders.settings
for name, value in json.loads(sys.argv.pop(1)).items():
    setattr(spiders.settings, name, value)
async def at_once(seconds):
    pass
spiders.settings.MANNERS_WAIT = at_once
from pipeline.cli import main
try:
    code = main()
except SystemExit as end:
    code = end.code
used = resource.getrusage(resource.RUSAGE_SELF)
# `ru_maxrss` begins with that of the process that this one was forked from.
status = Path("/proc/self/status")
own = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
peak = int(own[1]) if own else used.ru_maxrss
print("PEAK", peak // 1024, used.ru_utime + used.ru_stime, file=sys.stderr)
sys.exit(code)
"""


class Hose:
    """A server that hands each request to `answer(send, target)`, which may send for ever."""

    def __init__(self, answer):
        self._answer = answer
        self.asked = []
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self):
        self._over.set()
        self._listening.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with suppress(OSError), connection:
            asked = b""
            while b"\r\n\r\n" not in asked:
                piece = connection.recv(PIECE)
                if not piece:
                    return
                asked += piece
            target = asked.split()[1].decode()
            self.asked.append(target)
            for sent in self._answer(target):
                if self._over.is_set():
                    return
                if isinstance(sent, float):
                    self._over.wait(sent)
                else:
                    connection.sendall(sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh in a child process came to."""

    code: int
    said: str
    """Its stderr, without the line about its peak."""
    megabytes: int
    """Resident memory at its peak."""
    processor: float
    """Seconds of the processor."""
    seconds: float
    asked: int


@pytest.fixture
def against(tmp_path):
    """Refresh one author of OpenAlex, or of another provider, from a server that misbehaves."""
    servers = []

    def run(answer, *, provider="openalex", identifier="openalex:A1", settings="{}", extra=""):
        server = Hose(answer)
        servers.append(server)
        (tmp_path / "scholar-metrics.toml").write_text(
            f'output = "out"\nallow_private_hosts = true\n{extra}\n'
            f'[[authors]]\nkey = "ada"\nids = ["{identifier}"]\n'
            f'[providers]\norder = ["{provider}"]\n'
            f'[providers.{provider}]\nbase_url = "{server.url}"\ndelay = 0\n'
            "[badges]\nsvg = false\n[report]\npages = false\n"
        )
        began = perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", CHILD, settings, "refresh"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        seconds = perf_counter() - began
        found = re.search(r"PEAK (\d+) ([\d.]+)", done.stderr)
        assert found, done.stderr
        return Refreshed(
            code=done.returncode,
            said=done.stderr[: found.start()].strip(),
            megabytes=int(found[1]),
            processor=float(found[2]),
            seconds=seconds,
            asked=len(server.asked),
        )

    yield run
    for server in servers:
        server.close()


def whole(body, *headers):
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.fixture(scope="session")
def answer():
    """A whole answer: `answer(body, *headers)`."""
    return whole


@pytest.fixture(scope="session")
def bomb():
    """200 MB of blanks, compressed: `bomb("gzip")`."""

    def make(encoding):
        wbits = {"gzip": 31, "deflate": 15, "raw deflate": -15}[encoding]
        packer = zlib.compressobj(2, wbits=wbits)
        blank = b" " * (1 << 20)
        return b"".join(packer.compress(blank) for _ in range(200)) + packer.flush()

    return make


@pytest.fixture(scope="session")
def layers():
    """A small body compressed many times over."""

    def make(times):
        body = b" "
        for _ in range(times):
            body = gzip.compress(body)
        return body

    return make
