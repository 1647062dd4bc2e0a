"""What a replay server answers: routes read from a folder, matched without touching the disk.

A folder holds `routes.json`, a list of routes of which the first match wins, and the bodies
they name. All is read and checked at once, so a request can never reach another file. Keys:
`path` (exact, or ending in `*`), `query` (a subset of the request's; the value `*` is any),
`status`, `headers`, `body` (a file of the folder), `kind` (`file`, or one of
`pipeline.sample.listings.KINDS`) and `times` (how often the route answers at most).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.sample.listings import KINDS, Kind

_KEYS = frozenset({"path", "query", "status", "headers", "body", "kind", "times"})
_CONTENT_TYPES = {
    ".html": "text/html; charset=UTF-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=UTF-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


NO_ROUTE = Answer(status=404, headers={"Content-Type": "text/plain"}, body=b"no such route\n")
"""Answer to a request that no route of the folder matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row of `routes.json`, its body already read."""

    path: str
    query: Mapping[str, str]
    answer: Answer
    kind: Kind | None = None
    """Answers by the query; `None` where the body is served as it is."""
    document: Any = None
    """The body's JSON document, for a kind."""
    times: int | None = None
    """How often it answers; `None` means always."""

    def matches(self, path: str, query: Mapping[str, str]) -> bool:
        """Whether it answers a request for this path and query."""
        if self.path.endswith("*"):
            right_path = path.startswith(self.path[:-1])
        else:
            right_path = path == self.path
        return right_path and all(
            name in query and value in ("*", query[name]) for name, value in self.query.items()
        )

    def reply(self, query: Mapping[str, str]) -> Answer:
        """Its answer to a request that it matches."""
        if self.kind is None:
            return self.answer
        status, document = self.kind.reply(self.document, query)
        body = json.dumps(document, ensure_ascii=False).encode()
        return Answer(status=status, headers=self.answer.headers, body=body)


def load(folder: Path) -> tuple[Route, ...]:
    """Read the routes of a folder.

    Raises:
        ConfigError: a file is missing or a route cannot be read; says which and what to mend.
    """
    index = folder / "routes.json"
    try:
        rows = json.loads(index.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{index}: {error}; write a JSON list of routes there") from error
    if not isinstance(rows, list):
        raise ConfigError(f"{index}: not a list; write a JSON list of routes there")
    return tuple(
        _route(folder.resolve(), row, where=f"{index}: route {place}")
        for place, row in enumerate(rows, start=1)
    )


def _route(folder: Path, row: object, *, where: str) -> Route:
    if not isinstance(row, dict) or not isinstance(row.get("path"), str):
        raise ConfigError(f'{where} has no "path"; give the path of the address it answers')
    unknown = sorted(row.keys() - _KEYS)
    if unknown:
        raise ConfigError(f"{where} has the unknown key {unknown[0]!r}; known: {sorted(_KEYS)}")
    name = row.get("kind", "file")
    if name != "file" and name not in KINDS:
        raise ConfigError(f"{where} has the unknown kind {name!r}; known: {['file', *KINDS]}")
    body, content_type = _body(folder, row.get("body"), where=where)
    kind = KINDS.get(name)
    return Route(
        path=row["path"],
        query=row.get("query", {}),
        answer=Answer(
            status=row.get("status", 200),
            headers={"Content-Type": content_type, **row.get("headers", {})},
            body=body,
        ),
        kind=kind,
        document=_document(body, kind, where=where) if kind else None,
        times=row.get("times"),
    )


def _body(folder: Path, name: str | None, *, where: str) -> tuple[bytes, str]:
    if name is None:
        return b"", "text/plain; charset=UTF-8"
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise ConfigError(f"{where} names {name!r}, which is no file of its folder; add it there")
    content_type = _CONTENT_TYPES.get(path.suffix, "application/octet-stream")
    return path.read_bytes(), content_type


def _document(body: bytes, kind: Kind, *, where: str) -> object:
    try:
        document: object = json.loads(body)
    except ValueError as error:
        raise ConfigError(f"{where}: its body is no JSON ({error}); mend the file") from error
    if not kind.fits(document):
        raise ConfigError(f"{where}: its body is no {kind.shape}, which its kind needs; mend it")
    return document
