"""What git is told besides its arguments: whose commit it is, and by what right it may push.

A token stands in the environment and is handed on in the environment, for one host alone. What a
folder's own configuration says (`actions/checkout` leaves a header there) is taken over.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.errors import ConfigError, PublishRefused
from pipeline.publish.git import Git, Setting
from pipeline.writers.formatting import clean

TOKEN = "SCHOLAR_METRICS_GIT_TOKEN"  # noqa: S105 - the name of a variable
GITHUB_TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the name of a variable

_CARRIED = re.compile(r"(?:http|credential|url|ssh)\.|core\.(?:sshcommand|askpass)$")
_NO_NAME = re.compile(r"[<>\x00-\x1f\x7f]")
_NO_REPLY = "users.noreply.github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """git's settings as they hold in a folder, later ones after earlier ones."""

    entries: tuple[tuple[str, str, str], ...]
    """Scope, key, value."""

    def last(self, key: str) -> str | None:
        """The value that counts."""
        return next((v for _, k, v in reversed(self.entries) if k == key and v), None)

    @property
    def local(self) -> tuple[Setting, ...]:
        """Settings of the repository alone that have to do with reaching another one."""
        return tuple(
            (key, value)
            for scope, key, value in self.entries
            if scope in ("local", "worktree") and _CARRIED.match(key)
        )

    @property
    def has_header(self) -> bool:
        """Whether somebody has set up a header that says who we are."""
        return any(
            key.startswith("http.")
            and key.endswith(".extraheader")
            and value.lower().startswith("authorization")
            for _, key, value in self.entries
        )


def read(git: Git) -> Settings:
    """The settings that hold in a folder, inside a repository or not."""
    listed = git.ask("config", "--list", "-z", "--show-scope").out.decode(errors="replace")
    parts = listed.split("\0")
    entries = []
    for scope, pair in zip(parts[::2], parts[1::2], strict=False):
        key, _, value = pair.partition("\n")
        entries.append((scope, key, value))
    return Settings(entries=tuple(entries))


def token_settings(
    address: str, found: Settings, environ: Mapping[str, str]
) -> tuple[tuple[Setting, ...], frozenset[str]]:
    """The header that carries the environment's token, and what of it must stay secret.

    Raises:
        ConfigError: what stands in the variable cannot be a token.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        return (), frozenset()
    name, token = TOKEN, environ.get(TOKEN, "").strip()
    if not token and _is_github(parts.hostname, environ) and not found.has_header:
        name, token = GITHUB_TOKEN, environ.get(GITHUB_TOKEN, "").strip()
    if not token:
        return (), frozenset()
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise ConfigError(f"{name}: what stands there is no token: it has spaces or other marks")
    coded = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    host = parts.netloc.rpartition("@")[2]
    key = f"http.https://{host}/.extraheader"
    header = f"Authorization: Basic {coded}"
    return ((key, ""), (key, header)), frozenset({token, coded})


def people(found: Settings, environ: Mapping[str, str]) -> tuple[str, str]:
    """Author and committer as `Name <mail>`.

    Raises:
        PublishRefused: nobody says who commits.
    """
    name = environ.get("GIT_AUTHOR_NAME") or found.last("user.name")
    mail = environ.get("GIT_AUTHOR_EMAIL") or found.last("user.email")
    actor = environ.get("GITHUB_ACTOR")
    if actor:
        name = name or actor
        mail = mail or f"{actor}@{_NO_REPLY}"
    if not name or not mail:
        raise PublishRefused(
            "git does not know who commits: type `git config --global user.name NAME` and "
            "`git config --global user.email MAIL`"
        )
    author = _person(name, mail)
    committer = _person(
        environ.get("GIT_COMMITTER_NAME") or name, environ.get("GIT_COMMITTER_EMAIL") or mail
    )
    return author, committer


def _person(name: str, mail: str) -> str:
    return f"{_NO_NAME.sub('', clean(name))} <{_NO_NAME.sub('', clean(mail)).replace(' ', '')}>"


def _is_github(host: str, environ: Mapping[str, str]) -> bool:
    server = urlsplit(environ.get("GITHUB_SERVER_URL") or "https://github.com").hostname
    return host == server
