"""The only place that starts git: argument lists, a bare environment, a limit on time.

No token is ever among the arguments, in an address, or in what is said of a failure: settings
and addresses travel in the environment of the child.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.errors import PublishRefused
from pipeline.log import secrets_of
from pipeline.writers.formatting import clean, cut
from spiders.redact import MASK, redact

Setting: TypeAlias = tuple[str, str]
"""A git setting: its key and its value."""

TIMEOUT = 120.0
"""Seconds that one call may take."""
_LONGEST = 400
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_KEPT = re.compile(
    r"(?!GIT_)|GIT_(AUTHOR|COMMITTER)_|GIT_(ASKPASS|EXEC_PATH|SSH|SSH_COMMAND|SSH_VARIANT)$|"
    r"GIT_SSL_|GIT_PROXY|GIT_HTTP|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)$"
)
"""Variables that a child gets: none that names a repository, an index or a trace file."""
_ALWAYS = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "GIT_ALLOW_PROTOCOL": "file:https:ssh",
    "GIT_OPTIONAL_LOCKS": "0",
}


class GitFailed(PublishRefused):
    """A call of git failed; the message is what git or the other side said, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call of git left."""

    code: int
    out: bytes
    said: str
    """Standard error, without secrets."""

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Calls git in one folder, with settings that are in no file."""

    folder: Path
    environ: Mapping[str, str]
    settings: Sequence[Setting] = ()
    secrets: frozenset[str] = frozenset()
    """What must not appear in anything that is said."""
    git_dir: Path | None = None
    """The repository, where it is not to be looked for around the folder."""
    timeout: float = TIMEOUT

    def ask(self, *args: str, data: bytes = b"") -> Answer:
        """Calls git, whatever comes of it.

        Raises:
            GitFailed: git is not there, or took too long.
        """
        environ = _environment(self.environ, self.settings)
        if self.git_dir is not None:
            environ["GIT_DIR"] = str(self.git_dir)
        code, out, err = call(args, folder=self.folder, environ=environ, data=data, limit=self)
        return Answer(code=code, out=out, said=self._cleaned(err))

    def do(self, *args: str, data: bytes = b"") -> Answer:
        """Calls git, which must succeed.

        Raises:
            GitFailed: it did not.
        """
        answer = self.ask(*args, data=data)
        if answer.code:
            raise GitFailed(f"git {args[0]} failed: {reason(answer.said) or answer.code}")
        return answer

    def _cleaned(self, err: bytes) -> str:
        text = err.decode("utf-8", errors="replace")
        hidden = {*self.secrets, *secrets_of(self.environ)}
        return _USERINFO.sub(f"{MASK}@", redact(text, hidden))


def call(
    args: Sequence[str], *, folder: Path, environ: Mapping[str, str], data: bytes, limit: Git
) -> tuple[int, bytes, bytes]:
    """One process of git, ended with all its children when it takes too long or we are ended."""
    program = shutil.which("git", path=environ.get("PATH"))
    if program is None:
        raise GitFailed("git is not installed: install it, then publish again")
    child = subprocess.Popen(  # noqa: S603 - an argument list, no shell
        [program, *args],
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = child.communicate(data, timeout=limit.timeout)
    except subprocess.TimeoutExpired:
        _end(child)
        raise GitFailed(
            f"git {args[0]} did not end within {limit.timeout:.0f} seconds: "
            "look at the network, then publish again"
        ) from None
    except BaseException:
        _end(child)
        raise
    return child.returncode, out, err


def reason(said: str) -> str:
    """The lines that say why, as one: the other side's own first."""
    lines = [clean(_COLOURS.sub("", line)) for line in said.splitlines()]
    remote = _after("remote:", lines)
    own = [text for head in ("fatal:", "error:", "ERROR:") for text in _after(head, lines)]
    rejected = re.findall(r"\[(?:remote )?rejected\][^()]*\(([^)]*)\)", said)
    found = [*remote, *rejected, *own] or lines
    return cut("; ".join(dict.fromkeys(filter(None, found))), _LONGEST)


def without_user(address: str) -> str:
    """An address as it may be shown."""
    return _USERINFO.sub("", address)


def _after(head: str, lines: Iterable[str]) -> list[str]:
    texts = (line.removeprefix(head).strip() for line in lines if line.startswith(head))
    return [t for t in texts if re.search(r"\w", t)]


def _environment(environ: Mapping[str, str], settings: Sequence[Setting]) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if _KEPT.match(name)} | _ALWAYS
    count = kept.get("GIT_CONFIG_COUNT", "")
    number = int(count) if count.isdecimal() else 0
    for place, (key, value) in enumerate(settings, number):
        kept[f"GIT_CONFIG_KEY_{place}"] = key
        kept[f"GIT_CONFIG_VALUE_{place}"] = value
    return kept | {"GIT_CONFIG_COUNT": str(number + len(settings))}


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
