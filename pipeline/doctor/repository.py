"""Where results are published, and the addresses under which badges read them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.config.values import is_address

if TYPE_CHECKING:
    from pipeline.config import Config

_BLOCKED = ("github.com", "shields.io")
_SLUG = re.compile(
    r"(?:https?://(?:[^@/]*@)?|ssh://(?:[^@/]*@)?|(?:[^@/]*@)?)(?:ssh\.)?github\.com(?::443)?[/:]+"
    r"([\w.-]+)/([\w.-]+?)(?:\.git)?/?",
    re.IGNORECASE | re.ASCII,
)
_SECRET = re.compile(r"(?<=//)[^@/\s]+(?=@)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The repository of the data branch, as far as it is known."""

    folder: Path
    """Where git is started."""
    remote: str
    """Name or address that git is asked about."""
    slug: str | None
    """`owner/name` at github.com; `None` when it lies elsewhere."""


def find(config: Config, folder: Path) -> Place | None:
    """The repository that the configuration names, else the one that it lies in.

    Args:
        config: its `[publish]` table counts.
        folder: of the configuration file.
    """
    named = config.publish.repository
    if named is not None and is_address(named):
        return Place(folder=folder, remote=named, slug=slug(named))
    ground = Path(named) if named is not None else folder
    url = run_git(["remote", "get-url", config.publish.remote], folder=ground, timeout=5)
    if url is None or url.returncode != 0:
        return None
    return Place(folder=ground, remote=config.publish.remote, slug=slug(url.stdout.strip()))


def slug(address: str) -> str | None:
    """`owner/name` out of an address at github.com, however it is written."""
    found = _SLUG.fullmatch(address.strip())
    return f"{found[1]}/{found[2]}" if found else None


def run_git(
    args: Sequence[str],
    *,
    folder: Path,
    timeout: float,
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str] | None:
    """What git answers; `None` when there is no git, no such folder, or no answer in time."""
    env = dict(os.environ if environ is None else environ)
    env |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    env.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
    try:
        return subprocess.run(  # noqa: S603 - an argument list, and git is found as everywhere
            ["git", "-C", str(folder), *args],  # noqa: S607
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
            env=env,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def discreet(text: str) -> str:
    """A line of git's without the user and password of an address in it."""
    return _SECRET.sub("***", text)


def badge_urls(slug: str, branch: str, file: str = "gs_data_shieldsio.json") -> tuple[str, ...]:
    """Where a file of the data branch is read: raw and by the CDN."""
    return (
        f"https://raw.githubusercontent.com/{slug}/{branch}/{file}",
        f"https://cdn.jsdelivr.net/gh/{slug}@{branch}/{file}",
    )


def refusal(url: str) -> str | None:
    """Why shields.io would not read a badge's address; `None` when it would.

    Its rule is a suffix of the host's name: `gist.github.com` is refused too.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "it is no address"
    if parts.scheme not in ("http", "https") or not host:
        return "it is no http(s) address"
    if parts.scheme == "http":
        return "shields.io reads https only"
    if host.endswith(_BLOCKED):
        return (
            f"shields.io refuses {host} (`domain is blocked`): use raw.githubusercontent.com or "
            "cdn.jsdelivr.net"
        )
    return None
