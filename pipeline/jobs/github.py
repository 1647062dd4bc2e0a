"""The runner's side: environment files, annotations, outputs, and what must never reach it.

Workflow commands are lines of a job's output, so whatever comes from outside is escaped before it
is printed. The rules are those of the runner's source (`ActionCommand.cs`): `%`, CR and LF in
messages, `:` and `,` in properties too; the older form `##[command]` is read anywhere in a line.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.errors import StorageError
from pipeline.jobs.policy import Level
from pipeline.writers.formatting import clean

_MOST_BYTES = 1_000_000
"""A step's summary is refused as a whole above 1 MiB."""
_LONGEST_MESSAGE = 1000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_SERVER = re.compile(r"(?:https|file)://[A-Za-z0-9._~:/-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One line beside a run: `::warning title=...::...`."""

    level: Level
    title: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Where a job runs; all of it is absent on a person's own machine."""

    is_actions: bool
    """Whether a runner reads what is printed."""
    summary: Path | None
    output: Path | None
    repository: str | None
    """Address of the repository that the job runs for, without secrets."""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """The runner that an environment tells of."""
        return cls(
            is_actions=environ.get("GITHUB_ACTIONS") == "true",
            summary=_path(environ.get("GITHUB_STEP_SUMMARY")),
            output=_path(environ.get("GITHUB_OUTPUT")),
            repository=_address(
                environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
            ),
        )


def command(annotation: Annotation) -> str:
    """The workflow command of an annotation: one line, whatever stands in it."""
    message = escaped(clean(annotation.message)[:_LONGEST_MESSAGE])
    title = escaped_property(clean(annotation.title))
    return f"::{annotation.level} title={title}::{message}"


def escaped(text: str) -> str:
    """A message as the runner reads it back."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """A property's value as the runner reads it back."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")


def harmless(line: str) -> str:
    """A line of output that the runner takes for text, whatever stands in it."""
    plain = clean(line).replace("##[", "## [")
    return f"| {plain}" if plain.startswith("::") else plain


def outputs(values: Mapping[str, str]) -> str:
    """Outputs of a step in the form that a value cannot break out of.

    Raises:
        ValueError: a name that is none, or a value that holds a delimiter made at random.
    """
    parts = []
    for name, value in values.items():
        delimiter = f"end_{secrets.token_hex(16)}"
        if not _NAME.fullmatch(name) or delimiter in value:
            raise ValueError(f"{name!r} cannot be an output")
        parts.append(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
    return "".join(parts)


def append(path: Path, text: str) -> None:
    """Add to an environment file.

    Raises:
        StorageError: the runner's file cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror}); run again") from None


def within_limit(lines: Sequence[str]) -> str:
    """A summary that the runner accepts: lines that go beyond the limit are left out."""
    kept, size = [], 0
    for line in lines:
        size += len(line.encode("utf-8", "replace")) + 1
        if size > _MOST_BYTES:
            kept.append("\nThe summary is cut here; `run.json` has the rest.")
            break
        kept.append(line)
    return "\n".join(kept) + "\n"


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _address(server: str, name: str) -> str | None:
    is_known = _SERVER.fullmatch(server) and _REPOSITORY.fullmatch(name)
    return f"{server.rstrip('/')}/{name}" if is_known else None
