"""Attacks run against the command itself, many of them cheaply, and never beyond loopback.

A fork server has imported everything once; each run of the command is a fork of it, with an
outside world of the test's making: names resolve as told, connections are written down, and
the few public addresses that a test speaks of are led to a stand-in on loopback. Nothing else
is connected to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PUBLIC = "93.184.215.14"
"""A public address (example.org's, until 2024): never connected to, only led elsewhere."""

_SERVER = """
import datetime, gc, json, os, sys, traceback
import numpy, pyarrow.parquet, scrapy.crawler, scrapy.core.downloader.handlers.http11
import pipeline.cli, pipeline.cli.refresh, pipeline.refresh, pipeline.collect.crawl
import pipeline.cli.status, pipeline.cli.explain, pipeline.cli.history, pipeline.cli.check
import pipeline.writers, pipeline.history, pipeline.log, pipeline.identity
import spiders.settings, spiders.google_scholar, spiders.openalex, spiders.semantic_scholar
for target in pipeline.writers.WRITERS.values():
    __import__(target.partition(":")[0])
assert "twisted.internet.reactor" not in sys.modules
gc.freeze()

def outside(names, led):
    import errno, socket
    seen = {"lookups": [], "connections": []}
    given = {}
    def lookup(name):
        seen["lookups"].append(name)
        try:
            return socket.inet_ntoa(socket.inet_aton(name))
        except OSError:
            pass
        if name not in names:
            raise socket.gaierror(socket.EAI_NONAME, "unknown in this test")
        answers = names[name]
        turn = given.get(name, 0)
        given[name] = turn + 1
        return answers[min(turn, len(answers) - 1)]
    real = socket.socket.connect_ex
    def connect_ex(self, address):
        if self.family == socket.AF_UNIX:
            return real(self, address)
        host, port = address[:2]
        seen["connections"].append([host, port])
        to = led.get(host)
        if to is not None:
            return real(self, (to[0], to[1]))
        return real(self, address) if host == "127.0.0.1" else errno.ECONNREFUSED
    def connect(self, address):
        code = connect_ex(self, address)
        if code:
            raise OSError(code, "refused in this test")
    socket.gethostbyname = lookup
    socket.getaddrinfo = lambda host, port, *a, **k: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (lookup(host), port))
    ]
    socket.socket.connect_ex = connect_ex
    socket.socket.connect = connect
    return seen

def ask(bases):
    from pipeline.collect import ProviderPlan, collect
    from spiders.items import Target
    from spiders.registry import PROVIDERS
    plans = [
        ProviderPlan(
            provider=PROVIDERS["openalex"],
            targets=(Target(author_key=str(number), id="openalex:A1"),),
            base_url=base,
            delay=0.0,
        )
        for number, base in enumerate(bases)
    ]
    found = collect(plans, user_agent="scholar-metrics/0 (test)", deadline=20.0)
    rows = {o.author_key: [o.kind.value, o.reason] for o in found.outcomes}
    print(json.dumps([rows[str(number)] for number in range(len(bases))]))
    return 0

def child(told):
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["env"])
    for number, name in ((1, "stdout"), (2, "stderr")):
        handle = os.open(told[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, number)
    seen = outside(told["names"], told["led"])
    os.fsync = lambda handle: None
    async def wait(seconds):
        pass
    spiders.settings.MANNERS_WAIT = wait
    # An earlier run that is not of the same second as the next one, however fast they are.
    usual = pipeline.refresh.utc_now
    ago = datetime.timedelta(hours=float(told["env"].get("TEST_HOURS_AGO", "0")))
    pipeline.refresh.refresh.__kwdefaults__["clock"] = lambda: usual() - ago
    if told["raises"]:
        def boom(*args, **kwargs):
            raise RuntimeError(told["raises"])
        pipeline.refresh.refresh = boom
    if told["bases"]:
        code = ask(told["bases"])
    else:
        code = pipeline.cli.run(told["args"])
    sys.stdout.flush()
    sys.stderr.flush()
    with open(told["seen"], "w") as file:
        json.dump(seen, file)
    return code

for line in sys.stdin:
    told = json.loads(line)
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = child(told)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one run of the command left behind."""

    code: int
    stdout: str
    stderr: str
    lookups: list[str]
    connections: list[tuple[str, int]]
    """Host and port of every connection that was begun, as it was meant."""

    def json(self) -> Any:
        return json.loads(self.stdout)


class Command:
    """`scholar-metrics`, in a fork with an outside world of our own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = 0
        self._server = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def __call__(
        self,
        folder: Path,
        *args: str,
        env: dict[str, str] | None = None,
        names: dict[str, list[str]] | None = None,
        led: dict[str, tuple[str, int]] | None = None,
        raises: str | None = None,
        bases: list[str] | None = None,
    ) -> Done:
        """Run it in a folder.

        `names` are what resolves, an answer a question (the last one is repeated); `led` says
        where connections to an address really go; `raises` makes the refresh itself fail.
        With `bases` one crawl asks for an author at each of these base addresses, and its
        outcomes are printed.
        """
        self._turn += 1
        base = self._folder / str(self._turn)
        files = {name: f"{base}.{name}" for name in ("stdout", "stderr", "seen")}
        clean = {k: os.environ[k] for k in ("PATH", "HOME", "LANG", "TZ") if k in os.environ}
        told = {
            "folder": str(folder),
            "args": args,
            "env": {**clean, "PYTHONPATH": str(ROOT), **(env or {})},
            "names": names or {},
            "led": led or {},
            "raises": raises,
            "bases": bases,
            **files,
        }
        self._server.stdin.write(json.dumps(told) + "\n")
        self._server.stdin.flush()
        code = int(self._server.stdout.readline())
        seen = Path(files["seen"])
        found = json.loads(seen.read_text()) if seen.exists() else {}
        return Done(
            code=code,
            stdout=Path(files["stdout"]).read_bytes().decode(),
            stderr=Path(files["stderr"]).read_bytes().decode(),
            lookups=found.get("lookups", []),
            connections=[tuple(one) for one in found.get("connections", [])],
        )

    def close(self) -> None:
        self._server.stdin.close()
        self._server.wait(10)
        self._server.stdout.close()


@pytest.fixture(scope="session")
def command(tmp_path_factory):
    """The command: `command(folder, "refresh")`."""
    made = Command(tmp_path_factory.mktemp("command"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def spellings() -> dict[str, Any]:
    """Addresses that must not be reached, in every spelling: `spellings.json`."""
    return json.loads((HERE / "spellings.json").read_text())


@pytest.fixture(scope="session")
def payloads() -> tuple[str, ...]:
    """Texts that try to be more than text, for any writer to be tried with: `payloads.json`."""
    groups = json.loads((HERE / "payloads.json").read_text())
    return tuple(text for texts in groups.values() for text in texts)


def toml(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, all but that of DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


@pytest.fixture(scope="session")
def configured():
    """Write a configuration into a folder: `configured(folder, authors={key: ids}, ...)`."""

    def write(
        folder: Path,
        *,
        authors: dict[str, list[str]],
        providers: dict[str, str],
        names: dict[str, str] | None = None,
        private: bool = True,
        extra: str = "",
        tables: dict[str, str] | None = None,
        pages: bool = False,
    ) -> Path:
        lines = ['output = "out"', f"allow_private_hosts = {str(private).lower()}", extra]
        for key, ids in authors.items():
            lines += ["[[authors]]", f"key = {toml(key)}", f"ids = [{', '.join(map(toml, ids))}]"]
            if names and key in names:
                lines.append(f"name = {toml(names[key])}")
        lines += ["[providers]", f"order = [{', '.join(map(toml, providers))}]"]
        for name, url in providers.items():
            lines += [f"[providers.{name}]", f"base_url = {toml(url)}", "delay = 0"]
            lines.append((tables or {}).get(name, ""))
        shown = str(pages).lower()
        lines += ["[badges]", f"svg = {shown}", "[report]", f"pages = {shown}", "charts = false"]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "scholar-metrics.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def public() -> str:
    """A public address that a test may speak of: where it leads is the test's to say."""
    return PUBLIC
