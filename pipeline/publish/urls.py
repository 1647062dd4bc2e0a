"""Where published files can be read: only GitHub's addresses are known to us."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from pipeline.writers.acadhomepage import BADGE, DATA

_GITHUB = re.compile(
    r"(?:https://(?:[^/@\s]+@)?github\.com/|(?:ssh://)?(?:[^/@\s]+@)?"
    r"(?:ssh\.)?github\.com(?::\d+/|[:/]))/?"
    r"(?P<owner>[A-Za-z0-9-]+)/(?P<name>[A-Za-z0-9._-]+?)(?:\.git)?/?"
)


def github(address: str) -> str | None:
    """`owner/name` of a repository on GitHub, whichever way its address is written."""
    found = _GITHUB.fullmatch(address)
    return f"{found['owner']}/{found['name']}" if found else None


def raw(repository: str, branch: str, path: str) -> str:
    """A file as GitHub serves it: about five minutes old at most."""
    return f"https://raw.githubusercontent.com/{repository}/{quote(branch)}/{quote(path)}"


def cdn(repository: str, branch: str, path: str) -> str:
    """A file as jsDelivr serves it: half a day old at most there, a week in a browser."""
    return f"https://cdn.jsdelivr.net/gh/{repository}@{quote(branch, safe='')}/{quote(path)}"


def shields(address: str) -> str:
    """The badge that shields.io draws of an endpoint file."""
    return f"https://img.shields.io/endpoint?url={quote(address, safe='')}"


def urls(address: str, branch: str, badges: Iterable[str]) -> dict[str, dict[str, str]]:
    """Addresses by path, for `gs_data.json` and each badge; `{}` away from GitHub."""
    repository = github(address)
    if repository is None:
        return {}
    found = {DATA: {"raw": raw(repository, branch, DATA), "cdn": cdn(repository, branch, DATA)}}
    for path in (BADGE, *sorted(badges)):
        plain = raw(repository, branch, path)
        found[path] = {
            "raw": plain,
            "cdn": cdn(repository, branch, path),
            "shields": shields(plain),
        }
    return found
