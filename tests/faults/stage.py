"""Stand-ins for all providers of the registry, and the fault that they play.

Each provider has one server on loopback for the whole run, so that a home's configuration stays
as it is; what it answers is decided by the scene: the provider's good answer, or a fault. Good
answers come from the provider's fixtures or from the bundled sample (`README.md`), so a provider
that is added needs no line here, and fails loudly where it has neither.

Every request is written down; `polite` asserts I6 by that list.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.sample import AUTHOR_IDS, PAGES
from pipeline.sample.answers import Route, load
from spiders import ids as identifiers
from spiders.items import Provider
from spiders.registry import PROVIDERS as REGISTRY

AUTHORS = ("ada", "bob")
"""Whom each provider is asked for, in this order."""
_RST = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # SO_LINGER on, 0 s: close() sends RST
FIXTURES = Path(__file__).parents[1] / "spiders/pages/fixtures"
MOST_TRIES = 4
CAP = 120.0
"""`MANNERS_RETRY_AFTER_CAP`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    provider: str
    target: str
    """Path and query."""
    author: str | None
    """Whose id stands in it; `None` for robots.txt and what names nobody."""
    turn: int
    """How often this very target was asked for in this scene before."""
    place: int
    """How many requests the provider had in this scene before, robots.txt aside."""
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent. `end` says what follows the bytes."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes = b""
    length: int | Literal["body"] | None = "body"
    """`Content-Length`; `None` sends none and closes."""
    raw: bytes | None = None
    """All that is sent, head included, instead."""
    end: Literal["keep", "close", "reset", "hang"] = "keep"
    drip: float | None = None
    """Seconds between two bytes of the body."""

    def sent(self) -> bytes:
        """Head and body on the wire."""
        if self.raw is not None:
            return self.raw
        lines = [f"HTTP/1.1 {self.status} Scripted"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.length is not None:
            size = len(self.body) if self.length == "body" else self.length
            lines.append(f"Content-Length: {size}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head + (b"" if self.status in (204, 304) else self.body)

    def with_header(self, name: str, value: str) -> Answer:
        """The same with one header set, whatever case it had."""
        kept = {n: v for n, v in self.headers.items() if n.lower() != name.lower()}
        return replace(self, headers={**kept, name: value})


Fault: TypeAlias = Callable[[Asked, Answer], Answer]
"""What a stand-in does with a request and the good answer to it."""


def fine(_asked: Asked, good: Answer) -> Answer:
    """No fault."""
    return good


# Good answers


def has_good_answer(provider: Provider, *, fixtures: Path = FIXTURES) -> bool:
    """Whether something says how it answers when all is well."""
    return bool(_marked_fixtures(fixtures / provider.name)) or _is_sampled(provider)


class Script:
    """What one provider answers about Ada and Bob when all is well."""

    def __init__(self, provider: Provider, folder: Path, *, fixtures: Path = FIXTURES) -> None:
        marked = _marked_fixtures(fixtures / provider.name)
        if not has_good_answer(provider, fixtures=fixtures):
            raise LookupError(
                f"{provider.name} has no good answer for the scenes of tests/faults: mark the "
                'fixture(s) of it that make up one author with "author": "scheme:value" in '
                "meta.json (see tests/faults/README.md)"
            )
        self.ids: dict[str, str] = {}
        """Ids of the two; none where the provider is asked for works alone."""
        if provider.id_schemes:
            first = marked[0][1]["author"] if marked else _sampled_id(provider)
            self.ids = {"ada": first, "bob": sibling(first, known=_known(provider, marked))}
        self._said = {who: _spelt(found) for who, found in self.ids.items()}
        self._routes: dict[str, Any] = {}
        for who in AUTHORS if self.ids else AUTHORS[:1]:
            change = tuple(self._said[w].encode() for w in ("ada", who)) if self.ids else (b"", b"")
            self._routes[who] = (
                [_case(path, meta, change) for path, meta in marked]
                if marked
                else _sample_routes(provider, folder / who, change)
            )

    def whose(self, target: str) -> str | None:
        """The author whose id stands in a request."""
        spelt = f"{target} {unquote(target)}"
        return next((who for who in reversed(self._said) if self._said[who] in spelt), None)

    def answer(self, target: str) -> Answer:
        """The good answer to a request."""
        routes = self._routes[self.whose(target) or "ada"]
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if routes and isinstance(routes[0], _Case):
            return _best(routes, parts.path, query)
        found = next((r for r in routes if r.matches(parts.path, query)), None)
        if found is None:
            return Answer(status=404)
        said = found.reply(query)
        return Answer(status=said.status, headers=said.headers, body=said.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    path: str
    query: Mapping[str, str]
    answer: Answer


def _spelt(identifier: str) -> str:
    """How an id stands in a request; of one that is an address, the path does."""
    value = identifier.partition(":")[2]
    return urlsplit(value).path if value.startswith("https://") else value


def _marked_fixtures(root: Path) -> list[tuple[Path, Any]]:
    found = [(p.parent, json.loads(p.read_text())) for p in sorted(root.glob("*/meta.json"))]
    return [(folder, meta) for folder, meta in found if "author" in meta]


def _case(folder: Path, meta: Any, change: tuple[bytes, ...]) -> _Case:
    (body,) = folder.glob("body.*")
    url = urlsplit(_renamed(meta["url"].encode(), change).decode())
    data = _renamed(body.read_bytes(), change)
    headers = {n: v for n, v in meta["headers"].items() if n.lower() != "content-length"}
    answer = Answer(status=meta["status"] or 200, headers=headers, body=data)
    return _Case(path=url.path, query=dict(parse_qsl(url.query)), answer=answer)


def _best(cases: Sequence[_Case], path: str, query: Mapping[str, str]) -> Answer:
    """The case of this path that most of the query speaks for."""
    fitting = [c for c in cases if c.path.rstrip("/") == path.rstrip("/")]
    if not fitting:
        return Answer(status=404)
    return max(fitting, key=lambda c: sum(query.get(n) == v for n, v in c.query.items())).answer


def _known(provider: Provider, marked: Sequence[tuple[Path, Any]]) -> bytes:
    """Everything that the good answers hold."""
    folders = [folder for folder, _ in marked] or [PAGES / provider.name]
    return b"".join(p.read_bytes() for folder in folders for p in sorted(folder.iterdir()))


def _renamed(data: bytes, change: tuple[bytes, ...]) -> bytes:
    return data.replace(*change) if change[0] else data


def _is_sampled(provider: Provider) -> bool:
    return (PAGES / provider.name / "routes.json").is_file()


def _sampled_id(provider: Provider) -> str:
    mine = (i for s in provider.id_schemes for i in AUTHOR_IDS if i.startswith(f"{s}:"))
    return next(mine)


def _sample_routes(
    provider: Provider, folder: Path, change: tuple[bytes, ...]
) -> tuple[Route, ...]:
    shutil.copytree(PAGES / provider.name, folder)
    for path in folder.iterdir():
        path.write_bytes(_renamed(path.read_bytes(), change))
    return load(folder)


def sibling(found: str, *, known: bytes) -> str:
    """Another person's id of the same form, which stands nowhere in what is known."""
    scheme, _, value = found.partition(":")
    for at in range(len(value) - 1, -1, -1):
        if not (value[at].isascii() and value[at].isalnum()):
            continue
        for other in "2475836kbx":
            new = f"{value[:at]}{other}{value[at + 1 :]}"
            whole = f"{scheme}:{_checked(new) if scheme == 'orcid' else new}"
            is_free = whole.partition(":")[2].encode() not in known
            if whole != found and is_free and identifiers.normalise(whole) == whole:
                return whole
    raise LookupError(f"no id like {found}")


def _checked(orcid: str) -> str:
    """The iD with its right check digit (ISO 7064 MOD 11-2)."""
    total = 0
    for digit in orcid.replace("-", "")[:15]:
        total = (total + int(digit if digit.isdigit() else "0")) * 2
    check = (12 - total % 11) % 11
    return orcid[:-1] + ("X" if check == 10 else str(check))


PLAYED = {name: row for name, row in REGISTRY.items() if has_good_answer(row)}
"""Providers that are in the scenes; a test fails while any is not."""


# Stand-ins


class Stage:
    """The stand-ins of all providers."""

    def __init__(self, folder: Path) -> None:
        self.scripts = {n: Script(row, folder / n) for n, row in PLAYED.items()}
        self.asked: list[tuple[Asked, Answer]] = []
        self._lock = threading.Lock()
        self._turns: Counter[tuple[str, str]] = Counter()
        self._places: Counter[str] = Counter()
        self._fault: Fault = fine
        self._over = threading.Event()
        self._servers = {name: _server(self, name) for name in PLAYED}

    def base_url(self, name: str) -> str:
        """Where a stand-in takes the provider's place."""
        port = self._servers[name].server_address[1]
        return f"http://127.0.0.1:{port}{urlsplit(PLAYED[name].base_url).path}"

    def begin(self, fault: Fault) -> None:
        """A new scene."""
        with self._lock:
            self._over.set()
            self._over = threading.Event()
            self._fault = fault
            self.asked = []
            self._turns.clear()
            self._places.clear()

    def close(self) -> None:
        """No more scenes."""
        self._over.set()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def reply(self, provider: str, target: str, headers: Mapping[str, str]) -> Answer:
        """Note a request, and say what to do about it."""
        script = self.scripts[provider]
        with self._lock:
            asked = Asked(
                provider=provider,
                target=target,
                author=script.whose(target),
                turn=self._turns[provider, target],
                place=self._places[provider],
                headers=headers,
            )
            self._turns[provider, target] += 1
            self._places[provider] += not is_robots(target)
            answer = self._fault(asked, script.answer(target))
            self.asked.append((asked, answer))
            return answer

    def wait(self, seconds: float) -> bool:
        """Wait until the scene is over; whether it is."""
        return self._over.wait(seconds)


def is_robots(target: str) -> bool:
    """Whether a request is for the rules, which nobody pays for."""
    return urlsplit(target).path == "/robots.txt"


def _server(stage: Stage, provider: str) -> socketserver.ThreadingTCPServer:
    class Handler(socketserver.StreamRequestHandler):
        wbufsize = -1

        def handle(self) -> None:
            try:
                while _serve(stage, provider, self):
                    pass
            except OSError:
                pass

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.request_queue_size = 64
    server.daemon_threads = True
    server.block_on_close = False
    server.server_bind()
    server.server_activate()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def _serve(stage: Stage, provider: str, handler: socketserver.StreamRequestHandler) -> bool:
    line = handler.rfile.readline().decode("latin-1").split()
    if len(line) != 3:
        return False
    headers = {}
    while (text := handler.rfile.readline().decode("latin-1").strip()) != "":
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    handler.rfile.read(int(headers.get("content-length", "0")))
    answer = stage.reply(provider, line[1], headers)
    if answer.drip is not None:
        return _drip(stage, handler, answer)
    handler.wfile.write(answer.sent())
    handler.wfile.flush()
    if answer.end == "reset":
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
        handler.connection.close()
    if answer.end == "hang":
        stage.wait(5)
        return False
    return answer.end == "keep" and answer.length is not None


def _drip(stage: Stage, handler: socketserver.StreamRequestHandler, answer: Answer) -> bool:
    sent = answer.sent()
    for at in range(len(sent)):
        handler.wfile.write(sent[at : at + 1])
        handler.wfile.flush()
        if stage.wait(answer.drip or 0):
            return False
    return True


# I6


def polite(
    asked: Sequence[tuple[Asked, Answer]],
    waits: Sequence[tuple[str, str, float]],
    *,
    deadline: float,
    most_tries: int = MOST_TRIES,
) -> None:
    """Assert I6: tries are bounded, `Retry-After` is obeyed, and waiting comes to an end."""
    tries = Counter((a.provider, a.target) for a, _ in asked if not is_robots(a.target))
    for (provider, target), count in tries.items():
        # One that follows works is asked about the same ones for both authors.
        authors = 1 if PLAYED[provider].id_schemes else len(AUTHORS)
        said = f"I6: {provider} was asked {count} times for {target}"
        assert count <= most_tries * authors, said
    costs = Counter((a.provider, a.author) for a, _ in asked if not is_robots(a.target))
    for (provider, author), count in costs.items():
        bound = PLAYED[provider].max_requests_per_author + 5
        assert count <= bound, f"I6: {author} cost {provider} {count} requests"
    for name in PLAYED:
        mine = [seconds for provider, _, seconds in waits if provider == name]
        assert all(0 <= seconds <= CAP for seconds in mine), f"I6: {name} waits {mine}"
        assert sum(mine) <= deadline, f"I6: {name} waits {sum(mine)} s of {deadline}"
    _retry_after_is_obeyed(asked, waits)


def _retry_after_is_obeyed(
    asked: Sequence[tuple[Asked, Answer]], waits: Sequence[tuple[str, str, float]]
) -> None:
    for provider in PLAYED:
        mine = [(a, answer) for a, answer in asked if a.provider == provider]
        waited: dict[str, list[float]] = {}
        for name, url, seconds in waits:
            if name == provider:
                parts = urlsplit(url)
                target = f"{parts.path}?{parts.query}" if parts.query else parts.path
                waited.setdefault(target, []).append(seconds)
        for at, (request, answer) in enumerate(mine):
            told = _seconds_told(answer)
            again = [a for a, _ in mine[at + 1 :] if a.target == request.target]
            if told is None or not again or is_robots(request.target):
                continue
            done = waited.get(request.target, [])
            assert request.turn < len(done), f"I6: {provider} did not wait before {request.target}"
            assert done[request.turn] >= told, f"I6: waited {done[request.turn]} s of {told}"


def _seconds_told(answer: Answer) -> float | None:
    value = next((v for n, v in answer.headers.items() if n.lower() == "retry-after"), "")
    return float(value) if re.fullmatch(r"\d{1,12}", value) else None
