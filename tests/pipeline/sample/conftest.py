import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline.sample.server import ReplayServer


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture
def get() -> Callable[..., Reply]:
    """Ask an address once; redirects are not followed."""

    def ask(url: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> Reply:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, headers=headers or {})
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    return ask


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder of answers: its routes, and files by name."""

    def write(routes: object, **files: bytes | str) -> Path:
        place = tmp_path / "pages"
        place.mkdir(exist_ok=True)
        (place / "routes.json").write_text(json.dumps(routes))
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            stem, _, suffix = name.rpartition("_")
            (place / f"{stem}.{suffix}").write_bytes(data)
        return place

    return write


@pytest.fixture
def serve(folder: Callable[..., Path]) -> Iterator[Callable[..., ReplayServer]]:
    """Serve routes and files until the test ends."""
    with ExitStack() as running:

        def start(routes: object, **files: bytes | str) -> ReplayServer:
            return running.enter_context(ReplayServer(folder(routes, **files)))

        yield start
